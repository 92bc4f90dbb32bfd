"""One thread that stores webhook calls: all that have come since it last looked, together.

Two transactions of two queries for a call each would not keep up with a busy day; the same queries
for all that are waiting do. One thread also means one order: what was kept in files while the
database was away is stored before anything that came later.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from http import HTTPStatus
from uuid import UUID

import structlog
from django.db import close_old_connections

from integrations.delivery.inbox import Arrival, receive_calls
from integrations.models import IntegrationAccount
from integrations.registry import webhook_receivers
from integrations.transport.webhook import Rejected, WebhookRequest
from integrations.webhooks import spool

log = structlog.get_logger(__name__)

# Not more often than this a batch is begun. A call that comes alone does not wait.
PAUSE_S = 0.02
MOST = 200


@dataclass(frozen=True)
class Call:
    """`number` is how the logs call it."""

    kind: str
    address: UUID
    request: WebhookRequest
    number: str = ""
    answer: Future[HTTPStatus] = field(default_factory=Future)

    @property
    def key(self) -> tuple[str, UUID]:
        return self.kind, self.address


# Accounts of calls that were taken, for the minutes in which the database can't be asked.
known: dict[tuple[str, UUID], IntegrationAccount] = {}


def store(calls: Sequence[Call]) -> None:
    """Store the authentic ones and answer all of them. Raises an error of the database."""
    rows = IntegrationAccount.objects.filter(
        public_id__in={call.address for call in calls}, is_enabled=True
    )
    accounts = {(account.kind, account.public_id): account for account in rows}
    arrivals, answers = [], []
    for call in calls:
        try:
            answer, arrival = _looked_at(call, accounts.get(call.key))
        except Exception as error:  # noqa: BLE001 - one that can't be read spoils no other
            call.answer.set_exception(error)
            continue
        answers.append((call, answer))
        if arrival:
            arrivals.append(arrival)
    receive_calls(arrivals)
    for call, answer in answers:
        call.answer.set_result(answer)


def _looked_at(call: Call, account: IntegrationAccount | None) -> tuple[HTTPStatus, Arrival | None]:
    if account is None:
        known.pop(call.key, None)
        return HTTPStatus.NOT_FOUND, None
    try:
        arrival = arrival_of(call, account)
    except Rejected:
        return HTTPStatus.FORBIDDEN, None
    known[call.key] = account
    return HTTPStatus.OK, arrival


def arrival_of(call: Call, account: IntegrationAccount) -> Arrival:
    """The events of a call. Raises Rejected if it does not prove where it comes from."""
    receiver = webhook_receivers[call.kind](account)
    receiver.verify(call.request)
    return Arrival(account.pk, receiver.split(call.request.body), call.number)


class Writer:
    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[Call | None] = queue.SimpleQueue()
        self._busy_since = 0.0
        threading.Thread(target=self._run, name="webhook-writer", daemon=True).start()

    def submit(self, call: Call) -> None:
        self._waiting.put(call)

    def nudge(self) -> None:
        """Something was kept in a file: store it as soon as that is possible."""
        self._waiting.put(None)

    def is_stuck(self, patience_s: float) -> bool:
        since = self._busy_since
        return bool(since) and time.monotonic() - since > patience_s

    def _run(self) -> None:
        while True:
            calls = self._gathered()
            started = self._busy_since = time.monotonic()
            close_old_connections()
            try:
                spool.store_kept()
                if calls:
                    store(calls)
            except Exception as error:  # noqa: BLE001 - told to those who wait; the thread lives on
                for call in calls:
                    if not call.answer.done():
                        call.answer.set_exception(error)
            finally:
                close_old_connections()
                self._busy_since = 0.0
            time.sleep(max(0.0, started + PAUSE_S - time.monotonic()))

    def _gathered(self) -> list[Call]:
        found = [self._waiting.get()]
        while len(found) < MOST and not self._waiting.empty():
            found.append(self._waiting.get())
        # Given up meanwhile means kept in a file, which has its turn.
        return [call for call in found if call and call.answer.set_running_or_notify_cancel()]
