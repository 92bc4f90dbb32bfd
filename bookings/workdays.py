"""Working days: Monday to Friday, but for the holidays and moved days that staff keep as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = timedelta(days=1)
# Kazakhstan's holidays that stand on the same day every year; Kurban Ait is entered by hand.
FIXED_HOLIDAYS = (
    (1, 1), (1, 2), (1, 7), (3, 8), (3, 21), (3, 22), (3, 23), (5, 1), (5, 7), (5, 9), (7, 6),
    (8, 30), (10, 25), (12, 16),
)  # fmt: skip


@dataclass(frozen=True)
class WorkCalendar:
    """`special` says of a day whether one works, against the rule of the week."""

    special: Mapping[date, bool] = field(default_factory=dict)

    def is_working(self, day: date) -> bool:
        return self.special.get(day, day.weekday() < 5)

    def after(self, day: date, working_days: int) -> date:
        """The last day to do something within so many working days; the day itself counts not."""
        for _number in range(working_days):
            day = self._next(day, DAY)
        return day

    def before(self, day: date, working_days: int) -> date:
        """The last day to do something at least so many working days ahead."""
        for _number in range(working_days):
            day = self._next(day, -DAY)
        return day

    def not_after(self, day: date) -> date:
        """The day itself or the working day before it."""
        return day if self.is_working(day) else self._next(day, -DAY)

    def _next(self, day: date, step: timedelta) -> date:
        day += step
        while not self.is_working(day):
            day += step
        return day
