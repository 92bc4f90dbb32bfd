"""What the sheet and the filter of leads know of conversations. Attached in `crystalbay.wiring`."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string

from chat.models import Conversation, Message
from chat.permissions import conversations_visible_to
from chat.thread_view import bubbles
from leads.formats import span_since
from leads.models import Lead
from leads.permissions import Person

MESSAGES = 6
CHATS = 5


def waiting_lead_ids() -> QuerySet[Any, Any]:
    """Leads whose client nobody has answered yet."""
    waiting = Conversation.objects.filter(unanswered_since__isnull=False, lead__isnull=False)
    return waiting.values("lead")


def conversation_panel(lead: Lead, viewer: Person) -> str:
    """The last words of the lead's newest chat, and links to all of them."""
    talks = conversations_visible_to(viewer).filter(lead=lead.pk).select_related("account")
    newest = list(talks.order_by("-last_message_at", "-pk")[:CHATS])
    if not newest:
        return ""
    for talk in newest:
        talk.client = lead.client
    since = newest[0].unanswered_since
    context = {
        "talk": newest[0],
        "others": newest[1:],
        "bubbles": bubbles(newest[0], _last_messages(newest[0])),
        "waiting": span_since(since) if since else "",
    }
    return render_to_string("admin/chat/lead_panel.html", context)


def _last_messages(talk: Conversation) -> list[Message]:
    shown = Message.objects.filter(conversation=talk).select_related("user")
    return list(shown.exclude(delivery=Message.Delivery.CANCELLED).order_by("-pk")[:MESSAGES])[::-1]
