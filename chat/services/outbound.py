"""What we say to customers: managers' answers and the bot's."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from chat.canned import refuse_unfilled
from chat.models import Conversation, Message
from chat.services.bot_return import plan_bot_return
from chat.services.feed import announce
from chat.services.modes import silence_bot
from chat.topics import SEND_MESSAGE, conversation_key
from common.errors import Conflict, InvalidInput
from integrations.delivery.outbox import enqueue
from integrations.registry import channel_connector

Author, Delivery = Message.Author, Message.Delivery
SAVED = (
    "last_message_at", "last_text", "unanswered_since", "bot_returns_at", "snoozed_until",
    "snoozed_by", "updated_at",
)  # fmt: skip


@transaction.atomic
def send_reply(
    conversation_id: int, text: str, *, user: User, client_key: str, seen_id: int | None = None
) -> Message:
    """Send a manager's answer; the bot of this conversation is silent from now on.

    `client_key` is made by the page: the same key is the same message. `seen_id` is the last
    message the writer had on the screen: Conflict if a colleague has answered since. Enqueues
    `chat.send_message`.
    """
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
    known = conversation.messages.filter(client_key=client_key).first()
    if known:
        return known
    if seen_id is not None and _answered_since(conversation, seen_id, user):
        raise Conflict(
            _("A colleague has answered meanwhile. Read it; send again if yours is still needed."),
            code="colleague_answered",
        )
    silence_bot(conversation, user=user)
    plan_bot_return(conversation)
    conversation.reply_drafts.filter(user=user).delete()
    message = Message(author=Author.STAFF, user=user, client_key=client_key)
    return _send(conversation, message, text)


def _answered_since(conversation: Conversation, seen_id: int, user: User) -> bool:
    later = conversation.messages.filter(pk__gt=seen_id, author=Author.STAFF)
    return later.exclude(user=user).exclude(delivery=Delivery.CANCELLED).exists()


def send_approved(conversation: Conversation, text: str, *, user: User, client_key: str) -> Message:
    """Send a draft a manager approved. Who speaks stays as it is; the caller holds the lock."""
    plan_bot_return(conversation)
    return _send(conversation, Message(author=Author.STAFF, user=user, client_key=client_key), text)


def send_bot_answer(conversation: Conversation, text: str, *, answers: Message) -> Message:
    """Send the bot's answer to a customer's message, once; the caller holds the lock.

    The customer still counts as waiting if the bot has handed over to a person.
    """
    return _send(conversation, Message(author=Author.BOT, answers=answers), text)


@transaction.atomic
def send_notice(conversation_id: int, text: str, *, key: str) -> Message:
    """Tell a client something by itself (a reminder, a link), once per `key`.

    Whoever waits for an answer keeps waiting, and who speaks stays as it is. Enqueues
    `chat.send_message`.
    """
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
    known = conversation.messages.filter(client_key=key).first()
    if known:
        return known
    waits_since = conversation.unanswered_since
    message = _send(conversation, Message(author=Author.BOT, client_key=key), text)
    if waits_since:
        Conversation.objects.filter(pk=conversation_id).update(unanswered_since=waits_since)
    return message


def _send(conversation: Conversation, message: Message, text: str) -> Message:
    message.text = _checked(conversation, text)
    message.conversation = conversation
    message.delivery = Delivery.PENDING
    message.save(force_insert=True)
    conversation.last_message_at = message.created_at
    conversation.last_text = message.text[:120]
    if conversation.mode == Conversation.Mode.BOT or message.author == Author.STAFF:
        conversation.unanswered_since = None
    if message.author == Author.STAFF:
        conversation.snoozed_until = conversation.snoozed_by = None
    conversation.save(update_fields=SAVED)
    enqueue(SEND_MESSAGE, conversation_key(conversation.pk), {"message": message.pk})
    announce(conversation.pk, "message.created", message.pk)
    return message


def _checked(conversation: Conversation, text: str) -> str:
    text = text.strip()
    refuse_unfilled(text)
    limit = channel_connector(conversation.account).capabilities.text_limit
    if not text:
        raise InvalidInput(_("Write something first."), code="empty", field="text")
    if len(text) > limit:
        message = _("The message is too long for this channel: at most %(limit)s characters.")
        raise InvalidInput(message % {"limit": limit}, code="too_long", field="text")
    return text
