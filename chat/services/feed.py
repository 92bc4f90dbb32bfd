"""Notices to open pages: the managers' and the customer's own."""

from __future__ import annotations

from live.services import publish_all

STAFF = "staff"


def customer_stream(conversation_id: int) -> str:
    return f"chat:{conversation_id}"


def announce(conversation_id: int, kind: str, message_id: int) -> None:
    """Tell both sides that a message appeared or changed."""
    told = {"message": message_id}
    publish_all(
        kind,
        [
            (STAFF, {"conversation": conversation_id, **told}),
            (customer_stream(conversation_id), told),
        ],
    )
