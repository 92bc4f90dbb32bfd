"""Search over the words of all conversations a person may see."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Max, QuerySet

from chat.models import Message
from chat.permissions import conversations_visible_to
from leads.permissions import Person

PAGE = 30
LEAST_LETTERS = 2
AROUND = 60
RECENT = 5_000


@dataclass(frozen=True)
class Found:
    """A message and its words around the hit, in three parts."""

    message: Message
    before: str
    hit: str
    after: str


@dataclass(frozen=True)
class FoundPage:
    """Newest first; `before` is the id where the next page begins, or None."""

    rows: list[Found]
    before: int | None


def find_messages(
    viewer: Person, words: str, *, conversation_id: int | None = None, before: int | None = None
) -> FoundPage:
    """At most three queries. Fewer than two letters find nothing: they would find everything."""
    if len(words) < LEAST_LETTERS:
        return FoundPage([], None)
    messages = Message.objects.filter(
        text__icontains=words, conversation__in=conversations_visible_to(viewer)
    )
    if conversation_id:
        messages = messages.filter(conversation=conversation_id)
    if before:
        messages = messages.filter(pk__lt=before)
    messages = messages.select_related("conversation__client", "conversation__account", "user")
    rows = _newest(messages, before)
    found = [_found(message, words) for message in rows[:PAGE]]
    return FoundPage(found, rows[PAGE - 1].pk if len(rows) > PAGE else None)


def _newest(messages: QuerySet[Message], before: int | None) -> list[Message]:
    """A frequent word is found among recent messages; only a rare one needs all of them."""
    last = before or Message.objects.aggregate(last=Max("pk"))["last"] or 0
    recent = list(messages.filter(pk__gt=last - RECENT).order_by("-pk")[: PAGE + 1])
    if len(recent) > PAGE:
        return recent
    return list(messages.order_by("-pk")[: PAGE + 1])


def _found(message: Message, words: str) -> Found:
    text = " ".join(message.text.split())
    start = max(0, text.lower().find(words.lower()))
    end = start + len(words)
    cut = max(0, text.find(" ", start - AROUND, start)) if start > AROUND else 0
    before = ("…" if cut else "") + text[cut:start]
    after = text[end : end + 2 * AROUND] + ("…" if len(text) > end + 2 * AROUND else "")
    return Found(message, before, text[start:end], after)
