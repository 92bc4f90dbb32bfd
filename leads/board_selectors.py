"""The board's reads: columns, their numbers, pages of cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Subquery, Sum, Window
from django.db.models.functions import RowNumber
from django.utils.dateparse import parse_datetime

from leads.board_filter import BoardFilter, leads_on_board
from leads.models import Lead, LeadStage
from leads.models.lead import CLOSED
from leads.permissions import Person, ensure_lead_visible

CARDS = 22
# Closed leads are seldom looked at; the page stays light.
CLOSED_CARDS = 10
# A card shows the temperature only.
UNSHOWN = tuple(f"analysis__{name}" for name in ("reasons", "missing", "tags", "summary"))
NEWEST_FIRST = ("-stage_changed_at", "-pk")


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
    """The whole board with the first cards of every column, in four queries."""
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
    """One query for all columns, in one of two ways: which is faster depends on the filter."""
    first = _by_rank(wanted) if wanted.is_narrow else _by_index(wanted, stages)
    return _for_cards(Lead.objects.filter(first)).order_by(*NEWEST_FIRST)


def _by_index(wanted: BoardFilter, stages: Sequence[str]) -> Q:
    """Most leads pass: each stage's newest ids are the beginning of its index range."""
    newest = Q()
    for stage in stages:
        ids = leads_on_board(wanted).filter(stage=stage).order_by(*NEWEST_FIRST).values("pk")
        newest |= Q(pk__in=Subquery(ids[: CLOSED_CARDS if stage in CLOSED else CARDS]))
    return newest


def _by_rank(wanted: BoardFilter) -> Q:
    """Few leads pass: the filter runs once over all of them, and what is left is numbered."""
    newest = [F("stage_changed_at").desc(), F("pk").desc()]
    rank = Window(RowNumber(), partition_by="stage", order_by=newest)
    is_first = Q(rank__lte=CLOSED_CARDS) | Q(rank__lte=CARDS) & ~Q(stage__in=CLOSED)
    return Q(pk__in=leads_on_board(wanted).annotate(rank=rank).filter(is_first).values("pk"))


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
    wanted = leads.select_related("client", "source", "assignee", "analysis")
    return wanted.defer(*UNSHOWN).prefetch_related("tags")


def _end_of(leads: Sequence[Lead]) -> str:
    return str(Place(leads[-1].stage_changed_at, leads[-1].pk)) if leads else ""
