"""The filter panel of the board and the filters kept under a name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.errors import DomainError
from leads.board_forms import Asked, FilterPanelForm
from leads.models import SavedView, Tag
from leads.saved_views import delete_view, save_view, saved_views

BOARD = SavedView.Page.BOARD
may_view = permission_required("leads.view_lead", raise_exception=True)


class SaveForm(forms.Form):
    name = forms.CharField(max_length=60)
    query = forms.CharField(max_length=500, required=False)


def panel_context(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    views = saved_views(request.user, BOARD)
    return {
        "panel": FilterPanelForm(dict(asked.pairs())),
        "kept": asked.pairs("whose"),
        "query": asked.query(),
        "views": views,
        "all_tags": Tag.objects.all(),
    }


@require_GET
@may_view
def filter_panel(request: HttpRequest) -> HttpResponse:
    """A fragment: everything the board can be narrowed by."""
    context = panel_context(request, Asked(request.GET))
    return render(request, "admin/leads/board_filter.html", context)


@require_POST
@may_view
def keep_view(request: HttpRequest) -> HttpResponse:
    query = _canonical(request.POST.get("query", ""))
    form = SaveForm({"name": request.POST.get("name"), "query": query})
    if not form.is_valid():
        messages.error(request, _("Give the filter a name of at most 60 letters."))
        return _board(query)
    try:
        view = save_view(request.user, BOARD, form.cleaned_data["name"], query)  # type: ignore[arg-type]  # staff only
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The filter “%(name)s” is saved.") % {"name": view.name})
    return _board(query)


@require_POST
@may_view
def forget_view(request: HttpRequest, view_id: int) -> HttpResponse:
    if not delete_view(request.user, BOARD, view_id):
        raise Http404
    messages.success(request, _("The filter is deleted."))
    return _board(_canonical(request.POST.get("query", "")))


def _canonical(query: str) -> str:
    """Only what the board understands: it becomes part of an address."""
    return Asked(QueryDict(query)).query()


def _board(query: str) -> HttpResponseRedirect:
    address = reverse("admin:leads_lead_board")
    return HttpResponseRedirect(f"{address}?{query}" if query else address)
