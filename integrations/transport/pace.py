"""How fast one process may call somebody who counts: a bucket for all, and one per receiver."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from integrations.transport.errors import RateLimited

LONGEST_WAIT_S = 1.5
FORGET_ABOVE = 5_000


@dataclass
class Bucket:
    """`burst` calls at once, then one per `interval_s`; it is full again at `free_at`."""

    interval_s: float
    burst: int
    free_at: float = 0.0

    def wait_s(self, now: float) -> float:
        return max(0.0, self.free_at - (self.burst - 1) * self.interval_s - now)

    def take(self, now: float) -> None:
        self.free_at = max(now, self.free_at) + self.interval_s


class Pace:
    """Thread-safe. What other processes call is not seen here: their excess comes back as 429."""

    def __init__(
        self,
        everybody: Bucket,
        one: Callable[[str], Bucket],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._everybody, self._one = everybody, one
        self._clock, self._sleep = clock, sleep
        self._receivers: dict[str, Bucket] = {}
        self._lock = threading.Lock()

    def wait(self, receiver: str) -> None:
        """Return when a call may be made; raise RateLimited when that is not soon."""
        with self._lock:
            now = self._clock()
            bucket = self._receivers.setdefault(receiver, self._one(receiver))
            pause = max(self._everybody.wait_s(now), bucket.wait_s(now))
            if pause > LONGEST_WAIT_S:
                raise RateLimited("Waiting for our own turn", retry_after=pause)
            self._everybody.take(now + pause)
            bucket.take(now + pause)
            self._forget(now)
        if pause:
            self._sleep(pause)

    def _forget(self, now: float) -> None:
        if len(self._receivers) > FORGET_ABOVE:
            self._receivers = {
                name: bucket for name, bucket in self._receivers.items() if bucket.free_at > now
            }
