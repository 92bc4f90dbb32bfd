from itertools import count

from django.utils import timezone

from chat.models import Conversation
from chat.services.inbound import receive_message
from integrations.accounts import webchat_account
from integrations.channels.base import InboundMessage, Sender

_numbers = count(1)


def write(text, *, chat_id="chat-1", external_id=None, sent_at=None):
    """A customer writes on the site; return the conversation."""
    message = InboundMessage(
        external_id=external_id or f"message-{next(_numbers)}",
        chat_id=chat_id,
        sender=Sender(external_id=chat_id),
        text=text,
        sent_at=sent_at or timezone.now(),
    )
    receive_message(webchat_account(), message)
    return Conversation.objects.select_related("lead").get(external_id=chat_id)
