"""Notices to open pages: the managers' and the customer's own."""

from __future__ import annotations

from live.services import publish

STAFF = "staff"


def customer_stream(conversation_id: int) -> str:
    return f"chat:{conversation_id}"


def announce(conversation_id: int, kind: str, message_id: int) -> None:
    """Tell both sides that a message appeared or changed."""
    publish(STAFF, kind, conversation=conversation_id, message=message_id)
    publish(customer_stream(conversation_id), kind, message=message_id)
