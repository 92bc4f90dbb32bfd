"""Claiming of rows by conditional update, the same for inbox and outbox.

SQLite ignores `SELECT … FOR UPDATE SKIP LOCKED`; an UPDATE whose row count is looked at gives a
row to exactly one worker on both databases.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from integrations.delivery.handlers import MOST_SLOW, slow_topics
from integrations.models import InboxEvent, OutboxMessage

RowT = TypeVar("RowT", InboxEvent, OutboxMessage)

# Longer than the slowest answer: understanding 4 s, a model 10 s, two searches of 12 s each.
LEASE = timedelta(seconds=45)
OPEN = ("pending", "in_flight")
# Rows that agree in these fields leave one at a time, oldest first.
ORDER_SCOPE = {InboxEvent: ("account_id", "ordering_key"), OutboxMessage: ("topic", "key")}


class LeaseLost(Exception):
    """The lease ran out and somebody else has the row now; nothing of ours may be saved."""


def claim(model: type[RowT], row_id: int) -> RowT | None:
    """Take a due row that is the oldest open one of its scope, or return None.

    Also None for a slow action while enough of them are under way; whoever ends one wakes it.
    """
    now = timezone.now()
    same_scope = {name: OuterRef(name) for name in ORDER_SCOPE[model]}
    older = model.objects.filter(status__in=OPEN, pk__lt=OuterRef("pk"), **same_scope)
    taken = model.objects.filter(
        ~Exists(older), _has_room(model, now), pk=row_id, status="pending", next_try_at__lte=now
    ).update(status="in_flight", lease_until=now + LEASE, attempts=F("attempts") + 1)
    return model.objects.get(pk=row_id) if taken else None


def _has_room(model: type[RowT], now: datetime) -> Q:
    if model is InboxEvent:
        return Q()
    slow = OutboxMessage.objects.filter(
        topic__in=slow_topics, status="in_flight", lease_until__gt=now
    )
    return ~Q(topic__in=slow_topics) | Q(~Exists(slow.order_by("pk")[MOST_SLOW - 1 :]))


def release(row: RowT, *, status: str, **changes: object) -> None:
    """Give a claimed row its next state. Raises LeaseLost if it is no longer ours."""
    ours = type(row).objects.filter(
        pk=row.pk, status="in_flight", lease_until=row.lease_until, attempts=row.attempts
    )
    if not ours.update(status=status, lease_until=None, **changes):
        raise LeaseLost(f"{type(row).__name__} {row.pk}")


def next_in_scope(row: RowT) -> RowT | None:
    """The row that was waiting behind this one."""
    scope = {name: getattr(row, name) for name in ORDER_SCOPE[type(row)]}
    return type(row).objects.filter(status="pending", **scope).order_by("pk").first()


def next_slow() -> OutboxMessage | None:
    """The slow action that has been due for longest."""
    due = OutboxMessage.objects.filter(
        topic__in=slow_topics, status="pending", next_try_at__lte=timezone.now()
    )
    return due.order_by("next_try_at", "pk").first()
