from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leads.assignment import lead_workers
from leads.fact_words import fact_text
from leads.models import Client, ClientIdentity, Lead, LeadFact
from leads.permissions import sees_all_leads
from leads.today import next_midnight

# Where the agency sells tours to; the codes are those of the facts.
COUNTRIES = ("VN", "TR", "EG", "AE", "TH", "MV", "LK", "GE", "CN", "ID")


class WhoseFilter(admin.SimpleListFilter):
    """Colleagues by name are offered only to those who may see their leads."""

    title = _("responsible")
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        own = [("mine", _("Mine")), ("nobody", _("Nobody's"))]
        if not sees_all_leads(request.user):
            return own
        people = lead_workers().exclude(username=request.user.get_username())
        return own + [(str(one.pk), one.get_full_name() or one.username) for one in people]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lead]) -> QuerySet[Lead]:
        wanted = self.value() or ""
        if wanted == "nobody":
            return queryset.filter(assignee=None)
        if wanted == "mine":
            return queryset.filter(assignee=request.user.pk)
        is_number = wanted.isdecimal() and len(wanted) <= 18
        return queryset.filter(assignee=int(wanted)) if is_number else queryset


class StepFilter(admin.SimpleListFilter):
    """By what is promised; closed leads have nothing to promise."""

    title = _("next step")
    parameter_name = "step"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return [
            ("overdue", _("Overdue")),
            ("today", _("Until this evening")),
            ("planned", _("Later")),
            ("none", _("No next step")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet[Lead]:
        now, midnight = timezone.now(), next_midnight()
        wanted = {
            "overdue": Q(next_step_at__lt=now),
            "today": Q(next_step_at__gte=now, next_step_at__lt=midnight),
            "planned": Q(next_step_at__gte=midnight),
            "none": Q(next_step_at=None),
        }.get(self.value() or "")
        return queryset if wanted is None else queryset.open().filter(wanted)


class CountryFilter(admin.SimpleListFilter):
    """Where the client wants to go, as the current facts of the lead say."""

    title = _("country")
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return [(code, fact_text("countries", [code])) for code in COUNTRIES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lead]) -> QuerySet[Lead]:
        if self.value() not in COUNTRIES:
            return queryset
        facts = LeadFact.objects.filter(lead=OuterRef("pk"), name="countries", is_current=True)
        # As text: SQLite can't look into JSON lists.
        facts = facts.annotate(codes=Cast("value", TextField()))
        return queryset.filter(Exists(facts.filter(codes__contains=f'"{self.value()}"')))


class OpenLeadFilter(admin.SimpleListFilter):
    title = _("inquiry at work")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Client]) -> QuerySet[Client]:
        is_open = Exists(Lead.objects.open().filter(client=OuterRef("pk")))
        wanted = {"yes": is_open, "no": ~is_open}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(wanted)


class ChannelFilter(admin.SimpleListFilter):
    """Where one can write to the client."""

    title = _("channel")
    parameter_name = "channel"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return list(ClientIdentity.Kind.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Client]) -> QuerySet[Client]:
        if self.value() not in ClientIdentity.Kind.values:
            return queryset
        addresses = ClientIdentity.objects.filter(client=OuterRef("pk"), kind=self.value())
        return queryset.filter(Exists(addresses))
