"""Incoming events: stored first, answered at once, understood by the worker."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, transaction
from django.utils import timezone
from structlog.contextvars import bound_contextvars

from common.errors import DomainError
from integrations.delivery.backoff import pause_after
from integrations.delivery.claims import LeaseLost, claim, next_in_scope, release
from integrations.delivery.handlers import inbox_handlers
from integrations.delivery.wake import wake
from integrations.models import InboxEvent, IntegrationAccount
from integrations.transport.errors import PermanentError
from integrations.transport.redact import redact
from integrations.transport.webhook import WebhookEvent

log = structlog.get_logger(__name__)

TASK = "integrations.process_inbox_events"
# More would let one slow event hold up too many others.
WOKEN_TOGETHER = 20
# The same event will fail again.
HOPELESS = (DomainError, ValueError, PermanentError)
# An event that breaks the program must not hold up its chat for days.
MAX_ATTEMPTS = 4


def receive(account: IntegrationAccount, *, external_id: str, ordering_key: str, body: str) -> None:
    """Store an event once, however often it comes, and wake a worker.

    `external_id` is unique per account; events with one `ordering_key` are processed in the order
    of their arrival.
    """
    receive_all(account.pk, [WebhookEvent(external_id, ordering_key, body)])


def receive_all(account_id: int, events: Sequence[WebhookEvent]) -> None:
    """Store what one call brought: every event, or none and an error of the database."""
    correlation_id = structlog.contextvars.get_contextvars().get("request_id", "")
    receive_calls([Arrival(account_id, events, correlation_id)])


@dataclass(frozen=True)
class Arrival:
    """What one call brought, of an account that is known to exist."""

    account_id: int
    events: Sequence[WebhookEvent]
    correlation_id: str = ""


def receive_calls(arrivals: Sequence[Arrival]) -> None:
    """Store what several calls brought, in their order: every event of all of them, or none."""
    rows = [
        InboxEvent(
            account_id=arrival.account_id,
            external_id=event.external_id[:200],
            ordering_key=event.ordering_key[:200],
            body=event.body,
            correlation_id=arrival.correlation_id,
        )
        for arrival in arrivals
        for event in arrival.events
    ]
    if not rows:
        return
    with transaction.atomic():
        InboxEvent.objects.bulk_create(rows, ignore_conflicts=True)
        stored = InboxEvent.objects.filter(
            account__in={row.account_id for row in rows},
            external_id__in=[row.external_id for row in rows],
            status=InboxEvent.Status.PENDING,
        )
        _wake_all(list(stored.order_by("pk").values_list("pk", flat=True)))


def _wake_all(event_ids: list[int]) -> None:
    """A wake-up for several: each costs the caller more than the row itself."""
    for start in range(0, len(event_ids), WOKEN_TOGETHER):
        wake(TASK, event_ids[start : start + WOKEN_TOGETHER])


def process(event_id: int) -> bool:
    """Process one event if it is due and nobody else has it; safe to call any number of times."""
    event = claim(InboxEvent, event_id, "account")
    if event is None:
        return False
    with bound_contextvars(correlation_id=event.correlation_id, inbox=event.pk):
        try:
            _handle(event)
        except LeaseLost:
            log.warning("inbox_lease_lost")
        except Exception as error:  # noqa: BLE001 - whatever it was, the row must say so
            with suppress(LeaseLost):
                _fail(event, error)
        _wake_next(event)
    return True


def _handle(event: InboxEvent) -> None:
    with transaction.atomic():
        is_done = inbox_handlers[event.account.kind](event)
        status = InboxEvent.Status.DONE if is_done else InboxEvent.Status.IGNORED
        release(event, status=status, done_at=timezone.now(), error="", error_kind="")
    log.info("inbox_done", status=str(status))


def _fail(event: InboxEvent, error: Exception) -> None:
    pause = _pause(event, error)
    status = InboxEvent.Status.PENDING if pause else InboxEvent.Status.NEEDS_ATTENTION
    log.warning("inbox_failed", status=str(status), reason=type(error).__name__, exc_info=error)
    release(
        event,
        status=status,
        next_try_at=timezone.now() + (pause or timedelta()),
        error=redact(f"{type(error).__name__}: {error}")[:300],
        error_kind="permanent" if isinstance(error, HOPELESS) else "internal",
    )


def _pause(event: InboxEvent, error: Exception) -> timedelta | None:
    if isinstance(error, DatabaseError):
        return pause_after(min(event.attempts, 2))
    if isinstance(error, HOPELESS) or event.attempts >= MAX_ATTEMPTS:
        return None
    return pause_after(event.attempts)


def _wake_next(event: InboxEvent) -> None:
    if following := next_in_scope(event):
        wake(TASK, [following.pk], _seconds_until(following.next_try_at))


def _seconds_until(moment: datetime) -> float:
    return max(0.0, (moment - timezone.now()).total_seconds())


@transaction.atomic
def retry(event_id: int) -> bool:
    """Process an event again now, on a person's word. False if it is under way or over."""
    Status = InboxEvent.Status
    again = InboxEvent.objects.filter(
        pk=event_id, status__in=(Status.PENDING, Status.NEEDS_ATTENTION)
    )
    changes = {"status": Status.PENDING, "attempts": 0, "next_try_at": timezone.now()}
    is_changed = bool(again.update(**changes, error="", error_kind=""))
    if is_changed:
        wake(TASK, [event_id])
    return is_changed
