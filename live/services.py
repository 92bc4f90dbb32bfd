from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from live.audience import person_stream
from live.models import LiveEvent, Notification

KEPT_FOR = timedelta(days=2)
READ_KEPT_FOR = timedelta(days=30)


def publish(stream: str, kind: str, **payload: Any) -> None:
    """Tell open pages that something changed. Call it inside the transaction of the change.

    `payload` holds ids and small flags only: no text, no personal data. The reader fetches the
    rest with its own rights.
    """
    publish_all(kind, [(stream, payload)])


def publish_all(kind: str, notices: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Tell several streams of one change, as `publish` does: pairs of stream and payload."""
    LiveEvent.objects.bulk_create(
        LiveEvent(stream=stream, kind=kind, payload=payload) for stream, payload in notices
    )


def notify(user_id: int, kind: str, key: str, text: str, url: str) -> None:
    """Ring one colleague's bell; the same `key` rings once while it is unread.

    `text` is for a list other people may look over: names, but no messages and no phones.
    """
    row = Notification(user_id=user_id, kind=kind, key=key, text=text[:200], url=url)
    if Notification.objects.filter(user=user_id, key=key, read_at=None).exists():
        return
    Notification.objects.bulk_create([row], ignore_conflicts=True)
    publish(person_stream(user_id), "notification.created")


def prune() -> int:
    """Delete old read notifications, and notices nobody can be waiting for; return how many."""
    old = timezone.now() - READ_KEPT_FOR
    Notification.objects.filter(read_at__lt=old).delete()
    deleted, _ = LiveEvent.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).delete()
    return deleted
