from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.cache import cache


@contextmanager
def run_once(name: str, ttl_s: int) -> Iterator[bool]:
    """Yield True to one caller at a time; the lock dies with its time limit, not with us.

    For periodic jobs that may overlap. It is a courtesy, not a guarantee: what the job does must
    be safe to run twice.
    """
    key = f"run-once:{name}"
    is_ours = cache.add(key, "1", ttl_s)
    try:
        yield is_ours
    finally:
        if is_ours:
            cache.delete(key)
