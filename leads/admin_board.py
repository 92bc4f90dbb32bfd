"""The board «Воронка»: nine columns, cards that move through `leads.services.move_lead`."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from leads.admin_filter import panel_context
from leads.board import as_number, card_json, cards_of, total_text, whole_board
from leads.board_filter import BoardFilter
from leads.board_forms import Asked
from leads.board_selectors import (
    Place,
    board_cards,
    board_heads,
    column_page,
)
from leads.models import LeadStage, LostReason
from live.selectors import latest_cursor

MOST_CHANGES = 100
may_view = permission_required("leads.view_lead", raise_exception=True)


@require_GET
@may_view
def board_page(request: HttpRequest) -> HttpResponse:
    # Before the cards: what changes while they are read is told again, never missed.
    cursor = latest_cursor()
    asked = Asked(request.GET)
    context = {
        **admin.site.each_context(request),
        "title": _("Sales funnel"),
        "cursor": str(cursor),
        "columns": whole_board(asked.filter_for(request.user)),
        "asked": asked,
        "words": asked.values.get("q", ""),
        "kept": asked.pairs("q"),
        "chips": asked.chips(),
        "without_words": asked.query("q"),
        "filters": asked.query(),
        "may_move": request.user.has_perm("leads.change_lead"),
        "reasons": LostReason.objects.all(),
    }
    if "panel" in request.GET:
        context |= panel_context(request, asked)
    return render(request, "admin/leads/board.html", context)


@require_GET
@may_view
def more_cards(request: HttpRequest) -> HttpResponse:
    """A fragment: the next cards of one column and the button for those after them."""
    after, stage = Place.parse(request.GET.get("after", "")), request.GET.get("stage", "")
    if after is None or stage not in LeadStage.Code.values:
        raise Http404
    asked = Asked(request.GET)
    leads, end = column_page(stage, asked.filter_for(request.user), after)
    context = {
        "cards": cards_of(leads),
        "after": end,
        "stage": stage,
        "filters": asked.query(),
        "may_move": request.user.has_perm("leads.change_lead"),
    }
    return render(request, "admin/leads/board_cards.html", context)


@require_GET
@may_view
def changed_cards(request: HttpRequest) -> JsonResponse:
    """The cards that a live notice named, as they are now, and the numbers of all columns.

    A lead that is no longer on this person's board is missing from the answer.
    """
    asked = request.GET.getlist("lead")[:MOST_CHANGES]
    ids = [number for number in map(as_number, asked) if number]
    wanted = Asked(request.GET).filter_for(request.user)
    cards = [card_json(request, card) for card in cards_of(board_cards(ids, wanted))]
    return JsonResponse({"cards": cards, "heads": _heads(wanted)})


def _heads(wanted: BoardFilter) -> dict[str, Any]:
    return {
        head.stage.pk: {"count": head.count, "total": total_text(head)}
        for head in board_heads(wanted)
    }
