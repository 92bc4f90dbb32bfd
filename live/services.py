from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from live.models import LiveEvent

KEPT_FOR = timedelta(days=2)


def publish(stream: str, kind: str, **payload: Any) -> None:
    """Tell open pages that something changed. Call it inside the transaction of the change.

    `payload` holds ids and small flags only: no text, no personal data. The reader fetches the
    rest with its own rights.
    """
    LiveEvent.objects.create(stream=stream, kind=kind, payload=payload)


def prune() -> int:
    """Delete notices nobody can be waiting for any more; return how many."""
    deleted, _ = LiveEvent.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted
