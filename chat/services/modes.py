"""Who speaks in a conversation: the bot, the bot's drafts, or a person."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.listeners import on_hand_over
from chat.models import AiSuggestion, Conversation, Message
from chat.services.feed import STAFF
from chat.topics import SEND_MESSAGE, conversation_key
from common.errors import InvalidInput
from integrations.models import OutboxMessage
from leads.services import Actor, LeadHistory, assign_lead, record
from live.services import publish

Mode = Conversation.Mode


@transaction.atomic
def set_mode(conversation_id: int, mode: str, *, user: User) -> Conversation:
    """Let somebody else speak from now on. What the bot has not sent yet is withdrawn."""
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
    if mode == Mode.BOT:
        return change_mode(conversation, Mode.BOT, user, is_bot_chosen=True)
    silence_bot(conversation, user=user, mode=Mode(mode))
    _set_countdown(conversation, None)
    return conversation


@transaction.atomic
def follow_rule(conversation_id: int, *, user: User) -> Conversation:
    """Take back a choice by hand: the rule of the channel says who speaks."""
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
    return change_mode(conversation, Mode.BOT, user)


@transaction.atomic
def pause_bot(conversation_id: int, until: datetime, *, user: User) -> Conversation:
    """Silence the bot till a moment; then the rule of the channel holds again.

    Raises InvalidInput for a moment that has passed.
    """
    if until <= timezone.now():
        raise InvalidInput(_("Choose a time that is still to come."), code="past", field="moment")
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
    silence_bot(conversation, user=user)
    _set_countdown(conversation, until)
    return conversation


def silence_bot(conversation: Conversation, *, user: User | None, mode: Mode = Mode.HUMAN) -> None:
    """Stop the bot at once; the caller holds the lock. `user` is None for a person unknown here.

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
    if user and conversation.lead and conversation.lead.assignee_id is None:
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


def _set_countdown(conversation: Conversation, returns_at: datetime | None) -> None:
    """Whoever presses «Person» where a person speaks already wants the bot to stay away."""
    if conversation.bot_returns_at == returns_at:
        return
    conversation.bot_returns_at = returns_at
    conversation.save(update_fields=["bot_returns_at", "updated_at"])
    publish(STAFF, "conversation.changed", conversation=conversation.pk)


def change_mode(
    conversation: Conversation,
    mode: Mode,
    user: User | None,
    *,
    is_bot_chosen: bool = False,
    reason: str = "",
) -> Conversation:
    """Write who speaks, with history and notice; the caller holds the lock.

    `reason`: a value of `AiSuggestion.HandOver`, kept as the note of the history.
    """
    if (conversation.mode, conversation.is_bot_chosen) == (mode, is_bot_chosen):
        return conversation
    before, conversation.mode = conversation.mode, mode
    conversation.is_bot_chosen = is_bot_chosen
    # Whoever chooses by hand is not overruled by a timer.
    conversation.bot_returns_at = None
    conversation.save(update_fields=["mode", "is_bot_chosen", "bot_returns_at", "updated_at"])
    if conversation.lead and before != mode:
        actor = Actor(user, origin="chat" if user else "bot")
        kind = LeadHistory.Kind.MODE
        record(conversation.lead, kind, actor, before=before, after=mode, note=reason)
    publish(STAFF, "conversation.mode", conversation=conversation.pk, mode=mode)
    return conversation


def call_person(conversation: Conversation) -> None:
    """The client has asked for a person by a key: they wait. The caller holds the lock."""
    if conversation.unanswered_since is None:
        conversation.unanswered_since = timezone.now()
        conversation.save(update_fields=["unanswered_since", "updated_at"])
    hand_over(conversation, AiSuggestion.HandOver.ASKED)
    publish(STAFF, "conversation.changed", conversation=conversation.pk)


def hand_over(conversation: Conversation, reason: str) -> None:
    """The bot calls a person and falls silent; the caller holds the lock.

    `reason`: a value of `AiSuggestion.HandOver`.
    """
    if conversation.mode == Mode.HUMAN:
        return
    change_mode(conversation, Mode.HUMAN, None, reason=reason)
    for tell in on_hand_over:
        tell(conversation)
