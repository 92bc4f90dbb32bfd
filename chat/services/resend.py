"""Sending a message again that could not be delivered."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from chat.models import Conversation, Message
from chat.services.feed import announce
from chat.topics import SEND_MESSAGE, conversation_key
from common.errors import Conflict
from integrations.delivery.outbox import retry
from integrations.models import OutboxMessage

Delivery = Message.Delivery


@transaction.atomic
def send_again(message_id: int) -> Message:
    """Try a failed message again, on a person's word. Safe twice: one that is under way stays.

    Raises Conflict if its action was given up for good.
    """
    message = Message.objects.get(pk=message_id)
    Conversation.objects.select_for_update(no_key=True).get(pk=message.conversation_id)
    message.refresh_from_db()
    if message.delivery != Delivery.FAILED:
        return message
    action = _action_of(message)
    if action is None or not retry(action.pk):
        raise Conflict(_("It can't be sent again. Write the message anew."), code="given_up")
    message.delivery, message.delivery_error = Delivery.PENDING, ""
    message.save(update_fields=["delivery", "delivery_error"])
    announce(message.conversation_id, "message.changed", message.pk)
    return message


def _action_of(message: Message) -> OutboxMessage | None:
    actions = OutboxMessage.objects.filter(
        topic=SEND_MESSAGE,
        key=conversation_key(message.conversation_id),
        payload__message=message.pk,
    )
    return actions.order_by("-pk").first()
