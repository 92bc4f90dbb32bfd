"""The page of one selection: notes, sending, and what the client has done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from bookings import texts
from bookings.models import Selection
from bookings.sending import routes
from bookings.services import selections
from bookings.services.client_choices import want_recheck
from bookings.web import (
    done,
    may_change,
    may_view,
    number,
    person,
    refused,
    selection_or_404,
)
from common.errors import DomainError

Act = Callable[[HttpRequest, Selection], str]


@require_GET
@never_cache
@may_view
def selection_page(request: HttpRequest, selection_id: int) -> HttpResponse:
    selection = selection_or_404(request, selection_id)
    items = list(selection.items.select_related("offer", "first_offer"))
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": str(selection),
        "selection": selection,
        "lead": selection.lead,
        "items": items,
        "events": selection.events.select_related("item__offer", "before", "after")[:50],
        "routes": routes(selection.lead, person(request)),
        "link": texts.selection_url(selection),
        "may_change": request.user.has_perm("bookings.change_selection"),
        "is_open": timezone.now() < selection.expires_at,
    }
    return render(request, "admin/tours/selection.html", context)


@require_POST
@may_change
def selection_act(request: HttpRequest, selection_id: int, act: str) -> HttpResponse:
    """One button of the page: `act` is a key of `_ACTS`."""
    selection = selection_or_404(request, selection_id)
    url = reverse("admin:bookings_selection_page", args=[selection.pk])
    if act not in _ACTS:
        raise Http404
    try:
        return done(request, url, _ACTS[act](request, selection))
    except DomainError as error:
        return refused(request, url, error)


def _notes(request: HttpRequest, selection: Selection) -> str:
    _save_notes(request, selection)
    return _("Saved.")


def _save_notes(request: HttpRequest, selection: Selection) -> None:
    notes = {
        found: request.POST.get(name, "")
        for name in request.POST
        if name.startswith("note-") and (found := number(name.removeprefix("note-")))
    }
    selections.write_notes(selection.pk, request.POST.get("note", selection.note), notes)


def _send(request: HttpRequest, selection: Selection) -> str:
    _save_notes(request, selection)
    selections.send_selection(
        selection.pk,
        author=person(request),
        route_key=request.POST.get("route", ""),
        as_text=request.POST.get("form") == "text",
    )
    return _("The selection is on its way to the client.")


def _share(request: HttpRequest, selection: Selection) -> str:
    _save_notes(request, selection)
    selections.share_link(selection.pk, author=person(request))
    return _("The page is open: send the link to the client.")


def _take_out(request: HttpRequest, selection: Selection) -> str:
    item = selection.items.filter(pk=number(request.POST.get("item", "")) or 0).first()
    if item is None:
        raise Http404
    selections.take_out(item)
    return _("The tour is out of the selection.")


def _prolong(request: HttpRequest, selection: Selection) -> str:
    selections.prolong(selection.pk)
    return _("The page is open for another week.")


def _recheck(request: HttpRequest, selection: Selection) -> str:
    want_recheck(selection.pk)
    return _("The operator is being asked for the prices.")


_ACTS: dict[str, Act] = {
    "notes": _notes,
    "send": _send,
    "share": _share,
    "take-out": _take_out,
    "prolong": _prolong,
    "recheck": _recheck,
}
