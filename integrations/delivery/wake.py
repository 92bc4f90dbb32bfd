from __future__ import annotations

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def wake(task_name: str, row_id: int | list[int], delay_s: float = 0) -> None:
    """Ask a worker to look at a row (or at several) once this transaction is committed.

    Only a hint: if the broker is down the sweeper finds the row within its interval.
    """

    def send() -> None:
        try:
            current_app.tasks[task_name].apply_async((row_id,), countdown=delay_s, retry=False)
        except (OperationalError, OSError) as error:
            log.warning("wake_up_lost", task=task_name, row=row_id, reason=type(error).__name__)

    transaction.on_commit(send)
