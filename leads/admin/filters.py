from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leads.assignment import lead_workers
from leads.models import Lead
from leads.permissions import sees_all_leads
from leads.today import next_midnight


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
