"""Decides what becomes of a webhook call, without ever waiting long for anything.

Normally that is one look at the account and one insert. They run in a thread of their own: a
database that hangs must not keep the provider waiting, which may not call twice. What the database
did not take in time is kept in a file (`spool`); storing it twice is harmless.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from contextvars import copy_context
from functools import lru_cache
from http import HTTPStatus
from uuid import UUID

import structlog
from django.conf import settings
from django.db import Error as DatabaseFault
from django.db import close_old_connections

from integrations.delivery.inbox import receive_all
from integrations.models import IntegrationAccount
from integrations.registry import webhook_receivers
from integrations.transport.webhook import Rejected, WebhookRequest
from integrations.webhooks import spool

log = structlog.get_logger(__name__)

THREADS = 8
FIRST_PATIENCE_S = 10.0
# Accounts of calls that were taken, for the minutes in which the database can't be asked.
_known: dict[tuple[str, UUID], IntegrationAccount] = {}


def accept(kind: str, address: UUID, request: WebhookRequest) -> HTTPStatus:
    """Store the events of a call; the status is what the provider is told."""
    if kind not in webhook_receivers:
        return HTTPStatus.NOT_FOUND
    patience_s = settings.WEBHOOK_PATIENCE_MS / 1000
    try:
        if not patience_s:
            return _with_database(kind, address, request)
        job = _threads().submit(copy_context().run, _in_thread, kind, address, request)
        try:
            # Nothing proves the first call of an account but the database: for that one waits.
            return job.result(patience_s if (kind, address) in _known else FIRST_PATIENCE_S)
        except TookTooLong:
            job.cancel()
    except DatabaseFault as error:
        log.warning("webhook_database_away", reason=type(error).__name__)
    return _without_database(kind, address, request)


def _in_thread(kind: str, address: UUID, request: WebhookRequest) -> HTTPStatus:
    close_old_connections()
    try:
        status = _with_database(kind, address, request)
        if spool.has_our_own():
            _threads().submit(_store_kept)
        return status
    finally:
        close_old_connections()


def _store_kept() -> None:
    close_old_connections()
    try:
        spool.store_our_own()
    finally:
        close_old_connections()


def _with_database(kind: str, address: UUID, request: WebhookRequest) -> HTTPStatus:
    account = IntegrationAccount.objects.filter(
        kind=kind, public_id=address, is_enabled=True
    ).first()
    if account is None:
        _known.pop((kind, address), None)
        return HTTPStatus.NOT_FOUND
    receiver = webhook_receivers[kind](account)
    try:
        receiver.verify(request)
    except Rejected:
        return HTTPStatus.FORBIDDEN
    _known[kind, address] = account
    if events := receiver.split(request.body):
        receive_all(account.pk, events)
    return HTTPStatus.OK


def _without_database(kind: str, address: UUID, request: WebhookRequest) -> HTTPStatus:
    """Keep the events in a file, if the account is one that has lately been seen."""
    account = _known.get((kind, address))
    if account is None:
        return HTTPStatus.SERVICE_UNAVAILABLE
    receiver = webhook_receivers[kind](account)
    try:
        receiver.verify(request)
        spool.keep(account.pk, receiver.split(request.body))
    except Rejected:
        return HTTPStatus.FORBIDDEN
    except OSError as error:
        log.error("webhook_not_kept", reason=type(error).__name__)
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.OK


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="webhook")
