"""Every sentence the bot says; spoken in the language that is active while it is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from babel.dates import format_date, format_datetime
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.ai.inquiry import Inquiry, money
from integrations.tours.base import EmptyReason, TourOffer


def greeting() -> str:
    return _("Hello! This is Crystal Bay Travel's assistant.")


def question(name: str) -> str:
    questions: dict[str, Callable[[], str]] = {
        "country": lambda: _("Which country or resort would you like to go to?"),
        "departure_city": lambda: _("Which city would you like to fly from?"),
        "dates": lambda: _("When would you like to fly?"),
        "nights": lambda: _("For how many nights?"),
        "party": lambda: _("Who is travelling: how many adults and children, and how old?"),
        "children_ages": lambda: _("How old will the children be on the day of departure?"),
        "choice": lambda: _("Which of these do you like?"),
        "phone": lambda: _("Please leave your phone number."),
    }
    return questions[name]()


def not_understood() -> str:
    return _("Sorry, I did not quite understand.")


def you_are_welcome() -> str:
    return _("You are welcome! Write to us any time.")


def handing_over() -> str:
    return _("I am passing you on to a manager, who will answer you here.")


def complaint() -> str:
    return _("I am sorry. I am passing your words on to a manager, who will answer you here.")


def manager_will_check() -> str:
    return _("A manager will check this and answer you here.")


def manager_will_book() -> str:
    return _("A manager will check the price and the places and answer you here.")


def to_person(text: str, opens_at: datetime | None, language: str) -> str:
    """What is said to whoever waits for a person; outside business hours with the next opening."""
    if opens_at is None:
        return text
    day = format_date(opens_at, "d MMMM", locale=language)
    moment = {"day": day, "time": f"{opens_at:%H:%M}"}
    return f"{text} " + _("We open on %(day)s at %(time)s.") % moment


def search_unavailable() -> str:
    return _("The operator's search does not answer now. A manager will pick tours for you.")


def dates_have_passed() -> str:
    return _("These dates have passed already.")


def found(facts: Mapping[str, Any], language: str) -> str:
    return _("Here is what I found from %(city)s.") % {"city": facts["departure_city"]}


def only_dearer(inquiry: Inquiry, language: str) -> str:
    budget = money(inquiry.facts["budget_max"], inquiry.currency, language)
    return _("There is nothing up to %(budget)s. The cheapest there is:") % {"budget": budget}


def nothing_found(reason: EmptyReason | None, facts: Mapping[str, Any]) -> str:
    city = {"city": facts["departure_city"]}
    if reason == EmptyReason.NO_DEPARTURES:
        return _("The operator has no tours there from %(city)s. Another city or country?") % city
    if reason == EmptyReason.NO_FLIGHTS_ON_DATES:
        return _("There are no flights from %(city)s on these dates. Would other dates do?") % city
    return _("Nothing fits all your wishes. Would other dates or another hotel class do?")


def offers(lead_in: str, rows: Sequence[TourOffer], language: str) -> str:
    """The rows as they stand at the operator, with price, currency and the time it was true."""
    lines = [lead_in, ""]
    lines += [f"{number}. {_row(row, language)}" for number, row in enumerate(rows, 1)]
    moment = timezone.localtime(rows[0].fetched_at)
    at = format_datetime(moment, "d MMM, HH:mm", locale=language)
    lines += [
        "",
        _("Prices for all travellers as of %(time)s; a manager confirms them.") % {"time": at},
    ]
    lines.append(question("choice"))
    return "\n".join(lines)


def _meal(code: str) -> str:
    """The operator's code in words; an unknown one as it stands."""
    meals: dict[str, Callable[[], str]] = {
        "RO": lambda: _("no meals"),
        "BB": lambda: _("breakfast"),
        "HB": lambda: _("breakfast and dinner"),
        "FB": lambda: _("full board"),
        "AI": lambda: _("all inclusive"),
        "UAI": lambda: _("ultra all inclusive"),
    }
    return meals[code]() if code in meals else code


def _row(row: TourOffer, language: str) -> str:
    day = format_date(row.check_in, "d MMM", locale=language)
    nights = ngettext("%(count)d night", "%(count)d nights", row.nights) % {"count": row.nights}
    price = money(row.price, row.currency, language)
    tenge = row.amount_in("KZT")
    if tenge is not None and row.currency != "KZT":
        price = f"{money(tenge, 'KZT', language)} ({price})"
    hotel = f"{row.hotel} {row.stars}*" if row.stars else row.hotel
    return f"{hotel}, {row.resort}: {day}, {nights}, {_meal(row.meal)} — {price}"
