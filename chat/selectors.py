from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.models import AiSuggestion, Attachment, Conversation, Message, ReplyDraft
from chat.permissions import conversations_visible_to
from common.errors import NotAllowed
from integrations.models import IntegrationAccount
from leads.permissions import Person

# A colleague whose draft is younger than this is writing now.
TYPING = timedelta(seconds=15)
PAGE = 200
THREAD_PAGE = 50
BEFORE_FOUND = 20


def webchat_conversation(chat_id: str) -> Conversation | None:
    return Conversation.objects.filter(
        account__kind=IntegrationAccount.Kind.WEBCHAT, external_id=chat_id
    ).first()


def visible_to_customer(conversation: Conversation, after_id: int) -> list[Message]:
    """The next messages the customer may read, oldest first, at most PAGE."""
    shown = conversation.messages.filter(pk__gt=after_id, delivery__in=Message.SEEN_BY_CUSTOMER)
    return list(shown.filter(deleted_at=None).order_by("pk")[:PAGE])


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
        "account",
        "client",
        "lead__stage",
        "lead__source",
        "lead__assignee",
        "lead__analysis",
        "snoozed_by",
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


def thread_around(conversation_id: int, message_id: int) -> ThreadPage:
    """A message somebody looks for, what stands before it, and what came after, at most PAGE.

    The page catches up with the rest by itself.
    """
    messages = _messages(conversation_id)
    before = list(messages.filter(pk__lt=message_id).order_by("-pk")[: BEFORE_FOUND + 1])
    after = list(messages.filter(pk__gte=message_id).order_by("pk")[:PAGE])
    return ThreadPage(before[:BEFORE_FOUND][::-1] + after, len(before) > BEFORE_FOUND)


def last_message_id(conversation_id: int) -> int:
    newest = Message.objects.filter(conversation=conversation_id).order_by("-pk")
    return newest.values_list("pk", flat=True).first() or 0


def thread_changes(conversation_id: int, after_id: int, changed: Sequence[int]) -> list[Message]:
    """Messages after an id, and those named as changed, oldest first."""
    wanted = Q(pk__gt=after_id) | Q(pk__in=changed)
    return list(_messages(conversation_id).filter(wanted).order_by("pk")[:PAGE])


def _messages(conversation_id: int) -> QuerySet[Message]:
    messages = Message.objects.filter(conversation=conversation_id)
    messages = messages.select_related("user", "reply_to__user")
    return messages.prefetch_related("attachments", "versions")


def find_attachment(conversation: Conversation, attachment_id: int) -> Attachment | None:
    """A stored file of this conversation's messages."""
    files = Attachment.objects.filter(message__conversation=conversation)
    return files.filter(pk=attachment_id, state=Attachment.State.STORED).first()


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


def kept_draft(conversation_id: int, user: User) -> str:
    """What the person has typed here and not sent."""
    drafts = ReplyDraft.objects.filter(conversation=conversation_id, user=user)
    return drafts.values_list("text", flat=True).first() or ""


def typing_now(conversation_id: int, viewer: Person) -> list[User]:
    """Colleagues who are writing an answer at this moment."""
    typing = ReplyDraft.objects.filter(
        conversation=conversation_id, typed_at__gt=timezone.now() - TYPING
    )
    rows = typing.exclude(user=viewer.pk).select_related("user")
    return [row.user for row in rows.order_by("typed_at")]


def colleagues() -> QuerySet[User]:
    """People who may answer clients and so may be responsible for a talk."""
    people = User.objects.with_perm(
        "chat.change_conversation", backend="django.contrib.auth.backends.ModelBackend"
    )
    return people.filter(is_staff=True).order_by("first_name", "last_name", "username")


def other_conversations(conversation: Conversation, viewer: Person) -> list[Conversation]:
    """The same person's talks on other channels."""
    others = conversations_visible_to(viewer).filter(client=conversation.client_id)
    return list(others.exclude(pk=conversation.pk).select_related("account")[:10])
