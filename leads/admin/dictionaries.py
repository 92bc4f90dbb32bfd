from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.forms import Field
from django.forms.widgets import TextInput
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common.admin import NeverDeleted, colored_chip
from leads.admin.columns import stage_chip
from leads.models import LeadSource, LeadStage, LostReason, Tag


@admin.register(LeadStage)
class LeadStageAdmin(NeverDeleted, admin.ModelAdmin):
    list_display = ("chip", "position")
    fields = ("name", "color", "position")

    @admin.display(description=_("stage"), ordering="name")
    def chip(self, stage: LeadStage) -> SafeString:
        return stage_chip(stage)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "color":
            kwargs["widget"] = TextInput(attrs={"type": "color"})
        field: Field | None = super().formfield_for_dbfield(db_field, request, **kwargs)
        return field

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    list_display = ("chip", "used")
    search_fields = ("name",)
    fields = ("name", "color")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        return super().get_queryset(request).annotate(lead_count=Count("leads"))

    @admin.display(description=_("tag"), ordering="name")
    def chip(self, tag: Tag) -> SafeString:
        return colored_chip(tag.name, tag.color)

    @admin.display(description=_("leads"), ordering="lead_count")
    def used(self, tag: Tag) -> int:
        return tag.lead_count  # type: ignore[attr-defined]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "color":
            kwargs["widget"] = TextInput(attrs={"type": "color"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)


@admin.register(LeadSource)
class LeadSourceAdmin(admin.ModelAdmin):
    list_display = ("name", "code")
    search_fields = ("name", "code")
    prepopulated_fields = {"code": ("name",)}


@admin.register(LostReason)
class LostReasonAdmin(admin.ModelAdmin):
    list_display = ("name", "is_our_fault", "position")
    list_filter = ("is_our_fault",)
    search_fields = ("name",)
    fields = ("name", "code", "is_our_fault", "position")
    prepopulated_fields = {"code": ("name",)}
