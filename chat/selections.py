"""The chats into which a selection of tours may be sent. Attached in `crystalbay.wiring`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.contrib.auth.models import User
from django.urls import reverse

from bookings.sending import Route
from chat.models import Conversation
from chat.permissions import conversations_visible_to
from chat.selectors import kept_draft
from chat.services.outbound import send_reply
from chat.services.reply_drafts import keep_draft
from leads.models import Lead


def chats_of_lead(lead: Lead, user: User) -> Sequence[Route]:
    """Those the person may write into, the latest first."""
    if not user.has_perm("chat.change_conversation"):
        return []
    talks = conversations_visible_to(user).filter(lead=lead.pk).select_related("account")
    return [_route(talk) for talk in talks.order_by("-last_message_at", "-pk")]


def _route(talk: Conversation) -> Route:
    url = reverse("admin:chat_conversation_thread", args=[talk.pk])
    return Route(f"chat:{talk.pk}", talk.account.name, url, _sender(talk.pk), _drafter(talk))


def _sender(conversation_id: int) -> Callable[[str, User, str], None]:
    def send(text: str, user: User, client_key: str) -> None:
        send_reply(conversation_id, text, user=user, client_key=client_key)

    return send


def _drafter(talk: Conversation) -> Callable[[str, User], None]:
    def draft(text: str, user: User) -> None:
        typed = kept_draft(talk.pk, user)
        if text not in typed:
            keep_draft(talk, user, f"{typed}\n\n{text}".strip())

    return draft
