"""When the messenger takes words of ours: some time after a client's message, or always."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from chat.models import Conversation
from common.errors import Conflict
from integrations.models import IntegrationAccount
from integrations.registry import channel_capabilities

BROKEN = IntegrationAccount.State.BROKEN


def keep_window_open(conversation: Conversation, said_at: datetime) -> None:
    """The client has spoken: the window counts from there. The caller holds the lock and saves."""
    window = channel_capabilities(conversation.account).window
    if window is None:
        return
    closes_at = said_at + window
    known = conversation.window_closes_at
    conversation.window_closes_at = max(known, closes_at) if known else closes_at


def is_window_open(conversation: Conversation) -> bool:
    """Whether free text goes through now; always where the messenger has no window."""
    if channel_capabilities(conversation.account).window is None:
        return True
    closes_at = conversation.window_closes_at
    return closes_at is not None and closes_at > timezone.now()


def refuse_broken_channel(conversation: Conversation) -> None:
    """Raise Conflict if nothing leaves through this channel; it would vanish without a word."""
    account = conversation.account
    if account.parent_id and account.state == BROKEN:
        said = _("Nothing can be sent through “%(channel)s” now. %(reason)s")
        words = {"channel": account.name, "reason": account.last_error}
        raise Conflict(said % words, code="channel_down")


def refuse_closed(conversation: Conversation) -> None:
    """Raise Conflict if free text can't be sent here now."""
    refuse_broken_channel(conversation)
    if is_window_open(conversation):
        return
    if channel_capabilities(conversation.account).templates:
        said = _("The client wrote more than 24 hours ago: WhatsApp takes only a template now.")
    else:
        said = _("The client wrote too long ago: this messenger takes nothing until they write.")
    raise Conflict(said, code="window_closed")


def closed_because(conversation: Conversation) -> str:
    """Why free text can't be sent now, in one sentence; empty if it can."""
    try:
        refuse_closed(conversation)
    except Conflict as closed:
        return closed.message
    return ""


def may_write(conversation: Conversation) -> bool:
    return not closed_because(conversation)
