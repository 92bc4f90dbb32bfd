"""The safety net: finds rows whose wake-up was lost and rows whose worker was killed."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from integrations.delivery import inbox, outbox
from integrations.delivery.backoff import pause_after
from integrations.delivery.claims import LeaseLost, release
from integrations.models import InboxEvent, OutboxMessage

log = structlog.get_logger(__name__)

# Younger rows are left to their own wake-up, so that sweepers and workers don't race for them.
GRACE = timedelta(seconds=3)
BUDGET_S = 20.0
PAGE = 500
DONE_KEPT_FOR = timedelta(days=30)


def sweep_inbox() -> int:
    """Process overdue events for at most 20 s; return how many were processed."""
    expired = InboxEvent.objects.filter(status="in_flight", lease_until__lt=timezone.now())
    # An event is processed in one transaction: a killed worker has left nothing behind.
    expired.update(status="pending", lease_until=None)
    return _drain(InboxEvent, inbox.process)


def sweep_outbox() -> int:
    """Do overdue actions for at most 20 s; return how many were done."""
    expired = OutboxMessage.objects.filter(status="in_flight", lease_until__lt=timezone.now())
    for row in expired[:PAGE]:
        try:
            _release_expired(row)
        except LeaseLost:
            continue
        except Exception as error:
            # One row must never keep the others from being found.
            log.exception("sweep_failed", row=row.pk, reason=type(error).__name__)
    return _drain(OutboxMessage, outbox.deliver)


def _release_expired(row: OutboxMessage) -> None:
    outgoing = outbox.outgoing_of(row)
    with transaction.atomic():
        pause = timedelta() if row.attempts <= 1 else pause_after(row.attempts - 1)
        if outbox.may_repeat(outgoing) and pause is not None:
            release(row, status="pending", next_try_at=row.next_try_at + pause)
            return
        # Sent or not, nobody knows; a client must never get a message twice by guess.
        kind, text = OutboxMessage.ErrorKind.AMBIGUOUS, "The worker stopped while sending."
        release(row, status="needs_attention", error_kind=kind, error=text)
        outbox.give_up(outgoing, kind, text)


def _drain(model: type[InboxEvent] | type[OutboxMessage], work: Callable[[int], bool]) -> int:
    stop_at, done = time.monotonic() + BUDGET_S, 0
    due = model.objects.filter(status="pending", next_try_at__lte=timezone.now() - GRACE)
    for row_id in due.order_by("next_try_at", "pk").values_list("pk", flat=True)[:PAGE]:
        if time.monotonic() > stop_at:
            break
        try:
            done += work(row_id)
        except Exception as error:
            log.exception("sweep_failed", row=row_id, reason=type(error).__name__)
    if done:
        log.info("swept", rows=done, model=model.__name__)
    return done


def prune_events() -> int:
    """Delete finished rows older than 30 days; rows that need a person stay."""
    before = timezone.now() - DONE_KEPT_FOR
    events, _ = InboxEvent.objects.filter(
        status__in=("done", "ignored"), done_at__lt=before
    ).delete()
    actions, _ = OutboxMessage.objects.filter(
        status__in=("done", "cancelled"), done_at__lt=before
    ).delete()
    return events + actions
