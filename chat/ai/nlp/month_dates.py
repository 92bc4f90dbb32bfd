"""Dates without a day: "в июле", "начало марта", "май-июнь", "в августе с 21 числа"."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from chat.ai.nlp.calendar_rules import (
    END,
    FIRST_HALF,
    MIDDLE,
    SECOND_HALF,
    START,
    WHOLE,
    Part,
    Window,
    last_day,
    part_of_month,
)
from chat.ai.nlp.month_names import MONTH, YEAR, month_number

_PARTS: tuple[tuple[str, Part], ...] = (
    (r"перв\w*\s+половин\w*|1-?\w*\s+половин\w*|first half(?: of)?", FIRST_HALF),
    (r"втор\w*\s+половин\w*|2-?\w*\s+половин\w*|second half(?: of)?", SECOND_HALF),
    (r"последн\w+\s+недел\w+|last week of", (24, 0)),
    (r"перв\w+\s+недел\w+|first week of", (1, 7)),
    (r"втор\w+\s+недел\w+|second week of", (8, 14)),
    (r"трет\w+\s+недел\w+|third week of", (15, 21)),
    (
r"начал\w*|перв\w+\s+числ\w*|перв\w+\s+декад\w*|early|(?:the\s+)?beginning of|"
r"(?:the\s+)?start of", START),
    (r"(?:в\s+)?середин\w*|втор\w+\s+декад\w*|mid|(?:the\s+)?middle of", MIDDLE),
    (
r"кон(?:ец|ц\w+)|последн\w+\s+числ\w*|в\s+последних|трет\w+\s+декад\w*|late|"
r"(?:the\s+)?end of", END),
    (r"20-?х\s+числ\w*|двадцатых\s+числ\w*", (20, 0)),
    (r"10-?х\s+числ\w*|десятых\s+числ\w*", (10, 20)),
)  # fmt: skip
_TURKIC_PARTS: tuple[tuple[str, Part], ...] = (
    (r"ба[сш](?:ы|ында|ынан|талганда)", START),
    (r"орт[ао](?:сы|сында|сынан|су|сунда)", MIDDLE),
    (r"(?:сон|аяг|акыр)(?:ы|ында|ына)", END),
)
ANY_PART = "|".join(f"(?:{pattern})" for pattern, _ in _PARTS)
_ANY_TURKIC = "|".join(f"(?:{pattern})" for pattern, _ in _TURKIC_PARTS)
_MONTHISH = re.compile(
    rf"\b(?:(?P<part>{ANY_PART})(?P<more>\s*(?:-|или|и|,|/)?\s*(?:{ANY_PART}))?\s*-?\s*)?"
    rf"(?P<month>{MONTH}|(?:(?<=in )|(?<=of )|(?<=early )|(?<=late )|(?<=mid )|"
    rf"(?<=this )|(?<=next ))may\b){YEAR}"
    rf"(?:\s*айы\w*)?(?:\s*(?P<kk>{_ANY_TURKIC})\w*)?"
    rf"(?:[\s,(]*(?:в\s+|ближе\s+к\s+)?"
    rf"(?P<late>{ANY_PART})\b(?!\s*-?\s*(?:{MONTH}|лет|осен|зим|вес)))?"
)
_DAY_LIMIT = re.compile(
    r"^[\s,]*(?P<how>с|со|после|начиная с|от|до|не раньше|не позже|from|"
    r"after)\s+(?P<day>[12]\d|3[01]|0?[1-9])(?!\d|[.,]\d)"
    r"(?:\s*-?\s*(?:го|ого|х))?(?:\s*числ\w*)?(?!\s*(?:ноч|дн|взр|чел|тыс|млн|к\b|лет|"
    r"дет|реб|малыш|сын|доч|внук|внуч|подруг|друз|родител|звезд|зв\b|\*|"
    r"[$€₸]|usd|долл|тг|нед|\d))"
)
_LINK = re.compile(
    r"^[\s,]*(?:-+|или|и|по|до|либо|/|,|to|or|and|\s)?[\s,]*(?:в\s+|до\s+|начиная\s+)?$"
)
_AFTER = re.compile(r"\b(?:после|after)\s*$")
_SINCE = re.compile(r"\b(?:с|со|от|начиная с|не раньше|не ранее|from)\s*$")
_UNTIL = re.compile(r"\b(?:до|не позже|не позднее|(?<!ближе )к|by|until|till|before)\s*$")
_NEGATED = re.compile(r"\b(?:не|вместо|кроме)\s+(?:в\s+|на\s+)?$")


@dataclass
class _Month:
    month: int
    window: Window
    start: int
    end: int
    whole: bool


def find_month_window(text: str, asked_on: dt.date) -> tuple[Window, int, int] | None:
    months = [_read(found, asked_on) for found in _MONTHISH.finditer(text)]
    months = [m for m in months if not _NEGATED.search(text[max(0, m.start - 15) : m.start])]
    if not months:
        return None
    first = last = months[0]
    for month in months[1:]:
        if not _LINK.match(text[last.end : month.start]):
            break
        last = month
    if first is not last:
        return _united(first, last), first.start, last.end
    return _limited(_narrowed(first, months), text)


def _narrowed(first: _Month, months: list[_Month]) -> _Month:
    """Take "в начале марта" for the "в марте" said before it."""
    parts = (m for m in months if not m.whole and m.month == first.month)
    return next(parts, first) if first.whole else first


def _read(found: re.Match[str], asked_on: dt.date) -> _Month:
    month = month_number(found["month"])
    year = int(found["year"]) if "year" in found.re.groupindex and found["year"] else None
    year = year or _plain_year(found)
    part = _part(found)
    window = part_of_month(part, month, asked_on, year)
    return _Month(month, window, found.start(), found.end(), part == WHOLE)


def _plain_year(found: re.Match[str]) -> int | None:
    digits = next(
        (group for group in found.groups() if group and re.fullmatch(r"20[2-9]\d", group)), None
    )
    return int(digits) if digits else None


def _part(found: re.Match[str]) -> Part:
    if found["kk"]:
        return next(part for pattern, part in _TURKIC_PARTS if re.match(pattern, found["kk"]))
    if not found["part"]:
        return named_part(found["late"]) if found["late"] else WHOLE
    first = named_part(found["part"])
    if not found["more"]:
        return first
    second = named_part(re.sub(r"^\s*(?:-|или|и|,|/)?\s*", "", found["more"]))
    return first[0], second[1]


def named_part(words: str) -> Part:
    return next(part for pattern, part in _PARTS if re.match(pattern, words))


def _united(first: _Month, last: _Month) -> Window:
    start, end = first.window.start, last.window.end
    assert start
    assert end
    if end < start:
        # "декабрь-январь": the second month belongs to the year after.
        end = dt.date(end.year + 1, end.month, min(end.day, last_day(end.year + 1, end.month)))
    if (end - start).days > 366:
        start = first.window.start
        assert start
        start = dt.date(start.year + (end.year - start.year), start.month, start.day)
        start = start if start <= end else first.window.start
    return Window(start, end)


def _limited(month: _Month, text: str) -> tuple[Window, int, int]:
    start, end = month.window.start, month.window.end
    assert start
    assert end
    before = text[max(0, month.start - 20) : month.start]
    limit = _DAY_LIMIT.match(text[month.end : month.end + 40])
    if limit and month.whole and int(limit["day"]) <= end.day:
        day = dt.date(start.year, start.month, int(limit["day"]))
        upper = limit["how"] in ("до", "не позже")
        return (
            Window(start if upper else day, day if upper else end),
            month.start,
            month.end + limit.end(),
        )
    if _AFTER.search(before):
        return Window(end + dt.timedelta(days=1), None), month.start, month.end
    if _SINCE.search(before):
        return Window(start, None), month.start, month.end
    if _UNTIL.search(before):
        until = start - dt.timedelta(days=1) if month.whole else end
        return Window(None, until), month.start, month.end
    return Window(start, end), month.start, month.end
