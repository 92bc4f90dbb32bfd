"""Outgoing actions: a row in the transaction of the change, the network later, by the worker."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import structlog
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from structlog.contextvars import bound_contextvars

from integrations.delivery.backoff import pause_after
from integrations.delivery.claims import LeaseLost, claim, next_in_scope, next_slow, release
from integrations.delivery.handlers import Outgoing, outbox_handlers, slow_topics
from integrations.delivery.wake import wake
from integrations.models import DeliveryAttempt, OutboxMessage
from integrations.transport.errors import ConnectorError, RateLimited, TransientError
from integrations.transport.redact import redact

log = structlog.get_logger(__name__)

TASK = "integrations.deliver_outbox_message"
# A burst of changes may postpone a merged row, but not for ever.
MAX_POSTPONED = 3
INTERNAL_ATTEMPTS = 3
# A client waits behind it: not until the sweeper comes by.
SHORT_PAUSE = timedelta(seconds=60)
QUEUES_FOR = timedelta(hours=24)

Status = OutboxMessage.Status
ErrorKind = OutboxMessage.ErrorKind


def enqueue(
    topic: str,
    key: str,
    payload: dict[str, Any],
    *,
    merge: bool = False,
    delay: timedelta = timedelta(),
) -> None:
    """Record an action to be done after this transaction. Call it inside one.

    With `merge`, a row of the same topic and key that still waits is used again and postponed by
    `delay`, at most three delays in all: a burst becomes one action.
    """
    row_id = _postpone(topic, key, payload, delay) if merge else None
    if row_id is None:
        row_id = _insert(topic, key, payload, merge, delay)
    wake(TASK, row_id, delay.total_seconds())


def _waiting(topic: str, key: str) -> Any:
    return OutboxMessage.objects.filter(topic=topic, key=key, merge=True, status=Status.PENDING)


def _postpone(topic: str, key: str, payload: dict[str, Any], delay: timedelta) -> int | None:
    row = _waiting(topic, key).first()
    if row is None:
        return None
    due = min(timezone.now() + delay, row.created_at + MAX_POSTPONED * delay)
    is_still_waiting = (
        _waiting(topic, key).filter(pk=row.pk).update(payload=payload, next_try_at=due)
    )
    return row.pk if is_still_waiting else None


def _insert(topic: str, key: str, payload: dict[str, Any], merge: bool, delay: timedelta) -> int:
    now = timezone.now()
    row = OutboxMessage(
        topic=topic,
        key=key,
        payload=payload,
        merge=merge,
        correlation_id=_correlation_id(),
        created_at=now,
        next_try_at=now + delay,
    )
    if not merge:
        row.save(force_insert=True)
        return row.pk
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        # Somebody else's row for the same state came first; it will see our change as well.
        return _waiting(topic, key).filter(attempts=0).values_list("pk", flat=True).get()
    return row.pk


def _correlation_id() -> str:
    context = structlog.contextvars.get_contextvars()
    return str(context.get("correlation_id") or context.get("request_id") or "")


def deliver(message_id: int) -> bool:
    """Do one action if it is due and nobody else has it; safe to call any number of times."""
    row = claim(OutboxMessage, message_id)
    if row is None:
        return False
    with bound_contextvars(correlation_id=row.correlation_id, outbox=row.pk, topic=row.topic):
        try:
            _attempt(row)
        except LeaseLost:
            log.warning("outbox_lease_lost")
        _wake_next(row)
    return True


def _attempt(row: OutboxMessage) -> None:
    outgoing = outgoing_of(row)
    started, clock = timezone.now(), time.monotonic()
    error: Exception | None = None
    try:
        _finish(row, outgoing, outbox_handlers[row.topic].perform(outgoing))
    except LeaseLost:
        raise
    except Exception as failure:  # noqa: BLE001 - whatever it was, the row must say so
        error = failure
        _fail(row, outgoing, failure)
    _log_attempt(row, started, int((time.monotonic() - clock) * 1000), error)


def _finish(row: OutboxMessage, outgoing: Outgoing, result: Any) -> None:
    """Write the outcome. The effect has happened: a busy database must not make it happen twice."""
    for pause_s in (0.2, 1.0, None):
        try:
            with transaction.atomic():
                release(row, status=Status.DONE, done_at=timezone.now(), error="", error_kind="")
                outbox_handlers[row.topic].apply(outgoing, result)
            return
        except OperationalError:
            if pause_s is None:
                raise
            time.sleep(pause_s)


def _fail(row: OutboxMessage, outgoing: Outgoing, error: Exception) -> None:
    kind, pause = _verdict(row, error)
    text = redact(str(error))[:300] or type(error).__name__
    log.warning("outbox_failed", kind=kind, attempt=row.attempts, exc_info=_unexpected(error))
    with transaction.atomic():
        if pause:
            due = timezone.now() + pause
            release(
                row,
                status=Status.PENDING,
                next_try_at=due,
                error=text,
                error_kind=kind,
                attempts=_counted(row, error),
            )
            if pause <= SHORT_PAUSE:
                wake(TASK, row.pk, pause.total_seconds())
        else:
            release(row, status=Status.NEEDS_ATTENTION, error=text, error_kind=kind)
            give_up(outgoing, kind, text)


def _counted(row: OutboxMessage, error: Exception) -> int:
    """«Not now, come back then» is no failed try for a day: a queue must not lose what is in it."""
    is_turn = isinstance(error, RateLimited) and error.retry_after is not None
    is_patient = timezone.now() - row.created_at < QUEUES_FOR
    # Not back to none: a merged row that was tried is told from a fresh one by it.
    return max(1, row.attempts - 1) if is_turn and is_patient else row.attempts


def give_up(outgoing: Outgoing, kind: str, text: str) -> None:
    """Tell the handler; a topic nobody handles any more still has to reach a person."""
    handler = outbox_handlers.get(outgoing.topic)
    if handler is None:
        return
    try:
        with transaction.atomic():
            handler.give_up(outgoing, kind, text)
    except Exception as error:
        log.exception("give_up_failed", topic=outgoing.topic, reason=type(error).__name__)


def may_repeat(outgoing: Outgoing) -> bool:
    handler = outbox_handlers.get(outgoing.topic)
    return handler is not None and handler.is_repeatable(outgoing)


def _unexpected(error: Exception) -> Exception | None:
    return None if isinstance(error, ConnectorError) else error


def _verdict(row: OutboxMessage, error: Exception) -> tuple[str, timedelta | None]:
    """The kind of failure and the pause before the next try; no pause means: a person."""
    if isinstance(error, TransientError):
        pause = pause_after(row.attempts, error.retry_after)
        return (ErrorKind.TRANSIENT if pause else ErrorKind.EXHAUSTED), pause
    if isinstance(error, ConnectorError):
        return error.kind, None
    if row.topic in outbox_handlers and not may_repeat(outgoing_of(row)):
        # An error of our own says nothing about whether the message had left already.
        return ErrorKind.AMBIGUOUS, None
    pause = pause_after(row.attempts) if row.attempts < INTERNAL_ATTEMPTS else None
    return ErrorKind.INTERNAL, pause


def _log_attempt(
    row: OutboxMessage, started: Any, duration_ms: int, error: Exception | None
) -> None:
    kind = "" if error is None else _verdict(row, error)[0]
    excerpt = "" if error is None else redact(str(error))[:300]
    DeliveryAttempt.objects.create(
        message=row,
        started_at=started,
        duration_ms=duration_ms,
        error_kind=kind,
        excerpt=excerpt,
    )
    if error is None:
        log.info("outbox_done", ms=duration_ms)


def _wake_next(row: OutboxMessage) -> None:
    if following := next_in_scope(row):
        pause = (following.next_try_at - timezone.now()).total_seconds()
        wake(TASK, following.pk, max(0.0, pause))
    if row.topic in slow_topics and (waiting := next_slow()):
        wake(TASK, waiting.pk)


def outgoing_of(row: OutboxMessage) -> Outgoing:
    return Outgoing(id=str(row.public_id), topic=row.topic, key=row.key, payload=row.payload)


def cancel(topic: str, key: str) -> int:
    """Drop what still waits for a topic and key; what is already under way is not touched."""
    return OutboxMessage.objects.filter(topic=topic, key=key, status=Status.PENDING).update(
        status=Status.CANCELLED, done_at=timezone.now()
    )


def retry(message_id: int) -> bool:
    """Try an action again now, on a person's word. False if there is nothing to try again.

    That is so when it is under way, done or cancelled, or when a newer row already waits to do
    the same.
    """
    again = OutboxMessage.objects.filter(
        pk=message_id, status__in=(Status.PENDING, Status.NEEDS_ATTENTION)
    )
    changes = {"status": Status.PENDING, "attempts": 0, "next_try_at": timezone.now()}
    try:
        with transaction.atomic():
            is_changed = bool(again.update(**changes, error="", error_kind=""))
            if is_changed:
                wake(TASK, message_id)
    except IntegrityError:
        return False
    return is_changed


@transaction.atomic
def cancel_one(message_id: int) -> bool:
    """Give an action up, on a person's word. False if it is under way or over.

    Its handler is told, as after a failure; what waits behind it may go on.
    """
    now = timezone.now()
    rows = OutboxMessage.objects.filter(pk=message_id)
    stopped = {"status": Status.CANCELLED, "done_at": now}
    was_waiting = rows.filter(status=Status.PENDING).update(**stopped)
    if not was_waiting and not rows.filter(status=Status.NEEDS_ATTENTION).update(**stopped):
        return False
    row = rows.get()
    if was_waiting:
        give_up(outgoing_of(row), "cancelled", _("Cancelled by a person"))
    _wake_next(row)
    return True
