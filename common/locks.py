from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.core.cache import cache
from redis.exceptions import RedisError


@contextmanager
def run_once(name: str, ttl_s: int) -> Iterator[bool]:
    """Yield True to one caller at a time; the lock dies with its time limit, not with us.

    For periodic jobs that may overlap. It is a courtesy, not a guarantee: what the job does must
    be safe to run twice.
    """
    key = f"run-once:{name}"
    try:
        is_ours = cache.add(key, "1", ttl_s)
    except RedisError:
        # Without its lock the job runs more often; not running at all would lose wake-ups.
        is_ours = True
    try:
        yield is_ours
    finally:
        if is_ours:
            with suppress(RedisError):
                cache.delete(key)
