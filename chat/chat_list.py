"""Reads for the list of chats: tabs, filters, and pages by the place where the last one ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation
from chat.permissions import conversations_visible_to
from leads.models import Client, Lead, LeadFact
from leads.permissions import Person
from leads.search import clients_among

TALKS = 30
PLACE_FORMAT = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True)
class Tab:
    """`moment` is the field by which its rows stand; `newest_first` says in which direction."""

    code: str
    label: str | Promise
    moment: str = "last_message_at"
    newest_first: bool = True

    @property
    def ordering(self) -> tuple[str, str]:
        sign = "-" if self.newest_first else ""
        return f"{sign}{self.moment}", f"{sign}pk"


ALL = Tab("all", _("All chats"))
MINE = Tab("mine", _("My chats"))
WAITING = Tab("unanswered", _("Unanswered"), "unanswered_since", newest_first=False)
BOT = Tab("bot", _("Bot"))
SNOOZED = Tab("snoozed", _("Put off"), "snoozed_until", newest_first=False)
CLOSING = Tab("closing", _("Closing soon"), "window_closes_at", newest_first=False)
GROUPS = Tab("groups", _("Groups"))
TABS = {tab.code: tab for tab in (ALL, MINE, WAITING, BOT, SNOOZED, CLOSING, GROUPS)}


@dataclass(frozen=True)
class TalkFilter:
    """Which chats a person wants to see: of all those they may see."""

    viewer: Person
    tab: Tab = ALL
    account_id: int | None = None
    country: str = ""
    tag_id: int | None = None
    words: str = ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.account_id or self.country or self.tag_id)


@dataclass(frozen=True)
class TalkPlace:
    """Where a page ended. Its text form sorts like the rows do, for scripts too."""

    moment: datetime
    pk: int

    def __str__(self) -> str:
        return f"{self.moment.astimezone(UTC):{PLACE_FORMAT}}_{self.pk:018d}"

    @classmethod
    def parse(cls, text: str) -> TalkPlace | None:
        moment, _bar, number = text.partition("_")
        if not (number.isascii() and number.isdigit() and len(number) == 18):
            return None
        try:
            return cls(datetime.strptime(moment, PLACE_FORMAT).replace(tzinfo=UTC), int(number))
        except ValueError:
            return None


@dataclass(frozen=True)
class TalkPage:
    """`after` is where it ended; empty when nothing follows."""

    talks: list[Conversation]
    after: str


def place_of(talk: Conversation, tab: Tab) -> TalkPlace:
    return TalkPlace(getattr(talk, tab.moment), talk.pk)


def talk_page(wanted: TalkFilter, after: TalkPlace | None = None) -> TalkPage:
    """The first chats of a tab, or those after a place; one query whatever their number."""
    talks = filtered_talks(wanted)
    if after:
        talks = talks.filter(_beyond(wanted.tab, after))
    rows = list(_for_rows(talks).order_by(*wanted.tab.ordering)[: TALKS + 1])
    page, has_more = rows[:TALKS], len(rows) > TALKS
    return TalkPage(page, str(place_of(page[-1], wanted.tab)) if has_more else "")


def changed_talks(
    wanted: TalkFilter, talk_ids: Iterable[int], lead_ids: Iterable[int]
) -> list[Conversation]:
    """Those of the chats, named or of the named leads, that belong to this list now."""
    named = Q(pk__in=list(talk_ids)) | Q(lead__in=list(lead_ids))
    return list(_for_rows(filtered_talks(wanted).filter(named)).order_by(*wanted.tab.ordering))


def waiting_conversations(viewer: Person) -> QuerySet[Conversation]:
    """Chats where a client waits for us now. The one definition of «unanswered»."""
    return filtered_talks(TalkFilter(viewer, WAITING))


def filtered_talks(wanted: TalkFilter) -> QuerySet[Conversation]:
    talks = _of_tab(conversations_visible_to(wanted.viewer), wanted)
    if wanted.account_id:
        talks = talks.filter(account=wanted.account_id)
    if wanted.country:
        talks = talks.filter(Exists(_facts_naming(wanted.country)))
    if wanted.tag_id:
        tagged = Lead.tags.through.objects.filter(lead=OuterRef("lead"), tag=wanted.tag_id)
        talks = talks.filter(Exists(tagged))
    if wanted.words:
        # Whoever may see the chat may find it by its client.
        people = clients_among(Client.objects.filter(merged_into=None), wanted.words)
        talks = talks.filter(client__in=people.values("pk"))
    return talks


def _of_tab(talks: QuerySet[Conversation], wanted: TalkFilter) -> QuerySet[Conversation]:
    if wanted.tab is GROUPS:
        return talks.filter(is_group=True)
    talks = talks.filter(is_group=False)
    awake = Q(snoozed_until=None) | Q(snoozed_until__lte=timezone.now())
    if wanted.tab is MINE:
        return talks.filter(awake, lead__assignee=wanted.viewer.pk)
    if wanted.tab is WAITING:
        return talks.filter(awake, unanswered_since__isnull=False)
    if wanted.tab is CLOSING:
        return talks.filter(window_closes_at__gt=timezone.now())
    if wanted.tab is BOT:
        return talks.filter(mode=Conversation.Mode.BOT)
    return talks.filter(snoozed_until__isnull=False) if wanted.tab is SNOOZED else talks


def _facts_naming(country: str) -> QuerySet[LeadFact]:
    """As text, because SQLite can't look into a JSON list."""
    facts = LeadFact.objects.filter(lead=OuterRef("lead"), name="countries", is_current=True)
    return facts.annotate(codes=Cast("value", TextField())).filter(codes__contains=f'"{country}"')


def _beyond(tab: Tab, place: TalkPlace) -> Q:
    step = "lt" if tab.newest_first else "gt"
    return Q(**{f"{tab.moment}__{step}": place.moment}) | Q(
        **{tab.moment: place.moment, f"pk__{step}": place.pk}
    )


def _for_rows(talks: QuerySet[Conversation]) -> QuerySet[Conversation]:
    return talks.select_related("client", "account", "lead__assignee", "lead__analysis")
