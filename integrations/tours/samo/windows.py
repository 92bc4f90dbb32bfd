"""Days of departure → periods that the API accepts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

WINDOW_DAYS = 10  # some installations refuse a wider CHECKIN_BEG..CHECKIN_END

Window = tuple[date, date]


def departure_windows(days: Sequence[date] | None, first: date, last: date) -> list[Window]:
    """Cover the departure days from `first` to `last` with windows the API accepts.

    Days not known (None) count as departures.
    """
    if days is None:
        days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    windows: list[Window] = []
    for day in sorted(day for day in days if first <= day <= last):
        if windows and day < windows[-1][0] + timedelta(days=WINDOW_DAYS):
            windows[-1] = (windows[-1][0], day)
        else:
            windows.append((day, day))
    return windows
