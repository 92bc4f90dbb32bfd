"""The outbox handler that hands a message to its channel."""

from __future__ import annotations

from chat.models import Message
from chat.services.feed import announce
from integrations.channels.base import OutboundMessage, Receipt
from integrations.delivery.handlers import Outgoing
from integrations.registry import channel_connector

Delivery = Message.Delivery


def _message(outgoing: Outgoing) -> Message:
    messages = Message.objects.select_related("conversation__account")
    return messages.get(pk=outgoing.payload["message"])


class SendMessage:
    """Topic `chat.send_message`, payload `{"message": id}`."""

    def perform(self, outgoing: Outgoing) -> Receipt:
        message = _message(outgoing)
        connector = channel_connector(message.conversation.account)
        out = OutboundMessage(chat_id=message.conversation.external_id, text=message.text)
        return connector.send(out, key=outgoing.id)

    def apply(self, outgoing: Outgoing, result: Receipt) -> None:
        message = _message(outgoing)
        message.delivery = Delivery.SENT
        message.external_id = result.external_id
        message.save(update_fields=["delivery", "external_id"])
        announce(message.conversation_id, "message.changed", message.pk)

    def give_up(self, outgoing: Outgoing, error_kind: str, message: str) -> None:
        row = _message(outgoing)
        row.delivery = Delivery.FAILED
        row.delivery_error = message
        row.save(update_fields=["delivery", "delivery_error"])
        announce(row.conversation_id, "message.changed", row.pk)

    def is_repeatable(self, outgoing: Outgoing) -> bool:
        connector = channel_connector(_message(outgoing).conversation.account)
        return connector.capabilities.repeats_safely
