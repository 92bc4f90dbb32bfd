"""Filters that the lists of bookings share."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def period_filter(field: str, label: Any, *, is_past: bool = False) -> type[admin.SimpleListFilter]:
    """Rows of a day or span, ahead or (`is_past`) behind.

    Not the admin's date hierarchy, which reads the whole table twice.
    """

    class PeriodFilter(admin.SimpleListFilter):
        title = label
        parameter_name = "period"

        def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
            days = [("today", _("today")), ("week", _("seven days")), ("month", _("thirty days"))]
            return days if is_past else [("past", _("before today")), *days]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            first, last = _bounds(self.value() or "", timezone.localdate(), -1 if is_past else 1)
            if first:
                queryset = queryset.filter(**{f"{field}__gte": first})
            return queryset.filter(**{f"{field}__lte": last}) if last else queryset

    return PeriodFilter


def _bounds(period: str, today: date, direction: int) -> tuple[date | None, date | None]:
    if period == "past":
        return None, today - timedelta(days=1)
    days = {"today": 0, "week": 6, "month": 29}.get(period)
    if days is None:
        return None, None
    end = today + direction * timedelta(days=days)
    return min(today, end), max(today, end)
