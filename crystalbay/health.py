from __future__ import annotations

from celery import current_app
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from kombu.exceptions import OperationalError

from integrations.selectors import oldest_due_outbox_age_s

# Older than this, an action should long have been done: the worker is down or behind.
LATE_S = 120


def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """503 with the part that is not ready: database, broker, or an outbox left lying."""
    answer: dict[str, object] = {"database": _database(), "broker": _broker(), "outbox_age_s": None}
    if answer["database"] == "ok":
        answer["outbox_age_s"] = age = oldest_due_outbox_age_s()
        answer["outbox"] = "ok" if age < LATE_S else "late"
    is_ready = all(answer.get(part) == "ok" for part in ("database", "broker", "outbox"))
    answer["status"] = "ok" if is_ready else "unavailable"
    return JsonResponse(answer, status=200 if is_ready else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unavailable"
    return "ok"


def _broker() -> str:
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except (OperationalError, OSError):
        return "unavailable"
    return "ok"
