from __future__ import annotations

from chat.services.inbound import receive_message
from integrations.models import InboxEvent
from integrations.registry import channel_connector


def handle_channel_event(event: InboxEvent) -> bool:
    """Store every message of an event from a messaging channel; False if none was new."""
    messages = channel_connector(event.account).parse(event.body)
    stored = [receive_message(event.account, message) for message in messages]
    return any(stored)
