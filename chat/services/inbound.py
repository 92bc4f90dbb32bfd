"""What customers say, from any channel."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction

from chat.listeners import on_customer_message
from chat.models import Conversation, Message
from chat.services.feed import announce
from chat.topics import RESPOND, conversation_key
from integrations.channels.base import InboundMessage
from integrations.delivery.outbox import enqueue
from integrations.models import IntegrationAccount
from leads.services import Actor, ensure_client, ensure_open_lead

SAVED = (
    "lead", "last_message_at", "last_text", "unanswered_since", "snoozed_until", "snoozed_by",
    "updated_at",
)  # fmt: skip


@transaction.atomic
def receive_message(account: IntegrationAccount, inbound: InboundMessage) -> bool:
    """Store a customer's message and let the bot think about it.

    Makes client, lead and conversation on first sight. Returns False if the message is known.
    Enqueues `chat.respond`, merged per conversation: a burst gets one answer.
    """
    conversation = _ensure_conversation(account, inbound)
    if conversation.messages.filter(external_id=inbound.external_id).exists():
        return False
    message = Message.objects.create(
        conversation=conversation,
        author=Message.Author.CUSTOMER,
        text=inbound.text,
        external_id=inbound.external_id,
        delivery=Message.Delivery.RECEIVED,
        sent_at=inbound.sent_at,
    )
    _touch(conversation, message)
    enqueue(
        RESPOND,
        conversation_key(conversation.pk),
        {"conversation": conversation.pk},
        merge=True,
        delay=timedelta(milliseconds=settings.REPLY_DELAY_MS),
    )
    announce(conversation.pk, "message.created", message.pk)
    for tell in on_customer_message:
        tell(conversation)
    return True


def _ensure_conversation(account: IntegrationAccount, inbound: InboundMessage) -> Conversation:
    """Return the locked conversation with an open lead."""
    client = ensure_client(account.kind, inbound.sender.external_id, name=inbound.sender.name)
    lead = ensure_open_lead(client, source=account.kind, actor=Actor(user=None, origin="chat"))
    conversation, _ = Conversation.objects.get_or_create(
        account=account,
        external_id=inbound.chat_id,
        defaults={"client": lead.client, "lead": lead},
    )
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
    conversation.lead = lead
    return conversation


def _touch(conversation: Conversation, message: Message) -> None:
    conversation.last_message_at = message.created_at
    conversation.last_text = message.text[:120]
    conversation.unanswered_since = conversation.unanswered_since or message.created_at
    conversation.snoozed_until = conversation.snoozed_by = None
    conversation.save(update_fields=SAVED)
