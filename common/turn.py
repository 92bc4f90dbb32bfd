"""One caller at a time for a service that does not like to be asked by several at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.core.cache import cache
from redis.exceptions import RedisError

POLL_S = 0.02


@contextmanager
def turn(name: str, *, pause_s: float, wait_s: float, hold_s: int = 60) -> Iterator[None]:
    """Wait for our turn; between two turns lie `pause_s` seconds. Raises TimeoutError.

    Shared by all processes through the cache; without Redis each process waits for itself. A turn
    ends after `hold_s` at the latest, so that a killed process holds nobody up.
    """
    key, next_key = f"turn:{name}", f"turn:{name}:next"
    give_up_at = time.monotonic() + wait_s
    while not _take(key, hold_s):
        if time.monotonic() >= give_up_at:
            raise TimeoutError(name)
        time.sleep(POLL_S)
    try:
        _rest(next_key, pause_s)
        yield
    finally:
        with suppress(RedisError):
            cache.set(next_key, time.time() + pause_s, hold_s)
            cache.delete(key)


def _take(key: str, hold_s: int) -> bool:
    try:
        return bool(cache.add(key, "1", hold_s))
    except RedisError:
        return True  # no waiting is better than no calls


def _rest(next_key: str, pause_s: float) -> None:
    with suppress(RedisError):
        left_s = cache.get(next_key, 0.0) - time.time()
        time.sleep(min(max(left_s, 0.0), pause_s))
