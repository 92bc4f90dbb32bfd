"""Clients who do not want to be written to first: one word is enough."""

from __future__ import annotations

import re

from django.utils import timezone

from chat.models import Conversation
from chat.services.feed import STAFF
from leads.services import Actor, LeadHistory, record
from live.services import publish

OUT = frozenset(
    ("стоп", "отписаться", "отпишите", "отпишите меня", "отписка", "не пишите мне", "stop")
    + ("unsubscribe", "тоқта", "тоқтату", "жазылымнан шығу")
)
IN = frozenset(("старт", "start", "подписаться", "subscribe", "бастау"))
_NOT_WORDS = re.compile(r"[^\w\s]+")


def hear_opt_out(conversation: Conversation, text: str) -> bool:
    """Note the wish of a client who wants no messages of ours, or wants them again.

    Only a message that says nothing else counts. The caller holds the lock. Returns whether it was
    such a word: nobody has to answer it.
    """
    words = " ".join(_NOT_WORDS.sub(" ", text.lower()).split())
    if words not in OUT and words not in IN:
        return False
    is_out = words in OUT
    if is_out == bool(conversation.opted_out_at):
        return is_out
    conversation.opted_out_at = timezone.now() if is_out else None
    conversation.save(update_fields=["opted_out_at", "updated_at"])
    if conversation.lead:
        record(
            conversation.lead,
            LeadHistory.Kind.CHAT,
            Actor(None, "chat"),
            after="unsubscribed" if is_out else "subscribed",
        )
    publish(STAFF, "conversation.changed", conversation=conversation.pk)
    return True
