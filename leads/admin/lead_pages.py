from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common.admin import EMPTY, NeverDeleted, OnlyVisible, ReadOnly, chip, moment_column
from common.errors import InvalidInput
from leads.admin.bulk import BULK_ACTIONS
from leads.admin.columns import LeadColumns
from leads.admin.filters import CountryFilter, StepFilter, WhoseFilter
from leads.analysis_words import shown_analysis
from leads.assignment import lead_workers
from leads.contradictions import open_contradictions
from leads.fact_history import fact_changes
from leads.fact_words import fact_name, fact_text
from leads.history_words import FACTS, fact_change
from leads.models import Lead, LeadFact, LeadHistory, LeadStage
from leads.permissions import leads_visible_to
from leads.selectors import facts_with_history
from leads.services import STAFF, Actor, create_lead
from leads.steps import checked_step, finish_step, plan_step
from live.services import publish

STEP_FIELDS = ("next_step_kind", "next_step", "next_step_at")
ORIGINS = {
    "board": _("Pipeline"),
    "admin": _("Lead page"),
    "chat": _("Chat"),
    "bot": _("Bot"),
    "today": _("Today"),
}


class FactInline(ReadOnly, admin.TabularInline):
    model = LeadFact
    fields = ("what", "shown_value", "said", "changes", "since")
    readonly_fields = fields
    ordering = ("id",)
    since = moment_column("created_at", _("since"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[LeadFact]:
        current = super().get_queryset(request).filter(is_current=True)
        return current.select_related("lead").prefetch_related("lead__facts")

    @admin.display(description=_("fact"))
    def what(self, fact: LeadFact) -> str:
        return fact_name(fact.name)

    @admin.display(description=_("value"))
    def shown_value(self, fact: LeadFact) -> str:
        return fact_text(fact.name, fact.value)

    @admin.display(description=_("in the client's words"))
    def said(self, fact: LeadFact) -> str:
        return format_html('<q class="quote">{}</q>', fact.quote) if fact.quote else EMPTY

    @admin.display(description=_("how it changed"))
    def changes(self, fact: LeadFact) -> str:
        rows = [row for row in fact.lead.facts.all() if row.name == fact.name]
        rows.sort(key=lambda row: (row.created_at, row.pk))
        changed = fact_changes(rows, lambda one: fact_text(fact.name, one[0].value) if one else "")
        return "; ".join(changed) or EMPTY


class HistoryInline(ReadOnly, admin.TabularInline):
    model = LeadHistory
    fields = ("moment", "kind_chip", "change", "who", "origin_words")
    readonly_fields = fields
    moment = moment_column("created_at", _("when"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[LeadHistory]:
        return super().get_queryset(request).select_related("actor")

    @admin.display(description=_("event"))
    def kind_chip(self, row: LeadHistory) -> SafeString:
        return chip(row.get_kind_display())

    @admin.display(description=_("what changed"))
    def change(self, row: LeadHistory) -> str:
        if row.kind == LeadHistory.Kind.NOTE:
            return row.note
        if row.kind in FACTS:
            return fact_change(row)
        before, after = _words(row, row.before), _words(row, row.after)
        changed = f"{before} → {after}" if before and after else after or before
        return f"{changed} ({row.note})" if row.note else changed

    @admin.display(description=_("who"))
    def who(self, row: LeadHistory) -> str:
        return (row.actor.get_full_name() or row.actor.username) if row.actor else str(_("Bot"))

    @admin.display(description=_("from where"))
    def origin_words(self, row: LeadHistory) -> str:
        return str(ORIGINS.get(row.origin, row.origin))


def _words(row: LeadHistory, text: str) -> str:
    """Codes of stages, as people call them."""
    if row.kind in (LeadHistory.Kind.STAGE, LeadHistory.Kind.CREATED):
        return str(dict(LeadStage.Code.choices).get(text, text))
    return text


class LeadForm(forms.ModelForm):
    """Words and day of the next step go together; both empty means that there is none."""

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        text, due_at = found.get("next_step", ""), found.get("next_step_at")
        if set(STEP_FIELDS) & set(self.changed_data) and (text or due_at):
            try:
                checked_step(text, due_at)
            except InvalidInput as error:
                self.add_error(error.field, error.message)
        return found


@admin.register(Lead)
class LeadAdmin(LeadColumns, NeverDeleted, OnlyVisible):
    list_display = (
        "name", "wish_and_tags", "stage_name", "total", "responsible", "step", "source", "created",
    )  # fmt: skip
    list_filter = (
        "stage", WhoseFilter, StepFilter, "tags", "source", CountryFilter, "lost_reason",
    )  # fmt: skip
    actions = BULK_ACTIONS
    form = LeadForm
    list_select_related = ("client", "stage", "assignee", "source", "analysis")
    search_fields = ("wish", "client__name", "client__identities__value")
    search_help_text = _("Wish, client's name, phone or e-mail")
    autocomplete_fields = ("client",)
    show_full_result_count = False
    list_per_page = 50
    ordering = ("-id",)
    inlines = (FactInline, HistoryInline)

    def visible_rows(self, request: HttpRequest) -> QuerySet[Lead]:
        return leads_visible_to(request.user).prefetch_related("tags")

    @admin.display(description=_("client"), ordering="client__name")
    def name(self, lead: Lead) -> SafeString:
        return format_html('{}<span class="second-line">{}</span>', lead.client, lead)

    def get_fieldsets(self, request: HttpRequest, obj: Lead | None = None) -> Any:
        if obj is None:
            return ((None, {"fields": ("client", "source", "wish")}),)
        reason = ("lost_reason",) if obj.lost_reason_id else ()
        state = ("stage_name", *reason, "in_stage_since", "responsible", "source", "created")
        state += ("advert",) if obj.utm else ()
        return (
            (
                None,
                {"fields": ("client", "wish", "amount", "currency")},
            ),
            (_("Next step"), {"fields": STEP_FIELDS}),
            (_("State"), {"fields": state}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Lead | None = None) -> Any:
        guarded = (
            "stage_name",
            "lost_reason",
            "in_stage_since",
            "responsible",
            "created",
            "advert",
        )
        return guarded if obj is None else ("client", "source", *guarded)

    def get_inlines(self, request: HttpRequest, obj: Lead | None) -> Any:
        return self.inlines if obj else ()

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Lead | None = None,
    ) -> HttpResponse:
        if obj is not None:
            context["may_change"] = self.has_change_permission(request, obj)
            context["analysis"] = shown_analysis(obj)
            facts = facts_with_history(obj.pk)
            context["contradictions"] = open_contradictions(obj.pk, facts)
        if context.get("may_change"):
            context["colleagues"] = lead_workers()
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description=_("advert"))
    def advert(self, lead: Lead) -> str:
        # PostgreSQL keeps the keys in an order of its own.
        parts = (lead.utm.get(name) for name in ("source", "medium", "campaign"))
        return " · ".join(filter(None, parts))

    in_stage_since = moment_column("stage_changed_at", _("in stage since"))

    def save_model(self, request: HttpRequest, obj: Lead, form: BaseForm, change: bool) -> None:
        actor = Actor(cast(User, request.user), "admin")
        if change:
            _save_step(obj, form.changed_data, actor)
            _save_edited(obj, [name for name in form.changed_data if name not in STEP_FIELDS])
            return
        made = create_lead(obj.client, source=obj.source.code, actor=actor)
        obj.pk, obj.created_at, obj._state.adding = made.pk, made.created_at, False
        _save_edited(obj, ["wish"])


def _save_step(lead: Lead, changed: list[str], actor: Actor) -> None:
    if not set(STEP_FIELDS) & set(changed):
        return
    if lead.next_step_at:
        text, kind = lead.next_step, lead.next_step_kind
        plan_step(lead.pk, text, lead.next_step_at, kind=kind, actor=actor)
    else:
        finish_step(lead.pk, actor=actor)


@transaction.atomic
def _save_edited(lead: Lead, fields: list[str]) -> None:
    """Write only what was edited: the bot may have moved the lead since the form was opened."""
    if not fields:
        return
    lead.save(update_fields=[*fields, "updated_at"])
    Lead.objects.filter(pk=lead.pk).update(version=F("version") + 1)
    publish(STAFF, "lead.changed", lead=lead.pk)
