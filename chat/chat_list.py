"""The list «Чаты»: which talks a person sees under which tab, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from chat.models import Conversation
from chat.permissions import conversations_visible_to
from leads.permissions import Person
from leads.selectors import clients_matching

PAGE = 30
TABS = ("all", "mine", "unanswered", "bot", "snoozed")
Mode = Conversation.Mode


@dataclass(frozen=True)
class ChatFilter:
    """`account_id`, `tag_id` narrow the tab; `words` is a name or a phone in any spelling."""

    viewer: Person
    tab: str = "all"
    words: str = ""
    account_id: int | None = None
    tag_id: int | None = None
    country: str = ""


@dataclass(frozen=True)
class ChatPage:
    """`after` is where the next page begins; empty when there is none."""

    talks: list[Conversation]
    after: str


def chat_page(wanted: ChatFilter, after: str = "") -> ChatPage:
    """The next talks of a tab: newest words first, the unanswered by who waits longest."""
    is_queue = wanted.tab == "unanswered"
    field = "unanswered_since" if is_queue else "last_message_at"
    talks = _talks(wanted)
    if place := _parse(after):
        talks = talks.filter(_beyond(field, place, forward=is_queue))
    order = (field, "pk") if is_queue else (f"-{field}", "-pk")
    rows = list(talks.order_by(*order)[: PAGE + 1])
    return ChatPage(rows[:PAGE], _place_of(rows[PAGE - 1], field) if len(rows) > PAGE else "")


def chats_named(wanted: ChatFilter, ids: Sequence[int]) -> list[Conversation]:
    """Those of the talks that stand in this list."""
    return list(_talks(wanted).filter(pk__in=ids))


def _talks(wanted: ChatFilter) -> QuerySet[Conversation]:
    talks = conversations_visible_to(wanted.viewer).select_related(
        "client", "account", "lead__assignee", "lead__stage"
    )
    talks = talks.filter(_tab(wanted.tab, wanted.viewer))
    if wanted.words:
        talks = talks.filter(client__in=clients_matching(wanted.words))
    if wanted.account_id:
        talks = talks.filter(account=wanted.account_id)
    if wanted.tag_id:
        talks = talks.filter(lead__tags=wanted.tag_id)
    if wanted.country:
        talks = talks.filter(
            lead__facts__name="countries",
            lead__facts__is_current=True,
            lead__facts__value__contains=[wanted.country],
        )
    return talks


def _tab(tab: str, viewer: Person) -> Q:
    asleep = Q(snoozed_until__gt=timezone.now())
    return {
        "mine": Q(lead__assignee=viewer.pk) & ~asleep,
        "unanswered": Q(unanswered_since__isnull=False) & ~asleep,
        "bot": Q(mode=Mode.BOT),
        "snoozed": asleep,
    }.get(tab, Q())


def _beyond(field: str, place: tuple[datetime, int], *, forward: bool) -> Q:
    moment, number = place
    side = "gt" if forward else "lt"
    return Q(**{f"{field}__{side}": moment}) | Q(**{field: moment, f"pk__{side}": number})


def _place_of(talk: Conversation, field: str) -> str:
    return f"{getattr(talk, field).isoformat()}_{talk.pk}"


def _parse(after: str) -> tuple[datetime, int] | None:
    moment, _, number = after.partition("_")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return None
    try:
        parsed = parse_datetime(moment)
    except ValueError:
        return None
    return (parsed, int(number)) if parsed and parsed.tzinfo else None
