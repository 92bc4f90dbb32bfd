"""Moving one card: the dialog's and the drop's address, and a plain page without scripts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.errors import Conflict, DomainError, NotAllowed
from common.web import is_script
from leads.board import as_number, card_json, cards_of, step_prompt
from leads.board_selectors import board_card
from leads.models import Lead, LeadStage, LostReason
from leads.services import Actor, move_lead

# What a database column can hold; larger numbers are nobody's.
LARGEST_ID = 2**63 - 1
may_move = permission_required("leads.change_lead", raise_exception=True)


class MoveForm(forms.Form):
    lead = forms.IntegerField(min_value=1, max_value=LARGEST_ID)
    stage = forms.ChoiceField(choices=LeadStage.Code.choices)
    version = forms.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    lost_reason = forms.ModelChoiceField(LostReason.objects.all(), required=False)


@require_http_methods(["GET", "POST"])
@may_move
def move(request: HttpRequest) -> HttpResponse:
    """GET: a plain page with a choice of stages. POST: move the card; JSON where a script asks."""
    if request.method == "GET":
        return _move_page(request)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return _refusal(request, 400, "invalid", _("Choose a stage from the list."))
    lead_id = form.cleaned_data["lead"]
    try:
        before = board_card(lead_id, request.user)
        if before is None:
            raise Http404
        lead = _moved(request, form.cleaned_data)
    except Conflict as error:
        return _refusal(request, 409, error.code, error.message, lead_id)
    except NotAllowed as error:
        return _refusal(request, 403, error.code, error.message)
    except DomainError as error:
        return _refusal(request, 400, error.code, error.message, lead_id)
    return _success(request, before, lead)


def _moved(request: HttpRequest, wish: dict[str, Any]) -> Lead:
    return move_lead(
        wish["lead"],
        wish["stage"],
        actor=Actor(user=request.user, origin="board"),  # type: ignore[arg-type]  # staff only
        version=wish["version"],
        lost_reason=wish["lost_reason"],
    )


def _move_page(request: HttpRequest) -> HttpResponse:
    number = as_number(request.GET.get("lead", ""))
    lead = board_card(number, request.user) if number else None
    if lead is None:
        raise Http404
    context = {
        **admin.site.each_context(request),
        "title": _("Move the card"),
        "lead": lead,
        "stages": LeadStage.objects.all(),
        "reasons": LostReason.objects.all(),
    }
    return render(request, "admin/leads/board_move.html", context)


def _success(request: HttpRequest, before: Lead, lead: Lead) -> HttpResponse:
    stage = LeadStage.objects.get(pk=lead.stage_id)
    said = _("“%(client)s” is now in “%(stage)s”.") % {"client": before.client, "stage": stage}
    if not is_script(request):
        messages.success(request, said)
        return HttpResponseRedirect(reverse("admin:leads_lead_board"))
    undo = {"stage": before.stage_id, "lost_reason": before.lost_reason_id, "version": lead.version}
    fresh = board_card(lead.pk, request.user) or before
    answer = card_json(request, cards_of([fresh])[0])
    prompt = step_prompt(fresh)
    return JsonResponse({**answer, "said": said, "undo": undo, "prompt": prompt})


def _refusal(
    request: HttpRequest, status: int, code: str, sentence: str, lead_id: int = 0
) -> HttpResponse:
    """Say why not; a script also gets the card as it really is now."""
    if not is_script(request):
        messages.error(request, sentence)
        return HttpResponseRedirect(reverse("admin:leads_lead_board"))
    lead = board_card(lead_id, request.user) if lead_id else None
    card = card_json(request, cards_of([lead])[0]) if lead else None
    return JsonResponse({"code": code, "detail": sentence, "card": card}, status=status)
