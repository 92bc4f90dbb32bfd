"""Who hears which notice. Upper apps know what a person may see; wiring attaches them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User

from live.models import LiveEvent

STAFF = "staff"
VisibleIds = Callable[[User, Iterable[int]], set[int]]
# Payload key -> which of those ids the person may see. Empty here; the composition root fills it.
gatekeepers: dict[str, VisibleIds] = {}
# They name a lead somebody has just lost sight of: its card has to leave the page.
HEARD_BY_ALL = {"lead.assigned"}


def person_stream(user_id: int) -> str:
    """Notices for one colleague only."""
    return f"user:{user_id}"


def heard_by(user: User, events: Sequence[LiveEvent]) -> list[LiveEvent]:
    """Those of the events that the person may know of, in order; one query per kind of object."""
    own = person_stream(user.pk)
    events = [event for event in events if event.stream in (STAFF, own)]
    visible = {key: _visible(user, key, events) for key in gatekeepers}
    return [event for event in events if event.stream == own or _is_open(event, visible)]


def _visible(user: User, key: str, events: Sequence[LiveEvent]) -> set[int]:
    ids = {event.payload[key] for event in events if key in event.payload}
    return gatekeepers[key](user, ids) if ids else set()


def _is_open(event: LiveEvent, visible: Mapping[str, Any]) -> bool:
    if event.kind in HEARD_BY_ALL:
        return True
    return all(event.payload[key] in visible[key] for key in visible if key in event.payload)
