"""Whether a client can still be reached in a chat, and under which id."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.models import Conversation
from chat.services.feed import STAFF
from live.services import publish


@transaction.atomic
def mark_gone(conversation_id: int, reason: str) -> str:
    """Note that a client can't be written to here any more; return why, in words."""
    said = {
        "blocked": _("The client has blocked our bot. Call or write elsewhere."),
        "deactivated": _("The client has deleted this account. Call or write elsewhere."),
    }.get(reason, _("The client is not to be found here any more. Call or write elsewhere."))
    _change(conversation_id, gone_since=timezone.now(), gone_reason=said[:200])
    return said


@transaction.atomic
def mark_back(conversation_id: int) -> None:
    """The client is here again. Safe twice."""
    if Conversation.objects.filter(pk=conversation_id, gone_since__isnull=False).exists():
        _change(conversation_id, gone_since=None, gone_reason="")


@transaction.atomic
def move_chat(conversation_id: int, chat_id: str) -> None:
    """The channel has given the chat another id."""
    _change(conversation_id, external_id=chat_id)


def _change(conversation_id: int, **changes: object) -> None:
    Conversation.objects.filter(pk=conversation_id).update(**changes)
    publish(STAFF, "conversation.changed", conversation=conversation_id)
