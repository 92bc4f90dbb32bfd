"""The bell: reading what live.services.notify has written."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from live.audience import person_stream
from live.models import Notification
from live.services import publish

SHOWN = 30


def unread_count(user_id: int) -> int:
    return Notification.objects.filter(user=user_id, read_at=None).count()


def recent_notifications(user_id: int) -> list[Notification]:
    return list(Notification.objects.filter(user=user_id).order_by("-created_at", "-pk")[:SHOWN])


def newest_unread(user_id: int) -> Notification | None:
    unread = Notification.objects.filter(user=user_id, read_at=None)
    return unread.order_by("-created_at", "-pk").first()


def find_notification(user_id: int, notification_id: int) -> Notification | None:
    """One of the person's own."""
    return Notification.objects.filter(user=user_id, pk=notification_id).first()


@transaction.atomic
def mark_read(user_id: int, *, notification_id: int | None = None, url: str = "") -> int:
    """Read one, all that lead to a page, or all; the person's other windows hear of it.

    Return how many were unread. Safe twice.
    """
    unread = Notification.objects.filter(user=user_id, read_at=None)
    if notification_id is not None:
        unread = unread.filter(pk=notification_id)
    if url:
        unread = unread.filter(url=url)
    count = unread.update(read_at=timezone.now())
    if count:
        publish(person_stream(user_id), "notification.read")
    return count
