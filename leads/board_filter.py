"""Which cards a person wants to see on the board."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from leads.models import ClientIdentity, Lead, LeadFact
from leads.models.lead import CLOSED
from leads.panels import is_waiting
from leads.permissions import Person, leads_visible_to
from leads.selectors import phone_digits


@dataclass(frozen=True)
class BoardFilter:
    """Which cards a person wants to see: of all those they may see.

    Sums are in tenge; the days of creation are local and both inclusive.
    """

    viewer: Person
    assignee_id: int | None = None
    words: str = ""
    is_free: bool = False
    source: str = ""
    country: str = ""
    tag: str = ""
    sum_from: Decimal | None = None
    sum_to: Decimal | None = None
    is_waiting: bool = False
    created_from: date | None = None
    created_to: date | None = None
    is_overdue: bool = False
    temperature: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves a part of the leads only."""
        return self != BoardFilter(self.viewer)


def leads_on_board(wanted: BoardFilter) -> QuerySet[Lead]:
    leads = leads_visible_to(wanted.viewer)
    if wanted.assignee_id is not None:
        leads = leads.filter(assignee=wanted.assignee_id)
    if wanted.is_free:
        leads = leads.filter(assignee=None)
    if wanted.words:
        leads = leads.filter(_matches(wanted.words))
    return leads.filter(_described(wanted) & _planned(wanted))


def _described(wanted: BoardFilter) -> Q:
    """What the inquiry is: where from, where to, for how much."""
    found = Q()
    if wanted.source:
        found &= Q(source__code=wanted.source)
    if wanted.country:
        found &= Q(Exists(_travels_to(wanted.country)))
    if wanted.tag:
        tagged = Lead.tags.through.objects.filter(lead=OuterRef("pk"), tag__name=wanted.tag)
        found &= Q(Exists(tagged))
    if wanted.temperature:
        found &= Q(analysis__temperature=wanted.temperature) & ~Q(stage__in=CLOSED)
    if wanted.sum_from is not None:
        found &= Q(currency="KZT", amount__gte=wanted.sum_from)
    if wanted.sum_to is not None:
        found &= Q(currency="KZT", amount__lte=wanted.sum_to)
    return found


def _planned(wanted: BoardFilter) -> Q:
    """When it came, and what is owed to the client."""
    found = Q()
    if wanted.created_from:
        found &= Q(created_at__gte=_midnight(wanted.created_from))
    if wanted.created_to:
        found &= Q(created_at__lt=_midnight(wanted.created_to + timedelta(days=1)))
    if wanted.is_waiting:
        found &= is_waiting()
    if wanted.is_overdue:
        found &= Q(next_step_at__lt=timezone.now()) & ~Q(stage__in=("won", "lost"))
    return found


def _travels_to(country: str) -> QuerySet[LeadFact]:
    """The fact is a JSON list of codes; as text it is read alike by every database."""
    facts = LeadFact.objects.filter(lead=OuterRef("pk"), name="countries", is_current=True)
    text = Cast("value", TextField())
    return facts.annotate(codes=text).filter(codes__contains=f'"{country}"')


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _matches(words: str) -> Q:
    found = Q(wish__icontains=words) | Q(client__name__icontains=words)
    if digits := phone_digits(words):
        phones = ClientIdentity.objects.filter(
            kind=ClientIdentity.Kind.PHONE, value__contains=digits
        )
        found |= Q(client__in=phones.values("client"))
    return found
