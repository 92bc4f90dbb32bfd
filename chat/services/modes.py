"""Who speaks in a conversation: the bot, the bot's drafts, or a person."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from chat.listeners import on_hand_over
from chat.models import Conversation, Message
from chat.services.feed import STAFF
from chat.topics import SEND_MESSAGE, conversation_key
from integrations.models import OutboxMessage
from leads.services import Actor, LeadHistory, assign_lead, record
from live.services import publish

Mode = Conversation.Mode


@transaction.atomic
def set_mode(conversation_id: int, mode: str, *, user: User) -> Conversation:
    """Let somebody else speak from now on. What the bot has not sent yet is withdrawn."""
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
    if mode == Mode.BOT:
        return change_mode(conversation, Mode.BOT, user)
    silence_bot(conversation, user=user, mode=Mode(mode))
    _stop_countdown(conversation)
    return conversation


def silence_bot(conversation: Conversation, *, user: User, mode: Mode = Mode.HUMAN) -> None:
    """Stop the bot at once; the caller holds the lock.

    Its answers that wait in the outbox are withdrawn, and an answer it is thinking about is
    thrown away when it looks at the mode again.
    """
    unsent = conversation.messages.filter(
        author=Message.Author.BOT, delivery=Message.Delivery.PENDING
    ).select_related("answers")
    for message in unsent:
        if _withdraw(message) and message.answers and conversation.unanswered_since is None:
            # Nobody has answered after all: the client must not be forgotten.
            conversation.unanswered_since = message.answers.created_at
            conversation.save(update_fields=["unanswered_since", "updated_at"])
    if conversation.lead and conversation.lead.assignee_id is None:
        assign_lead(conversation.lead.pk, user, actor=Actor(user, origin="chat"))
    change_mode(conversation, mode, user)


def _withdraw(message: Message) -> bool:
    waiting = OutboxMessage.objects.filter(
        topic=SEND_MESSAGE,
        key=conversation_key(message.conversation_id),
        payload__message=message.pk,
        status=OutboxMessage.Status.PENDING,
    )
    if not waiting.update(status=OutboxMessage.Status.CANCELLED):
        return False
    message.delivery = Message.Delivery.CANCELLED
    message.save(update_fields=["delivery"])
    return True


def _stop_countdown(conversation: Conversation) -> None:
    """Whoever presses «Person» where a person speaks already wants the bot to stay away."""
    if conversation.bot_returns_at is None:
        return
    conversation.bot_returns_at = None
    conversation.save(update_fields=["bot_returns_at", "updated_at"])
    publish(STAFF, "conversation.changed", conversation=conversation.pk)


def change_mode(conversation: Conversation, mode: Mode, user: User | None) -> Conversation:
    """Write who speaks, with history and notice; the caller holds the lock."""
    if conversation.mode == mode:
        return conversation
    before, conversation.mode = conversation.mode, mode
    # Whoever chooses by hand is not overruled by a timer.
    conversation.bot_returns_at = None
    conversation.save(update_fields=["mode", "bot_returns_at", "updated_at"])
    if conversation.lead:
        actor = Actor(user, origin="chat" if user else "bot")
        record(conversation.lead, LeadHistory.Kind.MODE, actor, before=before, after=mode)
    publish(STAFF, "conversation.mode", conversation=conversation.pk, mode=mode)
    return conversation


def call_person(conversation: Conversation) -> None:
    """The client has asked for a person by a key: they wait. The caller holds the lock."""
    if conversation.unanswered_since is None:
        conversation.unanswered_since = timezone.now()
        conversation.save(update_fields=["unanswered_since", "updated_at"])
    hand_over(conversation)
    publish(STAFF, "conversation.changed", conversation=conversation.pk)


def hand_over(conversation: Conversation) -> None:
    """The bot calls a person and falls silent; the caller holds the lock."""
    if conversation.mode == Mode.HUMAN:
        return
    change_mode(conversation, Mode.HUMAN, None)
    for tell in on_hand_over:
        tell(conversation)
