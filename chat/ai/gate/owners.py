"""Whose a true value is: one hotel's price is no other's, and a wish is nobody's tour."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chat.ai.gate.grounds import Grounds
from chat.ai.gate.readers import sentence_around

# What differs from row to row.
OWNED = frozenset({"sum", "stars", "nights", "days", "weeks", "date", "month"})
_WISH = re.compile(
    r"\?|\b(?:хоте|хоти|хоч|прос(?:и|ь)|иска|ищ|жела|планир|понял|запис|принял|подб|предпоч|верно|"
    r"не\s+наш|ничего|нет\b|нужн|если|или\b|"
    r"wish|want|would\s+like|asked|looking|search|nothing|not\s+found|prefer|noted|"
    r"қала|керек|ізде|табылма|сұра|жоқ|жазып\s+алд|түсінд|ұшқыңыз)"
)


@dataclass(frozen=True)
class Mention:
    """A hotel of the facts where it is named."""

    name: str
    start: int
    end: int


def is_wish(folded: str, start: int, end: int) -> bool:
    """Whether the sentence repeats or asks what the client wants."""
    return bool(_WISH.search(folded, *sentence_around(folded, start, end)))


def mentions(folded: str, hotels: Mapping[str, Grounds]) -> list[Mention]:
    found = (
        Mention(name, one.start(), one.end())
        for name in hotels
        for one in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", folded)
    )
    return sorted(found, key=lambda one: one.start)


def owners_of(folded: str, start: int, end: int, named: list[Mention]) -> Iterator[str]:
    """The hotels a value may belong to: the last one before it and the first one after it, in its
    sentence."""
    first, last = sentence_around(folded, start, end)
    before = [one for one in named if first <= one.start and one.end <= start]
    after = [one for one in named if end <= one.start and one.end <= last]
    yield from (one.name for one in (*before[-1:], *after[:1]))
