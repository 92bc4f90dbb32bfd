"""The gate: does an automatic answer say only what the facts say?

Works on the text alone, so on any model's output. It fails closed: a number, name or promise that
it can't find in the facts stops the answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chat.ai.gate.claims import CLAIMS, MEALS, WISHABLE
from chat.ai.gate.grounds import Grounds
from chat.ai.gate.names import places_named, unknown_names
from chat.ai.gate.numbers import fold
from chat.ai.gate.owners import OWNED, Mention, is_wish, mentions, owners_of
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
    hotels = mentions(folded, grounds.hotels) if len(grounds.hotels) > 1 else []
    named = [one for one in named_in(folded) if not _is_true(one, folded, grounds, hotels)]
    named += unknown_names(text, grounds)
    named += _misplaced(text, folded, grounds, hotels)
    promised = [
        Named(name, found.group(), *found.span())
        for table in (CLAIMS, MEALS)
        for name, pattern in table.items()
        for found in pattern.finditer(folded)
        if not _is_backed(name, *found.span(), folded, grounds, hotels)
    ]
    named += [Named("sign", found.group(), *found.span()) for found in _ODD.finditer(text)]
    return tuple(
        Violation(one.kind, text[one.start : one.end].strip(" .,;:\n")) for one in named + promised
    )


def _is_true(one: Named, folded: str, grounds: Grounds, hotels: list[Mention]) -> bool:
    """Whether the facts say it, of the hotel that the sentence speaks of, or as the wish it is."""
    is_known = KINDS[one.kind]
    if not is_known(one, grounds):
        asked = grounds.asked
        return bool(asked and is_known(one, asked) and is_wish(folded, one.start, one.end))
    if one.kind not in OWNED:
        return True
    owners = [grounds.hotels[name] for name in owners_of(folded, one.start, one.end, hotels)]
    # What no row says has another ground: the knowledge base, the moment of the search.
    is_a_rows = any(is_known(one, row) for row in grounds.hotels.values())
    return not owners or not is_a_rows or any(is_known(one, row) for row in owners)


def _misplaced(text: str, folded: str, grounds: Grounds, hotels: list[Mention]) -> Iterator[Named]:
    """Resorts of another hotel than the one that is spoken of."""
    for one, mention in places_named(text) if hotels else ():
        names = {place.name.lower() for place in mention.places}
        owners = [grounds.hotels[name] for name in owners_of(folded, one.start, one.end, hotels)]
        is_a_rows = any(names & row.places for row in grounds.hotels.values())
        if owners and is_a_rows and not any(names & row.places for row in owners):
            yield one


def _is_backed(
    name: str, start: int, end: int, folded: str, grounds: Grounds, hotels: list[Mention]
) -> bool:
    """A promise stands in the facts, a meal in those of its hotel or in the client's wish."""
    if name in grounds.claims:
        return True
    if name in WISHABLE:
        return is_wish(folded, start, end)
    if name not in grounds.meals:
        return bool(grounds.asked and name in grounds.asked.meals and is_wish(folded, start, end))
    owners = [grounds.hotels[hotel] for hotel in owners_of(folded, start, end, hotels)]
    is_a_rows = any(name in row.meals for row in grounds.hotels.values())
    return not owners or not is_a_rows or any(name in row.meals for row in owners)


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
