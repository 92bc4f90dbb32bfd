"""Dates told from today: "завтра", "через две недели", "на майские", "летом"."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from chat.ai.nlp.calendar_rules import (
    Window,
    around,
    fixed_window,
    following_month,
    last_day,
    part_of_month,
    season,
    week,
    weekend,
)
from chat.ai.nlp.month_dates import ANY_PART, named_part

_Match = re.Match[str]
_Rule = Callable[[_Match, dt.date], Window]


def _days_ahead(days: int) -> _Rule:
    def rule(_found: _Match, asked_on: dt.date) -> Window:
        day = asked_on + dt.timedelta(days=days)
        return Window(day, day)

    return rule


def _tomorrow_or_later(_found: _Match, asked_on: dt.date) -> Window:
    return Window(asked_on + dt.timedelta(days=1), asked_on + dt.timedelta(days=2))


def _today_or_tomorrow(_found: _Match, asked_on: dt.date) -> Window:
    return Window(asked_on, asked_on + dt.timedelta(days=1))


def _in_units(found: _Match, asked_on: dt.date) -> Window:
    count = found["count"]
    number = 1.5 if count and count.startswith(("полтор", "1.5", "1,5")) else int(count or 1)
    unit = found["unit"]
    if unit.startswith(("мес", "month", "ай")):
        return around(_months_later(asked_on, int(number)))
    days = number * (1 if unit.startswith(("д", "day", "кун", "сут")) else 7)
    return around(asked_on + dt.timedelta(days=int(days)))


def _months_later(day: dt.date, months: int) -> dt.date:
    year, month = day.year, day.month
    for _ in range(months):
        year, month = following_month(year, month)
    return dt.date(year, month, min(day.day, last_day(year, month)))


def _this_month(found: _Match, asked_on: dt.date) -> Window:
    if found["part"]:
        return part_of_month(named_part(found["part"]), asked_on.month, asked_on)
    end = dt.date(asked_on.year, asked_on.month, last_day(asked_on.year, asked_on.month))
    return Window(asked_on, end)


def _next_month(found: _Match, asked_on: dt.date) -> Window:
    year, month = following_month(asked_on.year, asked_on.month)
    part = named_part(found["part"]) if found["part"] else (1, 0)
    return part_of_month(part, month, asked_on, year)


_SEASON_STEMS = {
    "лет": "summer", "жаз": "summer", "жай": "summer", "summer": "summer",
    "осен": "autumn", "куз": "autumn", "autumn": "autumn", "fall": "autumn",
    "зим": "winter", "кыс": "winter", "кыш": "winter", "winter": "winter",
    "весн": "spring", "коктем": "spring", "spring": "spring",
}  # fmt: skip


def _season(found: _Match, asked_on: dt.date) -> Window:
    word = found["season"]
    name = next(name for stem, name in _SEASON_STEMS.items() if word.startswith(stem))
    year = int(found["year"]) if found["year"] else None
    window = season(name, asked_on, year)
    assert window.start
    assert window.end
    part = found["part"] or ""
    if part.startswith(("начал", "early", "beginning")):
        return part_of_month((1, 0), window.start.month, window.start)
    if part.startswith(("кон", "late", "end")):
        return part_of_month(
            (1, 0), window.end.month, dt.date(window.end.year, window.end.month, 1)
        )
    return window


_WEEKDAYS = ("понедельник", "вторник", "сред", "четверг", "пятниц", "суббот", "воскресень")


def _weekday(found: _Match, asked_on: dt.date) -> Window:
    number = next(i for i, stem in enumerate(_WEEKDAYS) if found["weekday"].startswith(stem))
    day = asked_on + dt.timedelta(days=(number - asked_on.weekday() - 1) % 7 + 1)
    return Window(day, day)


_UNITS = (
    r"(?P<unit>дн\w*|день|сут\w*|недел\w*|месяц\w*|days?|weeks?|months?|кун\w*|"
    r"апта\w*|ай\w*)"
)
_PART = rf"(?:(?P<part>{ANY_PART})\s*)?"
_RULES: tuple[tuple[re.Pattern[str], _Rule], ...] = tuple(
    (re.compile(pattern), rule)
    for pattern, rule in (
        (
            r"\b(?:завтра\s*(?:-|или|/|,|и)?\s*послезавтра|tomorrow or the day after)\b",
            _tomorrow_or_later,
        ),
        (r"\bсегодня\s*(?:-|или|/|,)?\s*завтра\b", _today_or_tomorrow),
        (r"\b(?:послезавтра|бурсигуни|day after tomorrow)\b", _days_ahead(2)),
        (r"\b(?:завтра|ертен|эртен|tomorrow)\b", _days_ahead(1)),
        (rf"\bчерез\s+(?P<count>полтор\w+|1[.,]5|\d{{1,2}})?\s*(?:-\s*\d+\s*)?{_UNITS}", _in_units),
        (rf"\bin\s+(?P<count>\d{{1,2}})\s+{_UNITS}", _in_units),
        (rf"(?P<count>\d{{1,2}})?\s*{_UNITS}\s*(?:кейин|кийин)\b", _in_units),
        (
            r"\b(?:следующ\w+|будущ\w+)\s+выходн\w+|\bnext weekend\b|\bвыходн\w+\s+следующей",
            lambda _f, d: weekend(d, 1),
        ),
        (
            r"\b(?:эт\w+|ближайш\w+|этих|осы)\s+(?:же\s+)?(?:выходн\w+|демалыс\w*)|"
            r"\bthis weekend\b",
            lambda _f, d: weekend(d),
        ),
        (
            r"\b(?:следующ\w+|след\.?|будущ\w+|келеси|next)\s*(?:недел\w+|апта\w*|жума\w*|"
            r"week)\b",
            lambda _f, d: week(d, 1),
        ),
        (
            r"\b(?:на\s+)?(?:эт(?:ой|у)|осы|this)\s+(?:недел\w+|апта\w*|week)\b",
            lambda _f, d: week(d, 0),
        ),
        (
            rf"\b{_PART}(?:следующ\w+|будущ\w+|келеси|next)\s*(?:месяц\w*|ай\w*|month)\b",
            _next_month,
        ),
        (rf"\b{_PART}(?:эт\w+|текущ\w+|осы|this)\s*(?:месяц\w*|ай\w*|month)\b", _this_month),
        (r"\b(?P<part>конец|конц\w+|начал\w+|середин\w+)\s+месяца\b", _this_month),
        (
            r"\bмайск\w+(?:\s+праздник\w*)?|\bмайски\w*",
            lambda _f, d: fixed_window((4, 30), (5, 9), d),
        ),
        (
            r"\bпосле\s+нового\s+года",
            lambda _f, d: Window(dt.date(d.year + 1, 1, 1), None),
        ),
        (
            r"\bнов\w+\s+год\w*|\bновогодн\w+|\bнг\b|\bжана жыл\w*|\bnew year\w*",
            lambda _f, d: fixed_window((12, 27), (12, 31), d),
        ),
        (
            rf"\b{_PART}(?P<season>летом|лета\b|лето\b|осенью|осени|осень\b|зимой|зиму|зимы|"
            rf"зима\b|весной|весны|весну|весна\b|"
            r"жазда|жазгы|жайында|кузде|кысында|кышында|кыста\b|коктемде|summer|autumn|winter|"
            r"spring)\w*(?:\s+(?P<year>20[2-9]\d))?",
            _season,
        ),
        (
            rf"\b(?:в|во|на|эт[ау])\s+(?:эт[ау]\s+|"
            rf"ближайш\w+\s+)?(?P<weekday>{'|'.join(s + chr(92) + 'w*' for s in _WEEKDAYS)})",
            _weekday,
        ),
    )
)


def find_relative_window(text: str, asked_on: dt.date) -> tuple[Window, int, int] | None:
    for pattern, rule in _RULES:
        found = pattern.search(text)
        if found:
            return rule(found, asked_on), found.start(), found.end()
    return None
