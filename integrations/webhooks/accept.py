"""Decides what becomes of a webhook call, without ever waiting long for anything.

Normally one thread (`writer`) stores it, together with others that came at the same moment. A
database that hangs must not keep the provider waiting, which may not call twice: what was not
stored in time is kept in a file (`spool`); storing it twice is harmless.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from http import HTTPStatus

import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import Error as DatabaseFault

from integrations.registry import webhook_receivers
from integrations.transport.webhook import Rejected
from integrations.webhooks import spool
from integrations.webhooks.writer import Call, Writer, arrival_of, known, store

log = structlog.get_logger(__name__)

FIRST_PATIENCE_S = 10.0


async def accept(call: Call) -> HTTPStatus:
    """Store the events of a call; the status is what the provider is told."""
    if call.kind not in webhook_receivers:
        return HTTPStatus.NOT_FOUND
    try:
        return await _stored(call, settings.WEBHOOK_PATIENCE_MS / 1000)
    except TimeoutError:
        pass
    except DatabaseFault as error:
        log.warning("webhook_database_away", reason=type(error).__name__)
    return await asyncio.to_thread(_without_database, call)


async def _stored(call: Call, patience_s: float) -> HTTPStatus:
    """Raises TimeoutError, or an error of the database."""
    if not patience_s:
        await sync_to_async(store)([call])
        return call.answer.result()
    # Nothing proves the first call of an account but the database: for that one waits.
    is_first = call.key not in known
    if not is_first and _writer().is_stuck(patience_s):
        raise TimeoutError
    _writer().submit(call)
    return await asyncio.wait_for(
        asyncio.wrap_future(call.answer), FIRST_PATIENCE_S if is_first else patience_s
    )


def _without_database(call: Call) -> HTTPStatus:
    """Keep the events in a file, if the account is one that has lately been seen."""
    account = known.get(call.key)
    if account is None:
        return HTTPStatus.SERVICE_UNAVAILABLE
    try:
        spool.keep(arrival_of(call, account))
    except Rejected:
        return HTTPStatus.FORBIDDEN
    except OSError as error:
        log.error("webhook_not_kept", reason=type(error).__name__)
        return HTTPStatus.SERVICE_UNAVAILABLE
    if settings.WEBHOOK_PATIENCE_MS:
        _writer().nudge()
    return HTTPStatus.OK


@lru_cache(maxsize=1)
def _writer() -> Writer:
    return Writer()
