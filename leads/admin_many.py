"""The bar «N chosen» of the board: give, move or tag many leads at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from leads.board import as_number
from leads.board_filter import BoardFilter
from leads.board_selectors import board_cards
from leads.many import Outcome, for_each
from leads.models import Lead, LeadStage, LostReason, Tag
from leads.selectors import colleagues
from leads.services import Actor, assign_lead, move_lead
from leads.steps import tag_lead

MOST = 200
may_change = permission_required("leads.change_lead", raise_exception=True)
Words = dict[str, Any]


class ManyForm(forms.Form):
    action = forms.ChoiceField(choices=[("assign", ""), ("move", ""), ("tag", "")])
    assignee = forms.ModelChoiceField(colleagues(), required=False)
    stage = forms.ChoiceField(choices=LeadStage.Code.choices, required=False)
    lost_reason = forms.ModelChoiceField(LostReason.objects.all(), required=False)
    tag = forms.CharField(max_length=40, required=False)

    def clean(self) -> Words:
        given: Words = super().clean() or {}
        needed = {"move": "stage", "tag": "tag"}.get(given.get("action", ""))
        if needed and not given.get(needed):
            raise forms.ValidationError(_("Choose what to do with the cards."))
        return given


@require_http_methods(["GET", "POST"])
@may_change
def many(request: HttpRequest) -> HttpResponse:
    """GET: the bar, a fragment. POST: act on the chosen leads and say for how many it worked."""
    if request.method == "GET":
        context = {"colleagues": colleagues(), "all_tags": Tag.objects.all()}
        return render(request, "admin/leads/board_many.html", context)
    asked = request.POST.getlist("lead")
    ids = [number for number in map(as_number, asked) if number]
    form = ManyForm(request.POST)
    if not form.is_valid() or not ids or len(ids) > MOST:
        return JsonResponse({"detail": _first_reason(form, ids)}, status=400)
    before = {lead.pk: lead for lead in board_cards(ids, BoardFilter(request.user))}
    actor = Actor(request.user, "board")  # type: ignore[arg-type]  # staff only
    outcome = for_each(ids, request.user, lambda pk: _act(pk, form.cleaned_data, actor))
    return JsonResponse(_answer(outcome, before, form.cleaned_data["action"]))


def _first_reason(form: forms.Form, ids: list[int]) -> str:
    if not ids:
        return _("Choose cards first.")
    if len(ids) > MOST:
        return _("Choose at most %(count)s cards at once.") % {"count": MOST}
    return str(next(iter(form.errors.values()))[0])


def _act(lead_id: int, words: Words, actor: Actor) -> Lead:
    if words["action"] == "assign":
        return assign_lead(lead_id, words["assignee"], actor=actor)
    if words["action"] == "move":
        reason = words["lost_reason"]
        return move_lead(lead_id, words["stage"], actor=actor, lost_reason=reason)
    names = Lead.objects.get(pk=lead_id).tags.values_list("name", flat=True)
    return tag_lead(lead_id, [*names, words["tag"]], actor=actor)


def _answer(outcome: Outcome[Lead], before: dict[int, Lead], action: str) -> dict[str, Any]:
    counts = {"changed": len(outcome.done), "chosen": outcome.asked}
    said = [_("Done for %(changed)s of %(chosen)s.") % counts, *outcome.refusals[:1]]
    moved = outcome.done if action == "move" else {}
    undo = [
        {
            "lead": pk,
            "stage": before[pk].stage_id,
            "lost_reason": before[pk].lost_reason_id or "",
            "version": lead.version,
        }
        for pk, lead in moved.items()
        if pk in before and before[pk].stage_id != lead.stage_id
    ]
    return {"said": " ".join(said), "done": list(outcome.done), "undo": undo}
