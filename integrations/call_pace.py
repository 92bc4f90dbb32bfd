"""The limit of calls that all workers share, kept in the database: Redis is not always there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import F, Value
from django.db.models.functions import Greatest

from integrations.models import CallPace
from integrations.transport.errors import RateLimited

# Longer than this a worker has better things to do; the row comes back.
LONGEST_WAIT_S = 3.0
STEP_S = 0.02


@dataclass(frozen=True)
class Allowance:
    """`burst` calls at once, then `per_second`: in n seconds at most burst + n * per_second."""

    burst: int
    per_second: float


def wait_for_turn(
    key: str,
    allowance: Allowance,
    *,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Return when one more call may be made; raise RateLimited when that is not soon.

    One conditional UPDATE: whoever changes the row has the turn.
    """
    CallPace.objects.get_or_create(key=key)
    deadline = now() + LONGEST_WAIT_S
    while not _take(key, allowance, now()):
        if now() >= deadline:
            raise RateLimited("Waiting for our turn to call", retry_after=LONGEST_WAIT_S)
        sleep(STEP_S)


def _take(key: str, allowance: Allowance, moment: float) -> bool:
    cost = 1 / allowance.per_second
    fullest = moment + (allowance.burst - 1) * cost
    taken = CallPace.objects.filter(key=key, busy_until__lte=fullest).update(
        busy_until=Greatest(F("busy_until"), Value(moment)) + cost
    )
    return bool(taken)
