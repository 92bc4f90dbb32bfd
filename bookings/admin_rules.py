from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from bookings.models import (
    DocumentTemplate,
    EntryRule,
    Operator,
    PaymentRule,
    PenaltyRule,
    SpecialDay,
)
from bookings.workdays import FIXED_HOLIDAYS
from common.admin import NeverDeleted, ReadOnly, moment_column


class PaymentRuleInline(admin.TabularInline):
    model = PaymentRule
    extra = 0
    formfield_overrides: ClassVar[Any] = {
        # The browser's own: the admin's calendars make the row too wide.
        models.DateField: {"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
    }


class PenaltyRuleInline(admin.TabularInline):
    model = PenaltyRule
    extra = 0


class OperatorForm(forms.ModelForm):
    def clean_claim_url(self) -> str:
        url = str(self.cleaned_data["claim_url"])
        if url and not (url.startswith("https://") and "{claim}" in url):
            raise ValidationError(_("An address that begins with https:// and holds {claim}."))
        return url


@admin.register(Operator)
class OperatorAdmin(NeverDeleted, admin.ModelAdmin):
    form = OperatorForm
    list_display = ("name", "code", "currency", "commission_percent")
    search_fields = ("name", "code")
    inlines = (PaymentRuleInline, PenaltyRuleInline)


@admin.register(SpecialDay)
class SpecialDayAdmin(admin.ModelAdmin):
    list_display = ("day", "name", "is_working")
    list_filter = ("is_working",)
    date_hierarchy = "day"
    search_fields = ("name",)
    actions = ("repeat_next_year",)

    @admin.action(description=_("Enter the fixed holidays of the next year"), permissions=["add"])
    def repeat_next_year(self, request: HttpRequest, queryset: QuerySet[SpecialDay]) -> None:
        """The year after the last one chosen; days that are there stay as they are."""
        year = max(row.day.year for row in queryset) + 1
        names = {(row.day.month, row.day.day): row.name for row in SpecialDay.objects.all()}
        rows = [
            SpecialDay(day=date(year, *day), name=names.get(day, str(_("holiday"))))
            for day in FIXED_HOLIDAYS
        ]
        SpecialDay.objects.bulk_create(rows, ignore_conflicts=True)
        messages.success(request, _("The fixed holidays of %(year)s are there.") % {"year": year})


@admin.register(EntryRule)
class EntryRuleAdmin(admin.ModelAdmin):
    list_display = ("country", "months_valid")
    search_fields = ("country",)


@admin.register(DocumentTemplate)
class DocumentTemplateAdmin(ReadOnly, admin.ModelAdmin):
    """All versions; the text in use is edited on a page of its own."""

    list_display = ("kind", "version", "is_current", "when", "edit")
    list_filter = ("kind", "is_current")
    fields = ("kind", "version", "is_current", "body")
    readonly_fields = fields
    actions = None
    when = moment_column("created_at", _("when"))

    @admin.display(description="")
    def edit(self, template: DocumentTemplate) -> str:
        if not template.is_current:
            return ""
        url = reverse("admin:bookings_template_edit", args=[template.kind])
        return format_html('<a href="{}">{}</a>', url, _("Edit the text"))
