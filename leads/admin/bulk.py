"""Actions on many leads at once: each asks once on a page of its own, then calls one service."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import DomainError
from leads.assignment import lead_workers
from leads.models import Lead, LeadStage, LostReason, Tag
from leads.services import Actor, assign_lead, move_lead
from leads.steps import change_tags, checked_step, plan_step

MOST_LEADS = 500


class BulkForm(forms.Form):
    """What to do with each lead; `run` calls the one service."""

    def run(self, lead_id: int, actor: Actor) -> object:
        raise NotImplementedError


class ColleagueField(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return obj.get_full_name() or obj.username


class AssignForm(BulkForm):
    assignee = ColleagueField(
        User.objects.none(),
        required=False,
        label=gettext_lazy("Responsible"),
        empty_label=gettext_lazy("Nobody"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(ColleagueField, self.fields["assignee"]).queryset = lead_workers()

    def run(self, lead_id: int, actor: Actor) -> object:
        return assign_lead(lead_id, self.cleaned_data["assignee"], actor=actor)


class TagForm(BulkForm):
    add = forms.CharField(
        required=False,
        max_length=200,
        label=gettext_lazy("Put on"),
        help_text=gettext_lazy("Words separated by commas"),
    )
    remove = forms.ModelMultipleChoiceField(
        Tag.objects.all(), required=False, label=gettext_lazy("Take off")
    )

    def run(self, lead_id: int, actor: Actor) -> object:
        add, remove = self.cleaned_data["add"].split(","), self.cleaned_data["remove"]
        return change_tags(lead_id, add=add, remove=[tag.name for tag in remove], actor=actor)


class MoveForm(BulkForm):
    stage = forms.ModelChoiceField(LeadStage.objects.all(), label=gettext_lazy("Stage"))
    lost_reason = forms.ModelChoiceField(
        LostReason.objects.all(),
        required=False,
        label=gettext_lazy("Reason of loss"),
        help_text=gettext_lazy("Needed for lost leads only"),
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        stage = found.get("stage")
        if stage and stage.pk == LeadStage.Code.LOST and not found.get("lost_reason"):
            self.add_error("lost_reason", _("Say why the client was lost."))
        return found

    def run(self, lead_id: int, actor: Actor) -> object:
        stage, reason = self.cleaned_data["stage"], self.cleaned_data["lost_reason"]
        return move_lead(lead_id, stage.pk, actor=actor, lost_reason=reason)


class StepForm(BulkForm):
    kind = forms.ChoiceField(choices=Lead.StepKind.choices, label=gettext_lazy("Kind"))
    text = forms.CharField(max_length=200, label=gettext_lazy("What is to be done"))
    due_at = forms.DateTimeField(
        label=gettext_lazy("When"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if {"text", "due_at"} <= found.keys():
            try:
                checked_step(found["text"], found["due_at"])
            except DomainError as error:
                self.add_error("due_at", error.message)
        return found

    def run(self, lead_id: int, actor: Actor) -> object:
        said = self.cleaned_data
        return plan_step(lead_id, said["text"], said["due_at"], kind=said["kind"], actor=actor)


Action = Callable[[Any, HttpRequest, QuerySet[Lead]], HttpResponse | None]


def bulk_action(name: str, label: Any, form_class: type[BulkForm]) -> Action:
    @admin.action(description=label, permissions=["change"])
    def action(
        model_admin: Any, request: HttpRequest, queryset: QuerySet[Lead]
    ) -> HttpResponse | None:
        ids = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST_LEADS + 1])
        if len(ids) > MOST_LEADS:
            said = _("Choose at most %(most)s leads at once.") % {"most": MOST_LEADS}
            messages.error(request, said)
            return None
        form = form_class(request.POST if "apply" in request.POST else None)
        if form.is_bound and form.is_valid():
            _run(request, form, ids)
            return None
        return _ask(request, name, label, form, ids)

    action.__name__ = name
    return cast(Action, action)


def _run(request: HttpRequest, form: BulkForm, ids: Iterable[int]) -> None:
    """Each lead by itself: one that refuses does not hold up the others."""
    actor, chosen, refusals = Actor(cast(User, request.user), "admin"), list(ids), []
    for pk in chosen:
        try:
            form.run(pk, actor)
        except DomainError as error:
            refusals.append(error.message)
    counts = {"changed": len(chosen) - len(refusals), "chosen": len(chosen)}
    messages.success(request, _("Done for %(changed)s of %(chosen)s.") % counts)
    for sentence in dict.fromkeys(refusals):
        messages.warning(request, sentence)


def _ask(
    request: HttpRequest, name: str, label: str | Promise, form: BulkForm, ids: list[int]
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": label,
        "subtitle": _("Leads chosen: %(count)s") % {"count": len(ids)},
        "action": name,
        "form": form,
        "ids": ids,
        "leads": Lead.objects.filter(pk__in=ids[:10]).select_related("client").order_by("pk"),
        "more": max(0, len(ids) - 10),
    }
    return render(request, "admin/leads/bulk.html", context)


BULK_ACTIONS = (
    bulk_action("assign", gettext_lazy("Assign a colleague"), AssignForm),
    bulk_action("move", gettext_lazy("Move to a stage"), MoveForm),
    bulk_action("plan", gettext_lazy("Plan the next step"), StepForm),
    bulk_action("tag", gettext_lazy("Put tags on or take them off"), TagForm),
)
