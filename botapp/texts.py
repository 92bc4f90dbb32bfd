"""Every sentence of the bot's dialogue, in the language that is active while it is called."""

from __future__ import annotations

from babel.dates import format_date, format_datetime
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from botapp.steps import Facts, country_name, meal_names
from chat.ai.inquiry import Inquiry, money
from integrations.tours.base import EmptyReason, TourOffer


def welcome(name: str) -> str:
    hello = _("Hello, %(name)s!") % {"name": name} if name else _("Hello!")
    return "\n\n".join(
        (
            hello,
            _(
                "I am the assistant of Crystal Bay Travel. I find tours with prices in a minute: "
                "press the keys, or simply write what you would like."
            ),
            _("A manager is always near: /operator"),
        )
    )


def help_text() -> str:
    lines = (
        ("/tours", _("find a tour step by step")),
        ("/mybookings", _("my bookings: state, payments, documents")),
        ("/operator", _("talk to a manager")),
        ("/language", _("language: Русский, Қазақша, English")),
        ("/stop", _("no more messages, or delete my data")),
    )
    listed = "\n".join(f"{command} — {what}" for command, what in lines)
    return f"{_('What I can do:')}\n{listed}\n\n{_('Or simply write in your own words.')}"


def commands() -> list[tuple[str, str]]:
    return [
        ("tours", _("Find a tour")),
        ("mybookings", _("My bookings")),
        ("operator", _("Talk to a manager")),
        ("language", _("Language")),
        ("help", _("What the bot can do")),
        ("stop", _("No more messages")),
    ]


def description() -> str:
    return _(
        "Tours from Kazakhstan with prices in a minute. Press the keys or write in your own words: "
        "the assistant answers at once, a manager is near."
    )


def step_header(facts: Facts, number: int, of: int, language: str) -> str:
    wish = Inquiry(facts).wish(language)
    place = _("Step %(number)d of %(of)d") % {"number": number, "of": of}
    return f"{place} · {wish}" if wish else place


def what_to_change(facts: Facts, language: str) -> str:
    wish = Inquiry(facts).wish(language)
    return f"{wish}\n\n{_('What shall we change?')}" if wish else _("What shall we change?")


def everything_known(facts: Facts, language: str) -> str:
    return f"{Inquiry(facts).wish(language)}\n\n{_('I know all I need. Shall I search?')}"


def step_titles() -> dict[str, str]:
    return {
        "city": _("Departure"), "country": _("Country"), "resort": _("Resort"),
        "dates": _("Dates"), "nights": _("Nights"), "adults": _("Adults"),
        "children": _("Children"), "ages": _("Ages"), "stars": _("Hotel class"),
        "meal": _("Meals"), "budget": _("Budget"),
    }  # fmt: skip


def searching() -> str:
    return _("I am searching at the operator. It takes up to half a minute, I will write at once.")


def search_failed() -> str:
    return _(
        "The operator's search does not answer now. I can try once more, or a manager will pick "
        "tours for you."
    )


def dates_have_passed() -> str:
    return _("These dates have passed already. Choose others, please.")


def nothing_found(reason: EmptyReason | None, city: str) -> str:
    if reason == EmptyReason.NO_DEPARTURES:
        return _("The operator has no tours there from %(city)s.") % {"city": city}
    if reason == EmptyReason.NO_FLIGHTS_ON_DATES:
        return _("There are no flights from %(city)s on these dates.") % {"city": city}
    return _("Nothing fits all the wishes together.")


def found(count: int, assumed: list[str], *, is_over_budget: bool) -> str:
    said = ngettext("I have found %(count)d tour.", "I have found %(count)d tours.", count)
    lines = [said % {"count": count}]
    if is_over_budget:
        lines = [_("There is nothing within the budget. The cheapest there is:")]
    if assumed:
        lines.append(_("What you left open, I took so: %(what)s.") % {"what": ", ".join(assumed)})
    return " ".join(lines)


def no_more() -> str:
    return _("That is all there is for this wish. Shall we change something?")


def card(offer: TourOffer, language: str) -> str:
    """One row of the operator, with price, currency and the time it was true."""
    hotel = f"{offer.hotel} {offer.stars}*" if offer.stars else offer.hotel
    days = [format_date(day, "d MMM", locale=language) for day in (offer.check_in, offer.check_out)]
    nights = ngettext("%(count)d night", "%(count)d nights", offer.nights) % {"count": offer.nights}
    party = f"{offer.adults}+{offer.children}" if offer.children else str(offer.adults)
    moment = format_datetime(timezone.localtime(offer.fetched_at), "d MMM, HH:mm", locale=language)
    lines = [
        hotel,
        f"{offer.resort}, {country_name(offer.country, language)}",
        f"{days[0]} – {days[1]}, {nights}, {offer.departure_city}",
        _("Travellers: %(party)s") % {"party": party},
        f"{_meal(offer.meal)}, {offer.room}" if offer.room else _meal(offer.meal),
        "",
        _("%(price)s for everybody") % {"price": price(offer, language)},
        _("Price as of %(time)s; a manager confirms it.") % {"time": moment},
    ]
    return "\n".join(lines)


def _meal(code: str) -> str:
    return meal_names().get(code, code).capitalize() if code in meal_names() else code


def price(offer: TourOffer, language: str) -> str:
    own = money(offer.price, offer.currency, language)
    tenge = offer.amount_in("KZT")
    if tenge is None or offer.currency == "KZT":
        return own
    return f"{money(tenge, 'KZT', language)} ({own})"


def offer_line(offer: TourOffer, language: str) -> str:
    day = format_date(offer.check_in, "d MMM", locale=language)
    return f"{offer.hotel}, {offer.resort}, {day}, {offer.nights} — {price(offer, language)}"


def want_noted(hotel: str) -> str:
    return _(
        "Noted: %(hotel)s. A manager will check the price and the places and answer you here."
    ) % {"hotel": hotel}


def ask_phone() -> str:
    return _("If a call suits you better, send your number with the key below.")


def phone_noted() -> str:
    return _("Thank you, I have noted your number.")


def foreign_contact() -> str:
    return _("Thank you. It is somebody else's number, so I have only passed it to the manager.")


def manager_called() -> str:
    return _("I have called a manager, who will answer you here. You may write your question now.")


def old_key() -> str:
    return _("This key is from an older message. Here is where we are now.")


def already_noted() -> str:
    return _("It is noted already.")


def no_bookings() -> str:
    return _("You have no bookings yet. Shall we find a tour? /tours")


def your_bookings() -> str:
    return _("Your bookings:")


def choose_language() -> str:
    return "Русский · Қазақша · English"


def language_set() -> str:
    return _("I speak English now.")


def stopped() -> str:
    return _(
        "You will get no more messages that you have not asked for. Write at any time, and I will "
        "answer. If you want your data deleted, press the key: an administrator will do it."
    )


def erase_requested() -> str:
    return _("Your request to delete your data is with the administrator. We will answer here.")
