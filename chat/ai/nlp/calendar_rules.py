"""Calendar arithmetic of client language: which year, which part of a month, which season."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

Part = tuple[int, int]  # first and last day; 0 = the last day of the month
WHOLE: Part = (1, 0)
START: Part = (1, 10)
MIDDLE: Part = (11, 20)
END: Part = (21, 0)
FIRST_HALF: Part = (1, 15)
SECOND_HALF: Part = (16, 0)


@dataclass(frozen=True)
class Window:
    """When the journey may start; an open side is None. `nights` if the text spans the trip."""

    start: dt.date | None
    end: dt.date | None
    nights: int | None = None


def last_day(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def next_date(day: int, month: int, asked_on: dt.date, year: int | None = None) -> dt.date | None:
    """Return the next such date on or after `asked_on`, or None for 31 June and the like."""
    years = [year] if year else range(asked_on.year, min(asked_on.year + 9, dt.MAXYEAR + 1))
    for candidate in years:
        try:
            found = dt.date(candidate, month, day)
        except ValueError:
            continue
        if year or found >= asked_on:
            return found
    return None


def next_day_of_month(day: int, asked_on: dt.date) -> dt.date | None:
    """Return the next 15th (of any month) on or after `asked_on`."""
    year, month = asked_on.year, asked_on.month
    for _ in range(3):
        if day <= last_day(year, month) and dt.date(year, month, day) >= asked_on:
            return dt.date(year, month, day)
        year, month = following_month(year, month)
        if year > dt.MAXYEAR:
            return None
    return None


def following_month(year: int, month: int) -> tuple[int, int]:
    return (year + 1, 1) if month == 12 else (year, month + 1)


def part_of_month(part: Part, month: int, asked_on: dt.date, year: int | None = None) -> Window:
    """Return the part of the month that ends on or after `asked_on`, past only if dated."""
    chosen = year or asked_on.year
    window = _part_in_year(part, month, chosen)
    if not year and window.end and window.end < asked_on and chosen < dt.MAXYEAR:
        window = _part_in_year(part, month, chosen + 1)
    return window


def _part_in_year(part: Part, month: int, year: int) -> Window:
    last = last_day(year, month)
    return Window(dt.date(year, month, min(part[0], last)), dt.date(year, month, part[1] or last))


_SEASONS = {"summer": (6, 8), "autumn": (9, 11), "winter": (12, 2), "spring": (3, 5)}


def season(name: str, asked_on: dt.date, year: int | None = None) -> Window:
    """Return the season still running or next; a winter is named by its December."""
    first, last = _SEASONS[name]
    start_year = (year or asked_on.year) - (1 if name == "winter" and not year else 0)
    while True:
        end_year = start_year + (1 if last < first else 0)
        end = dt.date(end_year, last, last_day(end_year, last))
        if year or end >= asked_on:
            return Window(dt.date(start_year, first, 1), end)
        start_year += 1


def fixed_window(first: tuple[int, int], last: tuple[int, int], asked_on: dt.date) -> Window:
    """Return the next window between two (month, day) pairs that has not ended yet."""
    year = asked_on.year
    if dt.date(year, *last) < asked_on:
        year += 1
    start_year = year if first <= last else year - 1
    return Window(dt.date(start_year, *first), dt.date(year, *last))


def weekend(asked_on: dt.date, weeks_ahead: int = 0) -> Window:
    saturday = asked_on + dt.timedelta(days=5 - asked_on.weekday() + 7 * weeks_ahead)
    return Window(saturday, saturday + dt.timedelta(days=1))


def week(asked_on: dt.date, weeks_ahead: int) -> Window:
    monday = asked_on + dt.timedelta(days=7 * weeks_ahead - asked_on.weekday())
    return Window(max(monday, asked_on), monday + dt.timedelta(days=6))


def around(day: dt.date, days: int = 3) -> Window:
    return Window(day - dt.timedelta(days=days), day + dt.timedelta(days=days))
