from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from live.models import LiveEvent

PAGE = 200


@dataclass(frozen=True, order=True)
class Cursor:
    """A place in the feed. Its text form is `<transaction>-<id>`, used as SSE's event id."""

    transaction: int = 0
    id: int = 0

    def __str__(self) -> str:
        return f"{self.transaction}-{self.id}"

    @classmethod
    def parse(cls, text: str) -> Cursor | None:
        """Return the cursor, or None when the text is not one of ours."""
        left, _, right = text.partition("-")
        if not (left.isascii() and left.isdigit() and right.isascii() and right.isdigit()):
            return None
        if len(left) > 18 or len(right) > 18:
            return None
        return cls(int(left), int(right))


def _settled() -> QuerySet[LiveEvent]:
    """Events that no running transaction can still precede."""
    events = LiveEvent.objects.order_by("transaction", "id")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT txid_snapshot_xmin(txid_current_snapshot())")
            events = events.filter(transaction__lt=cursor.fetchone()[0])
    return events


def events_after(cursor: Cursor) -> list[LiveEvent]:
    """Return the next events of all streams in order, at most PAGE."""
    later = Q(transaction__gt=cursor.transaction) | Q(
        transaction=cursor.transaction, id__gt=cursor.id
    )
    return list(_settled().filter(later)[:PAGE])


def latest_cursor() -> Cursor:
    """Where a page that has just been rendered may start listening."""
    last = _settled().last()
    return cursor_of(last) if last else Cursor()


def cursor_of(event: LiveEvent) -> Cursor:
    return Cursor(event.transaction, event.pk)
