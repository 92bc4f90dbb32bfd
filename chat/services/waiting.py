"""Who still owes an answer, and until when a talk is out of sight."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.models import Conversation
from chat.services.feed import STAFF
from common.errors import InvalidInput
from leads.services import Actor, LeadHistory, record
from live.services import publish

LONGEST_SNOOZE = timedelta(days=90)


@transaction.atomic
def mark_answered(conversation_id: int, *, user: User) -> Conversation:
    """The client's last words need no answer. Safe twice."""
    conversation = _locked(conversation_id)
    if conversation.unanswered_since is None:
        return conversation
    conversation.unanswered_since = None
    return _saved(conversation, user, _("no answer needed"), "unanswered_since")


@transaction.atomic
def snooze(conversation_id: int, until: datetime, *, user: User) -> Conversation:
    """Put a talk off; it comes back by itself, or with the client's next message."""
    now = timezone.now()
    if not now < until <= now + LONGEST_SNOOZE:
        raise InvalidInput(_("Choose a moment within 90 days."), code="date", field="until")
    conversation = _locked(conversation_id)
    conversation.snoozed_until, conversation.snoozed_by = until, user
    said = _("put off until %(moment)s") % {"moment": f"{timezone.localtime(until):%d.%m %H:%M}"}
    return _saved(conversation, user, said, "snoozed_until", "snoozed_by")


@transaction.atomic
def wake(conversation_id: int, *, user: User) -> Conversation:
    """Take a talk back at once. Safe twice."""
    conversation = _locked(conversation_id)
    if conversation.snoozed_until is None:
        return conversation
    conversation.snoozed_until, conversation.snoozed_by = None, None
    return _saved(conversation, user, _("taken back"), "snoozed_until", "snoozed_by")


def _locked(conversation_id: int) -> Conversation:
    return Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)


def _saved(conversation: Conversation, user: User, said: str, *fields: str) -> Conversation:
    conversation.save(update_fields=[*fields, "updated_at"])
    if conversation.lead:
        record(conversation.lead, LeadHistory.Kind.CHAT, Actor(user, "chat"), after=said)
    publish(STAFF, "conversation.changed", conversation=conversation.pk)
    return conversation
