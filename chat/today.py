"""Talks that wait for a person: unanswered ones, and those that were put off until now."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from chat.models import Conversation
from chat.permissions import conversations_visible_to
from leads.today import Group, Kind, Row

# The next ones move up as these are done; the list must not bury what is overdue.
MOST_TALKS = 10


def talks(viewer: User, person: User) -> list[Group]:
    """Own talks and those of nobody; what is put off is out of sight until its moment."""
    now = timezone.now()
    visible = conversations_visible_to(viewer)
    own = visible.filter(Q(lead__assignee=person) | Q(lead__assignee=None))
    waiting = own.filter(unanswered_since__isnull=False)
    waiting = waiting.filter(Q(snoozed_until=None) | Q(snoozed_until__lte=now))
    theirs = Q(lead__assignee=person) | Q(snoozed_by=person)
    woke = visible.filter(theirs, unanswered_since=None, snoozed_until__lte=now)
    return [
        _group(Kind.WAITING, waiting, "unanswered_since", "?waiting=yes"),
        _group(Kind.WOKE, woke, "snoozed_until"),
    ]


def _group(kind: Kind, talks: QuerySet[Conversation], moment: str, query: str = "") -> Group:
    shown = talks.select_related("client").order_by(moment, "pk")[:MOST_TALKS]
    rows = [_row(kind, talk, moment) for talk in shown]
    return Group(kind, rows, talks.count(), reverse("admin:chat_conversation_changelist") + query)


def _row(kind: Kind, talk: Conversation, moment: str) -> Row:
    return Row(
        kind=kind,
        title=str(talk.client),
        detail=talk.last_text,
        url=reverse("admin:chat_conversation_thread", args=[talk.pk]),
        moment=getattr(talk, moment),
        lead_id=talk.lead_id,
        talk_id=talk.pk,
    )
