"""Half-typed answers: kept for the person who types, and a sign to colleagues that they do."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from chat.models import Conversation, ReplyDraft
from chat.services.feed import STAFF
from live.services import publish

# One sign in this time is enough to keep «is typing» on colleagues' pages.
QUIET = timedelta(seconds=5)
LONGEST = 10_000


@transaction.atomic
def keep_draft(conversation: Conversation, user: User, text: str) -> None:
    """Keep what is typed so far; empty text forgets it. Tells the others who is typing."""
    rows, now = ReplyDraft.objects.filter(conversation=conversation, user=user), timezone.now()
    was_told = rows.filter(typed_at__gt=now - QUIET).exists()
    if not text.strip():
        was_told = not rows.delete()[0]
    else:
        ReplyDraft.objects.update_or_create(
            conversation=conversation,
            user=user,
            defaults={"text": text[:LONGEST], "typed_at": now},
        )
    if not was_told:
        publish(STAFF, "conversation.typing", conversation=conversation.pk, user=user.pk)
