from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.dateparse import parse_datetime

from leads.models import Client, ClientIdentity, Lead, LeadFact, LeadHistory, LeadStage
from leads.permissions import Person, ensure_lead_visible, leads_visible_to

CARDS = 25
# Fewer digits would match nearly every telephone number.
LEAST_DIGITS = 4
NEWEST_FIRST = ("-stage_changed_at", "-pk")


def current_facts(lead_id: int) -> dict[str, Any]:
    """What is known of an inquiry now, by fact name."""
    facts = LeadFact.objects.filter(lead=lead_id, is_current=True)
    return dict(facts.values_list("name", "value"))


def facts_with_quotes(lead_id: int) -> list[LeadFact]:
    facts = LeadFact.objects.filter(lead=lead_id, is_current=True)
    return list(facts.select_related("set_by").order_by("pk"))


def lead_timeline(lead_id: int, limit: int = 20) -> list[LeadHistory]:
    """What happened to a lead, newest first."""
    return list(LeadHistory.objects.filter(lead=lead_id).select_related("actor")[:limit])


@dataclass(frozen=True)
class BoardFilter:
    """Which cards a person wants to see: of all those they may see."""

    viewer: Person
    assignee_id: int | None = None
    words: str = ""


@dataclass(frozen=True)
class Head:
    stage: LeadStage
    count: int
    total: Decimal


@dataclass(frozen=True)
class Column:
    """One stage: its numbers over all its leads, and its first cards."""

    head: Head
    leads: list[Lead]
    after: str


@dataclass(frozen=True)
class Place:
    """Where a page of cards ended: the cards come newest in the stage first."""

    moment: datetime
    lead_id: int

    def __str__(self) -> str:
        return f"{self.moment.isoformat()}_{self.lead_id}"

    @classmethod
    def parse(cls, text: str) -> Place | None:
        moment, _, number = text.partition("_")
        if not (number.isascii() and number.isdigit() and len(number) <= 18):
            return None
        try:
            parsed = parse_datetime(moment)
        except ValueError:
            return None
        return cls(parsed, int(number)) if parsed and parsed.tzinfo else None


def leads_on_board(wanted: BoardFilter) -> QuerySet[Lead]:
    leads = leads_visible_to(wanted.viewer)
    if wanted.assignee_id is not None:
        leads = leads.filter(assignee=wanted.assignee_id)
    if wanted.words:
        leads = leads.filter(_matches(wanted.words))
    return leads


def _matches(words: str) -> Q:
    clients = Client.objects.filter(pk=OuterRef("client"), name__icontains=words)
    found = Q(wish__icontains=words) | Q(Exists(clients))
    if digits := phone_digits(words):
        phones = ClientIdentity.objects.filter(
            client=OuterRef("client"), kind=ClientIdentity.Kind.PHONE, value__contains=digits
        )
        found |= Q(Exists(phones))
    return found


def phone_digits(words: str) -> str:
    """The digits to look for in stored phones, or "" for words that are no phone."""
    digits = "".join(char for char in words if char.isdigit())
    # Kazakhstan's own prefix 8 stands for +7 in what we store.
    digits = digits[1:] if len(digits) == 11 and digits[0] == "8" else digits
    return digits if len(digits) >= LEAST_DIGITS else ""


def clients_matching(words: str) -> QuerySet[Client]:
    """Clients by a part of the name, a nickname, an e-mail, or a phone in any spelling."""
    found = Q(name__icontains=words)
    addresses = ClientIdentity.objects.filter(value__icontains=words)
    if digits := phone_digits(words):
        addresses |= ClientIdentity.objects.filter(value__contains=digits)
    found |= Q(pk__in=addresses.values("client"))
    return Client.objects.filter(found, merged_into=None)


def board_heads(wanted: BoardFilter) -> list[Head]:
    """Count and sum in tenge of every stage, in the order of the board."""
    tenge = Sum("amount", filter=Q(currency="KZT"))
    rows = (
        leads_on_board(wanted).values("stage").annotate(count=Count("pk"), total=tenge).order_by()
    )
    counts: dict[str, int] = {row["stage"]: row["count"] for row in rows}
    totals: dict[str, Decimal | None] = {row["stage"]: row["total"] for row in rows}
    return [
        Head(stage, counts.get(stage.pk, 0), totals.get(stage.pk) or Decimal(0))
        for stage in LeadStage.objects.all()
    ]


def board_columns(wanted: BoardFilter) -> list[Column]:
    """The whole board with the first cards of every column, in three queries."""
    heads = board_heads(wanted)
    by_stage: dict[str, list[Lead]] = {head.stage.pk: [] for head in heads}
    for lead in _first_cards(wanted, list(by_stage)):
        by_stage[str(lead.stage_id)].append(lead)
    return [
        Column(head, leads, _end_of(leads) if head.count > len(leads) else "")
        for head in heads
        for leads in (by_stage[head.stage.pk],)
    ]


def _first_cards(wanted: BoardFilter, stages: Sequence[str]) -> QuerySet[Lead]:
    """One query for all columns: each stage's newest ids come from its own index range."""
    newest = Q()
    for stage in stages:
        ids = leads_on_board(wanted).filter(stage=stage).order_by(*NEWEST_FIRST).values("pk")
        newest |= Q(pk__in=Subquery(ids[:CARDS]))
    return _for_cards(Lead.objects.filter(newest)).order_by(*NEWEST_FIRST)


def column_page(stage: str, wanted: BoardFilter, after: Place) -> tuple[list[Lead], str]:
    """The next cards of a column and where they end; an empty end means no more."""
    later = Q(stage_changed_at__lt=after.moment) | Q(
        stage_changed_at=after.moment, pk__lt=after.lead_id
    )
    leads = leads_on_board(wanted).filter(later, stage=stage).order_by(*NEWEST_FIRST)
    page = list(_for_cards(leads)[: CARDS + 1])
    return page[:CARDS], _end_of(page[:CARDS]) if len(page) > CARDS else ""


def board_cards(lead_ids: Sequence[int], wanted: BoardFilter) -> list[Lead]:
    """Those of the leads that belong on the board of this filter."""
    return list(_for_cards(leads_on_board(wanted).filter(pk__in=lead_ids)))


def board_card(lead_id: int, viewer: Person) -> Lead | None:
    """A lead as its card shows it. Raises NotAllowed if it is a colleague's."""
    ensure_lead_visible(viewer, lead_id)
    return next(iter(board_cards([lead_id], BoardFilter(viewer))), None)


def _for_cards(leads: QuerySet[Lead]) -> QuerySet[Lead]:
    return leads.select_related("client", "source", "assignee")


def _end_of(leads: Sequence[Lead]) -> str:
    return str(Place(leads[-1].stage_changed_at, leads[-1].pk)) if leads else ""
