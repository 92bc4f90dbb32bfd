from __future__ import annotations

import random
from datetime import timedelta

# 5 s, 30 s, 2 min, 10 min, 1 h, 6 h, 24 h: quick for a hiccup, patient for an outage.
STEPS_S = (5, 30, 120, 600, 3_600, 21_600, 86_400)


def pause_after(attempts: int, retry_after_s: float | None = None) -> timedelta | None:
    """How long to wait after the given number of failed attempts; None means give up.

    A server's own Retry-After is obeyed, with a little added so that clients don't all come back
    in the same moment.
    """
    if attempts > len(STEPS_S):
        return None
    base = retry_after_s if retry_after_s is not None else STEPS_S[attempts - 1]
    return timedelta(seconds=base * random.uniform(1.0, 1.2))  # noqa: S311 - jitter, no secret
