"""What waits for a person among the leads, and the shape in which every app says so.

An app's source is `(viewer, person) -> groups`: what `viewer` may see of the day of `person`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from django.contrib.auth.models import User
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from leads.formats import span_since
from leads.models import ClientIdentity, Lead
from leads.permissions import leads_visible_to

MOST_STEPS = 100
MOST_GAPS = 10


class Kind(StrEnum):
    """Most urgent first."""

    RADAR = "radar"
    WAITING = "waiting"
    OVERDUE = "overdue"
    PAYMENT = "payment"
    DEPARTURE = "departure"
    WOKE = "woke"
    TODAY = "today"
    NO_STEP = "no_step"


@dataclass(frozen=True)
class Row:
    """One thing to do. `moment`: since when somebody waits, or when it is due."""

    kind: Kind
    title: str
    detail: str
    url: str
    moment: datetime | None = None
    lead_id: int | None = None
    talk_id: int | None = None
    booking_id: int | None = None
    task_id: int | None = None
    phone: str = ""
    is_call: bool = False

    @property
    def key(self) -> str:
        for name in ("talk", "task", "booking"):
            if number := getattr(self, f"{name}_id"):
                return f"{name}-{number}"
        return f"lead-{self.lead_id}"

    @property
    def when(self) -> str:
        """How long somebody waits or a step is late; at what hour a step of today is due."""
        if self.moment is None:
            return ""
        if self.kind == Kind.TODAY:
            return f"{timezone.localtime(self.moment):%H:%M}"
        return span_since(self.moment)


@dataclass(frozen=True)
class Group:
    """`total` counts also the rows that are not shown; `all_url` lists all of them."""

    kind: Kind
    rows: Sequence[Row] = ()
    total: int = 0
    all_url: str = ""

    @property
    def hidden(self) -> int:
        return self.total - len(self.rows)


Source = Callable[[User, User], Iterable[Group]]


def steps_and_gaps(viewer: User, person: User) -> list[Group]:
    """Steps that are late or due today, and open leads for which nothing is planned."""
    own = leads_visible_to(viewer).filter(assignee=person).open()  # type: ignore[attr-defined]
    now = timezone.now()
    late, today = (
        Q(next_step_at__lt=now),
        Q(next_step_at__gte=now, next_step_at__lt=next_midnight()),
    )
    gap = Q(next_step_at=None)
    totals = own.order_by().aggregate(
        late=Count("pk", filter=late), today=Count("pk", filter=today), gap=Count("pk", filter=gap)
    )
    steps = [_step_row(lead, now) for lead in _step_leads(own.filter(late | today))]
    gaps = own.filter(gap).select_related("client").order_by("-pk")[:MOST_GAPS]
    return [
        Group(Kind.OVERDUE, [row for row in steps if row.kind == Kind.OVERDUE], totals["late"]),
        Group(Kind.TODAY, [row for row in steps if row.kind == Kind.TODAY], totals["today"]),
        Group(Kind.NO_STEP, [_gap_row(lead) for lead in gaps], totals["gap"], _gaps_url(person)),
    ]


def next_midnight() -> datetime:
    tomorrow = timezone.localdate() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, time()))


def _step_leads(leads: QuerySet[Lead]) -> QuerySet[Lead]:
    leads = leads.select_related("client").prefetch_related("client__identities")
    return leads.order_by("next_step_at", "pk")[:MOST_STEPS]


def _step_row(lead: Lead, now: datetime) -> Row:
    due = lead.next_step_at
    return Row(
        kind=Kind.OVERDUE if due and due < now else Kind.TODAY,
        title=str(lead.client),
        detail=lead.next_step,
        url=_page_of(lead),
        moment=due,
        lead_id=lead.pk,
        phone=_phone(lead),
        is_call=lead.next_step_kind == Lead.StepKind.CALL,
    )


def _gap_row(lead: Lead) -> Row:
    return Row(
        kind=Kind.NO_STEP,
        title=str(lead.client),
        detail=lead.wish,
        url=_page_of(lead),
        lead_id=lead.pk,
    )


def _phone(lead: Lead) -> str:
    kinds = (ClientIdentity.Kind.PHONE, ClientIdentity.Kind.WHATSAPP)
    return next((one.value for one in lead.client.identities.all() if one.kind in kinds), "")


def _page_of(lead: Lead) -> str:
    return reverse("admin:leads_lead_change", args=[lead.pk])


def _gaps_url(person: User) -> str:
    return f"{reverse('admin:leads_lead_changelist')}?whose={person.pk}&step=none"
