from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from chat.models import AiSuggestion, Conversation, Message
from chat.permissions import conversations_visible_to
from common.errors import NotAllowed
from integrations.models import IntegrationAccount
from leads.permissions import Person

PAGE = 200
THREAD_PAGE = 50


def webchat_conversation(chat_id: str) -> Conversation | None:
    return Conversation.objects.filter(
        account__kind=IntegrationAccount.Kind.WEBCHAT, external_id=chat_id
    ).first()


def visible_to_customer(conversation: Conversation, after_id: int) -> list[Message]:
    """The next messages the customer may read, oldest first, at most PAGE."""
    shown = (Message.Delivery.RECEIVED, Message.Delivery.SENT)
    return list(
        conversation.messages.filter(pk__gt=after_id, delivery__in=shown).order_by("pk")[:PAGE]
    )


@dataclass(frozen=True)
class ThreadPage:
    """Messages oldest first; `has_earlier` says whether there are more before them."""

    messages: list[Message]
    has_earlier: bool


def find_conversation(conversation_id: int, viewer: Person) -> Conversation | None:
    """A conversation with all that its page shows in the header and at the side.

    Raises NotAllowed if it is a colleague's.
    """
    conversations = conversations_visible_to(viewer).select_related(
        "account", "client", "lead__stage", "lead__source", "lead__assignee"
    )
    found = conversations.filter(pk=conversation_id).first()
    if found is None and Conversation.objects.filter(pk=conversation_id).exists():
        raise NotAllowed(_("A colleague talks with this client."), code="not_yours")
    return found


def thread(conversation_id: int, before_id: int | None = None) -> ThreadPage:
    """The newest messages, or those just before an id."""
    messages = _messages(conversation_id)
    if before_id is not None:
        messages = messages.filter(pk__lt=before_id)
    newest = list(messages.order_by("-pk")[: THREAD_PAGE + 1])
    return ThreadPage(newest[:THREAD_PAGE][::-1], len(newest) > THREAD_PAGE)


def thread_changes(conversation_id: int, after_id: int, changed: Sequence[int]) -> list[Message]:
    """Messages after an id, and those named as changed, oldest first."""
    wanted = Q(pk__gt=after_id) | Q(pk__in=changed)
    return list(_messages(conversation_id).filter(wanted).order_by("pk")[:PAGE])


def _messages(conversation_id: int) -> QuerySet[Message]:
    return Message.objects.filter(conversation=conversation_id).select_related("user")


def waiting_draft(conversation_id: int) -> AiSuggestion | None:
    """The bot's newest draft, unless somebody has answered or the client has said more since."""
    newest = Message.objects.filter(conversation=conversation_id).exclude(
        delivery__in=(Message.Delivery.CANCELLED, Message.Delivery.INTERNAL)
    )
    last = newest.order_by("-pk").values("pk")[:1]
    drafts = AiSuggestion.objects.filter(
        conversation=conversation_id, outcome=AiSuggestion.Outcome.DRAFT
    )
    return drafts.filter(answers__in=last).first()


def other_conversations(conversation: Conversation, viewer: Person) -> list[Conversation]:
    """The same person's talks on other channels."""
    others = conversations_visible_to(viewer).filter(client=conversation.client_id)
    return list(others.exclude(pk=conversation.pk).select_related("account")[:10])
