"""The bot comes back by the channel's rule: hours after a person's last word, if nobody waits."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from chat.models import Conversation
from chat.policy import policy_for
from chat.services.modes import change_mode

Mode = Conversation.Mode
PAGE = 200


def plan_bot_return(conversation: Conversation) -> None:
    """A person has just spoken: the time counts from now. The caller holds the lock and saves."""
    hours = policy_for(conversation.account_id).bot_returns_after_h
    if conversation.mode != Mode.HUMAN:
        return
    conversation.bot_returns_at = timezone.now() + timedelta(hours=hours) if hours else None


def return_bots() -> int:
    """Give the talks whose time has come back to the bot; return how many. Safe to run twice.

    A client who waits for a person keeps waiting for one: the talk stands in «Сегодня».
    """
    due = Conversation.objects.filter(bot_returns_at__lte=timezone.now())
    return sum(_return_bot(pk) for pk in due.order_by("pk").values_list("pk", flat=True)[:PAGE])


@transaction.atomic
def _return_bot(conversation_id: int) -> bool:
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
    returns_at = conversation.bot_returns_at
    if returns_at is None or returns_at > timezone.now():
        return False
    if conversation.mode != Mode.HUMAN or conversation.unanswered_since:
        conversation.bot_returns_at = None
        conversation.save(update_fields=["bot_returns_at", "updated_at"])
        return False
    change_mode(conversation, Mode.BOT, None)
    return True
