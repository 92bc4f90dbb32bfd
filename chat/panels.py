"""What leads show about their conversations. Attached in `crystalbay.wiring`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse

from chat.models import Conversation
from leads.panels import Badge


def conversation_badges(lead_ids: Sequence[int]) -> Mapping[int, Badge]:
    """One conversation per lead, in one query: the longest waiting, else the newest one."""
    rows = Conversation.objects.filter(lead__in=lead_ids).order_by("last_message_at", "pk")
    badges: dict[int, Badge] = {}
    for pk, lead, waiting, text in rows.values_list("pk", "lead", "unanswered_since", "last_text"):
        known = badges.get(lead)
        if known and known.waiting_since and not (waiting and waiting < known.waiting_since):
            continue
        url = reverse("admin:chat_conversation_thread", args=[pk])
        badges[lead] = Badge(url, f"conversation:{pk}", waiting, text)
    return badges
