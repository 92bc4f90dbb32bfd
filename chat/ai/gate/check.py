"""The gate: does an automatic answer say only what the facts say?

Works on the text alone, so on any model's output. It fails closed: a number, name or promise that
it can't find in the facts stops the answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from chat.ai.gate.claims import CLAIMS, MEALS
from chat.ai.gate.grounds import Grounds
from chat.ai.gate.names import unknown_names
from chat.ai.gate.numbers import fold
from chat.ai.gate.readers import LEAST_SUM, Named, named_in

LONGEST = 4000
# Foreign letters, flags, fractions and invisible characters: nobody here could read what they say.
_ODD = re.compile(
    r"[^\W\d_A-Za-zÀ-ɏЀ-ӿ]+|[½¼¾⅓⅔]|[\U0001F1E6-\U0001F1FF]+|\w*[\u00ad\u200b-\u200f\u2060\ufeff]\w+|"
    r"(?:[A-Za-z]+[Ѐ-ӿ]|[Ѐ-ӿ]+[A-Za-z])\w*"
)


@dataclass(frozen=True)
class Violation:
    """`kind` for programs, `quote` for the person who looks at the draft."""

    kind: str
    quote: str


def check(text: str, grounds: Grounds) -> tuple[Violation, ...]:
    """What the text says that the facts don't; empty means it may go out."""
    if len(text) > LONGEST:
        return (Violation("length", ""),)
    folded = fold(text)
    named = [one for one in named_in(folded) if not KINDS[one.kind](one, grounds)]
    named += unknown_names(text, grounds)
    promised = [
        Named(name, found.group(), *found.span())
        for table, known in ((CLAIMS, grounds.claims), (MEALS, grounds.meals))
        for name, pattern in table.items()
        if name not in known
        for found in pattern.finditer(folded)
    ]
    named += [Named("sign", found.group(), *found.span()) for found in _ODD.finditer(text)]
    return tuple(
        Violation(one.kind, text[one.start : one.end].strip(" .,;:\n")) for one in named + promised
    )


def _sum(one: Named, grounds: Grounds) -> bool:
    amount, currency = one.value
    return amount == int(amount) and (int(amount), currency) in grounds.sums


def _budget(one: Named, grounds: Grounds) -> bool:
    """A sum of the facts, or the client's own; its currency may be left out."""
    amount, currency = one.value
    return any(
        amount == known and currency in ("", its_currency)
        for known, its_currency in grounds.sums | grounds.wishes
    )


def _date(one: Named, grounds: Grounds) -> bool:
    day, month, year = one.value
    return any(
        (known.day, known.month) == (day, month) and year in (None, known.year)
        for known in grounds.dates
    )


def _days(one: Named, grounds: Grounds) -> bool:
    """Ten nights are eleven days; customers and operators say either."""
    return one.value in grounds.days or bool({one.value, one.value - 1} & grounds.nights)


def _number(one: Named, grounds: Grounds) -> bool:
    """A number without unit: a count we gave, a known year, or a whole sum without its currency."""
    is_year = any(one.value == day.year for day in grounds.dates)
    is_sum = one.value >= LEAST_SUM and one.value in {amount for amount, _currency in grounds.sums}
    return one.value in grounds.numbers or is_year or is_sum


KINDS: dict[str, Callable[[Named, Grounds], bool]] = {
    "contact": lambda one, grounds: one.value in grounds.contacts,
    "flight": lambda one, grounds: one.value in grounds.names,
    "time": lambda one, grounds: one.value in grounds.times,
    "date": _date,
    "month": lambda one, grounds: grounds.has_month(one.value),
    "sum": _sum,
    "currency": lambda one, grounds: one.value in grounds.currencies,
    "percent": lambda one, grounds: one.value in grounds.percents,
    "stars": lambda one, grounds: one.value in grounds.stars,
    "nights": lambda one, grounds: one.value in grounds.nights,
    "days": _days,
    "weeks": lambda one, grounds: one.value * 7 in grounds.nights | grounds.days,
    "age": lambda one, grounds: (
        one.value in grounds.ages or one.value in {day.year for day in grounds.dates}
    ),
    "people": lambda one, grounds: one.value in grounds.people,
    "budget": _budget,
    "count": lambda one, grounds: (
        one.value in grounds.numbers or 1 <= one.value <= grounds.offers_count
    ),
    "measure": lambda one, grounds: one.value in grounds.measures,
    "number": _number,
}
