"""Stops asking a foreign service that has failed several times in a row."""

from __future__ import annotations

from contextlib import suppress

from django.core.cache import cache
from redis.exceptions import RedisError


class Breaker:
    """Shared by all processes through the cache; without Redis each process counts for itself.

    While the cache is away it is closed: asking in vain is better than not asking at all.
    """

    def __init__(self, name: str, *, failures: int = 3, pause_s: int = 60) -> None:
        self._open, self._count = f"breaker:{name}:open", f"breaker:{name}:failures"
        self._failures, self._pause_s = failures, pause_s

    def is_open(self) -> bool:
        """Whether to leave the service alone for now."""
        with suppress(RedisError):
            return cache.get(self._open) is not None
        return False

    def failed(self, *, for_good: bool = False) -> None:
        """Count a failure; `for_good` (a wrong key) opens at once and ten times as long."""
        with suppress(RedisError):
            cache.add(self._count, 0, self._pause_s * 5)
            if for_good:
                cache.set(self._open, "1", self._pause_s * 10)
            elif cache.incr(self._count) >= self._failures:
                cache.set(self._open, "1", self._pause_s)

    def succeeded(self) -> None:
        with suppress(RedisError):
            cache.delete_many([self._open, self._count])
