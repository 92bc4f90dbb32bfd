"""The moment by which several calls together have to be over."""

from __future__ import annotations

import time


class Deadline:
    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds

    def left_s(self) -> float:
        """Seconds, 0 when there are none."""
        return max(0.0, self._ends_at - time.monotonic())

    def part(self, seconds: float, *, keep_s: float) -> Deadline:
        """A deadline `seconds` from now, but early enough to leave the last `keep_s` to others."""
        return Deadline(max(0.0, min(seconds, self.left_s() - keep_s)))
