"""What an automatic answer may say: the facts it was given, by kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from chat.ai.gate.numbers import fold
from integrations.tours.base import TourOffer

ALMATY = ZoneInfo("Asia/Almaty")


@dataclass
class Grounds:
    """Every set holds what may be named. `sums`: (amount, currency), whole units of it.

    `wishes`: sums that the client has named, which are no prices; `measures`: distances, hours
    and the like; `numbers`: counts without a unit of their own; `claims`: promises that data
    backs, by the names of `claims.CLAIMS`; `names`: hotels, airlines and other proper names,
    lower case. `hotels`: what the rows of each say, where there are several. `asked`: what the
    client only wishes for, where tours have been found: it may be repeated as a wish.
    """

    sums: set[tuple[int, str]] = field(default_factory=set)
    wishes: set[tuple[int, str]] = field(default_factory=set)
    dates: set[date] = field(default_factory=set)
    windows: set[tuple[date, date]] = field(default_factory=set)
    times: set[str] = field(default_factory=set)
    nights: set[int] = field(default_factory=set)
    days: set[int] = field(default_factory=set)
    stars: set[int] = field(default_factory=set)
    ages: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)
    percents: set[int] = field(default_factory=set)
    numbers: set[int] = field(default_factory=set)
    measures: set[int] = field(default_factory=set)
    offers_count: int = 0
    places: set[str] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    contacts: set[str] = field(default_factory=set)
    claims: set[str] = field(default_factory=set)
    meals: set[str] = field(default_factory=set)
    hotels: dict[str, Grounds] = field(default_factory=dict)
    asked: Grounds | None = None

    @property
    def currencies(self) -> set[str]:
        return {currency for _amount, currency in self.sums | self.wishes}

    def has_month(self, month: int) -> bool:
        """Whether a known day or window of departure lies in this month."""
        return any(day.month == month for day in self.dates) or any(
            (first.year * 12 + first.month) <= year * 12 + month <= (last.year * 12 + last.month)
            for first, last in self.windows
            for year in (first.year, last.year)
        )


def grounds_of(facts: Mapping[str, Any], offers: Iterable[TourOffer]) -> Grounds:
    """Build them from what the client said (by the names of `chat.ai.nlp`) and from tour rows."""
    grounds, rows = Grounds(), list(offers)
    _add_inquiry(grounds, facts)
    if rows:
        grounds.asked = Grounds()
    _add_wish(grounds.asked or grounds, facts)
    for row in rows:
        _add_offer(grounds, row)
        _add_offer(grounds.hotels.setdefault(fold(row.hotel), Grounds()), row)
    grounds.offers_count = len(rows)
    return grounds


def _add_inquiry(grounds: Grounds, facts: Mapping[str, Any]) -> None:
    """Who travels from where and for how much: true of the tours too."""
    currency = str(facts.get("currency") or "KZT")
    for name in ("budget_min", "budget_max"):
        if facts.get(name):
            grounds.wishes.add((int(facts[name]), currency))
    people = [int(facts.get(name) or 0) for name in ("adults", "children")]
    grounds.people |= {count for count in (*people, sum(people)) if count}
    grounds.ages |= {int(age) for age in facts.get("children_ages") or ()}
    grounds.countries |= set(facts.get("countries") or ())
    grounds.places |= {name.lower() for name in facts.get("resorts") or ()}
    if facts.get("departure_city"):
        grounds.places.add(str(facts["departure_city"]).lower())


def _add_wish(grounds: Grounds, facts: Mapping[str, Any]) -> None:
    """What a found tour may differ in from what was asked for."""
    days = [date.fromisoformat(facts[n]) for n in ("date_from", "date_to") if facts.get(n)]
    grounds.dates |= set(days)
    if days:
        grounds.windows.add((days[0], days[-1]))
    grounds.nights |= {int(facts[n]) for n in ("nights_min", "nights_max") if facts.get(n)}
    grounds.stars |= {int(facts["stars_min"])} if facts.get("stars_min") else set()
    if facts.get("meal"):
        grounds.meals.add(str(facts["meal"]))


def _add_offer(grounds: Grounds, row: TourOffer) -> None:
    grounds.sums.add(_whole(row.price, row.currency))
    if row.converted_price is not None:
        grounds.sums.add(_whole(row.converted_price, row.converted_currency))
    grounds.dates |= {row.check_in, row.check_out}
    grounds.nights.add(row.nights)
    grounds.people |= {count for count in (row.adults, row.children) if count}
    grounds.people.add(row.adults + row.children)
    grounds.stars |= {row.stars} if row.stars else set()
    grounds.countries.add(row.country)
    grounds.places |= {row.resort.lower(), row.departure_city.lower()}
    grounds.names |= {row.hotel.lower(), row.room.lower(), row.resort.lower()}
    grounds.meals.add(row.meal)
    add_moment(grounds, row.fetched_at)


def add_moment(grounds: Grounds, moment: datetime) -> None:
    """Let a day and an hour be named, as it is in Almaty then."""
    local = moment.astimezone(ALMATY)
    grounds.dates.add(local.date())
    grounds.times.add(f"{local:%H:%M}")


def _whole(amount: Decimal, currency: str) -> tuple[int, str]:
    return int(amount), currency
