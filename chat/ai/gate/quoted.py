"""What the agency has written itself may be said: every claim of a text becomes a ground."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from chat.ai.gate.claims import CLAIMS, MEALS
from chat.ai.gate.grounds import Grounds
from chat.ai.gate.names import places_in, unknown_names
from chat.ai.gate.numbers import fold
from chat.ai.gate.readers import named_in

# A leap year nobody travels in: a day without a year must not lend one.
NO_YEAR = 4


def add_text(grounds: Grounds, text: str) -> None:
    folded = fold(text)
    for one in named_in(folded):
        _ADD[one.kind](grounds, one.value)
    grounds.names |= {named.value.lower() for named in unknown_names(text, Grounds())}
    for place in (place for mention in places_in(text) for place in mention.places):
        grounds.places.add(place.name.lower())
        if place.kind == "country":
            grounds.countries.add(place.country)
    for known, table in ((grounds.claims, CLAIMS), (grounds.meals, MEALS)):
        known |= {name for name, pattern in table.items() if pattern.search(folded)}


def _add_date(grounds: Grounds, value: tuple[int, int, int | None]) -> None:
    day, month, year = value
    try:
        grounds.dates.add(date(year or NO_YEAR, month, day))
    except ValueError:
        # «31.02» is in nobody's calendar; it stays unsaid.
        return


def _add_month(grounds: Grounds, month: int) -> None:
    first = date(NO_YEAR, month, 1)
    grounds.windows.add((first, first))


def _add_sum(grounds: Grounds, value: tuple[Any, str]) -> None:
    amount, currency = value
    if amount == int(amount):
        grounds.sums.add((int(amount), currency))


def _add_budget(grounds: Grounds, value: tuple[Any, str]) -> None:
    amount, currency = value
    if currency:
        _add_sum(grounds, value)
    else:
        grounds.numbers.add(int(amount))


_ADD: dict[str, Callable[[Grounds, Any], None]] = {
    "contact": lambda grounds, value: grounds.contacts.add(value),
    "flight": lambda grounds, value: grounds.names.add(value),
    "time": lambda grounds, value: grounds.times.add(value),
    "date": _add_date,
    "month": _add_month,
    "sum": _add_sum,
    "currency": lambda grounds, value: grounds.sums.add((-1, value)),
    "percent": lambda grounds, value: grounds.percents.add(value),
    "stars": lambda grounds, value: grounds.stars.add(value),
    "nights": lambda grounds, value: grounds.nights.add(value),
    "days": lambda grounds, value: grounds.days.add(value),
    "weeks": lambda grounds, value: grounds.days.add(value * 7),
    "age": lambda grounds, value: grounds.ages.add(value),
    "people": lambda grounds, value: grounds.people.add(value),
    "budget": _add_budget,
    "count": lambda grounds, value: grounds.numbers.add(value),
    "measure": lambda grounds, value: grounds.measures.add(value),
    "number": lambda grounds, value: grounds.numbers.add(value),
}
