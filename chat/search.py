"""What the search of the back office finds among conversations and messages."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chat.models import Message
from chat.permissions import conversations_visible_to
from common.admin import short_moment
from common.search import Row, Source, Viewer, excerpt
from leads.search import clients_by_words, phone_pieces


def find_conversations(viewer: Viewer, words: str, limit: int) -> list[Row]:
    """Talks with the clients found."""
    people = list(clients_by_words(viewer, words).values_list("pk", flat=True))
    talks = conversations_visible_to(viewer).filter(client__in=people)
    newest = talks.select_related("client").order_by("-last_message_at", "-pk")
    return [
        Row(_url(talk.pk), str(talk.client), talk.last_text, short_moment(talk.last_message_at))
        for talk in newest[:limit]
    ]


def find_messages(viewer: Viewer, words: str, limit: int) -> list[Row]:
    if phone_pieces(words):
        return []
    messages = _messages(viewer).filter(text__icontains=words).order_by("-pk")
    return [
        Row(
            f"{_url(message.conversation_id)}?message={message.pk}",
            str(message.conversation.client),
            excerpt(message.text, words),
            short_moment(message.sent_at),
        )
        for message in messages.select_related("conversation__client")[:limit]
    ]


def _messages(viewer: Viewer) -> QuerySet[Message]:
    return Message.objects.filter(conversation__in=conversations_visible_to(viewer))


def _url(conversation_id: int) -> str:
    return reverse("admin:chat_conversation_thread", args=[conversation_id])


def _is_open(viewer: Viewer) -> bool:
    return any(viewer.has_perm(f"chat.{verb}_conversation") for verb in ("view", "change"))


CONVERSATIONS = Source(
    _("Chats"), "chat-dots", _is_open, find_conversations, "admin:chat_conversation_changelist"
)
MESSAGES = Source(_("Messages"), "chat-left-text", _is_open, find_messages)
