"""The board «Воронка»: nine columns, cards that move through `leads.services.move_lead`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from common.errors import Conflict, DomainError, NotAllowed
from leads.board import Card, cards_of, total_text, whole_board
from leads.models import Lead, LeadStage, LostReason
from leads.selectors import (
    BoardFilter,
    Place,
    board_card,
    board_cards,
    board_heads,
    column_page,
)
from leads.services import Actor, move_lead
from live.selectors import latest_cursor

MOST_CHANGES = 100
# What a database column can hold; larger numbers are nobody's.
LARGEST_ID = 2**63 - 1
may_view = permission_required("leads.view_lead", raise_exception=True)
may_move = permission_required("leads.change_lead", raise_exception=True)


class FilterForm(forms.Form):
    mine = forms.BooleanField(required=False)
    q = forms.CharField(required=False, max_length=100)


class MoveForm(forms.Form):
    lead = forms.IntegerField(min_value=1, max_value=LARGEST_ID)
    stage = forms.ChoiceField(choices=LeadStage.Code.choices)
    version = forms.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)
    lost_reason = forms.ModelChoiceField(LostReason.objects.all(), required=False)


def _wanted(request: HttpRequest) -> BoardFilter:
    form = FilterForm(request.GET)
    if not form.is_valid():
        return BoardFilter(request.user)
    mine, words = form.cleaned_data["mine"], form.cleaned_data["q"].strip()
    return BoardFilter(request.user, request.user.pk if mine else None, words)


@require_GET
@may_view
def board_page(request: HttpRequest) -> HttpResponse:
    # Before the cards: what changes while they are read is told again, never missed.
    cursor = latest_cursor()
    wanted = _wanted(request)
    context = {
        **admin.site.each_context(request),
        "title": _("Sales funnel"),
        "cursor": str(cursor),
        "columns": whole_board(wanted),
        "wanted": wanted,
        "filters": request.GET.urlencode(),
        "may_move": request.user.has_perm("leads.change_lead"),
        "reasons": LostReason.objects.all(),
    }
    return render(request, "admin/leads/board.html", context)


@require_GET
@may_view
def more_cards(request: HttpRequest) -> HttpResponse:
    """A fragment: the next cards of one column and the button for those after them."""
    after, stage = Place.parse(request.GET.get("after", "")), request.GET.get("stage", "")
    if after is None or stage not in LeadStage.Code.values:
        raise Http404
    leads, end = column_page(stage, _wanted(request), after)
    context = {
        "cards": cards_of(leads),
        "after": end,
        "stage": stage,
        "filters": _filters(request),
        "may_move": request.user.has_perm("leads.change_lead"),
    }
    return render(request, "admin/leads/board_cards.html", context)


def _filters(request: HttpRequest) -> str:
    kept = request.GET.copy()
    for name in ("after", "stage", "lead"):
        kept.pop(name, None)
    return kept.urlencode()


@require_GET
@may_view
def changed_cards(request: HttpRequest) -> JsonResponse:
    """The cards that a live notice named, as they are now, and the numbers of all columns.

    A lead that is no longer on this person's board is missing from the answer.
    """
    asked = request.GET.getlist("lead")[:MOST_CHANGES]
    ids = [number for number in map(_number, asked) if number]
    wanted = _wanted(request)
    cards = [_as_json(request, card) for card in cards_of(board_cards(ids, wanted))]
    return JsonResponse({"cards": cards, "heads": _heads(wanted)})


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _heads(wanted: BoardFilter) -> dict[str, Any]:
    return {
        head.stage.pk: {"count": head.count, "total": total_text(head)}
        for head in board_heads(wanted)
    }


def _as_json(request: HttpRequest, card: Card) -> dict[str, Any]:
    context = {"card": card, "may_move": request.user.has_perm("leads.change_lead")}
    html = render_to_string("admin/leads/board_card.html", context, request)
    lead = card.lead
    return {"lead": lead.pk, "stage": lead.stage_id, "version": lead.version, "html": html}


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
    number = _number(request.GET.get("lead", ""))
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


def _is_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _success(request: HttpRequest, before: Lead, lead: Lead) -> HttpResponse:
    stage = LeadStage.objects.get(pk=lead.stage_id)
    said = _("“%(client)s” is now in “%(stage)s”.") % {"client": before.client, "stage": stage}
    if not _is_script(request):
        messages.success(request, said)
        return HttpResponseRedirect(reverse("admin:leads_lead_board"))
    undo = {"stage": before.stage_id, "lost_reason": before.lost_reason_id, "version": lead.version}
    fresh = board_card(lead.pk, request.user) or before
    answer = _as_json(request, cards_of([fresh])[0])
    return JsonResponse({**answer, "said": said, "undo": undo})


def _refusal(
    request: HttpRequest, status: int, code: str, sentence: str, lead_id: int = 0
) -> HttpResponse:
    """Say why not; a script also gets the card as it really is now."""
    if not _is_script(request):
        messages.error(request, sentence)
        return HttpResponseRedirect(reverse("admin:leads_lead_board"))
    lead = board_card(lead_id, request.user) if lead_id else None
    card = _as_json(request, cards_of([lead])[0]) if lead else None
    return JsonResponse({"code": code, "detail": sentence, "card": card}, status=status)
