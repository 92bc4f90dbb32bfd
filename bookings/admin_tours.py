"""The page where a manager looks for tours: the form, the results as they come, one tap onward."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from bookings import prefill, texts
from bookings.forms import SearchForm, entries
from bookings.matching import find_entries
from bookings.models import CatalogueEntry, Offer, SearchRun
from bookings.results import results_context, runs_of, signature
from bookings.sending import routes
from bookings.services.flights import want_flights
from bookings.services.searching import start_searches
from bookings.services.selections import add_to_selection, draft_of
from bookings.web import (
    done,
    lead_or_404,
    may_change,
    may_search,
    may_view_searches,
    number,
    offer_or_404,
    person,
    refused,
)
from common.errors import DomainError, InvalidInput
from integrations.accounts import operator_page
from integrations.tours.base import TourSearch
from leads.models import Lead
from leads.permissions import leads_visible_to
from leads.selectors import current_facts

RECENT_LEADS = 50
SUGGESTED = 12


@require_GET
@never_cache
@may_view_searches
def tours_page(request: HttpRequest) -> HttpResponse:
    """The form; with `?batch=` what that search has found, with `?lead=` for that lead."""
    runs = _runs(request)
    lead = _lead(request, runs)
    form = SearchForm(initial=_initial(runs, lead))
    return _page(request, form, lead, runs)


@require_POST
@may_search
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.POST)
    lead_id = number(request.POST.get("lead", ""))
    lead = lead_or_404(request, lead_id) if lead_id else None
    if not form.is_valid():
        return _page(request, form, lead, [], status=400)
    try:
        batch = start_searches(form.searches(), author=person(request), lead_id=lead_id)
    except DomainError as error:
        form.add_error(None, error.message)
        return _page(request, form, lead, [], status=400)
    return _to_results(batch, lead_id)


@require_POST
@may_search
def relax(request: HttpRequest, run_id: int, which: int) -> HttpResponse:
    """One tap on a proposal: the same question with one thing changed."""
    run = _own_run(request, run_id)
    if which >= len(run.relaxations):
        raise Http404
    relaxed = TourSearch.from_dict(run.relaxations[which]["search"])
    batch = start_searches([relaxed], author=person(request), lead_id=run.lead_id)
    return _to_results(batch, run.lead_id)


@require_POST
@may_search
def again(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """The same questions now, past what is remembered."""
    runs = _runs_of(request, batch)
    searches = [TourSearch.from_dict(run.parameters) for run in runs]
    lead_id = runs[0].lead_id
    asked = start_searches(searches, author=person(request), lead_id=lead_id, afresh=True)
    return _to_results(asked, lead_id)


@require_GET
@never_cache
@may_view_searches
def results(request: HttpRequest, batch: uuid.UUID) -> HttpResponse:
    """A fragment; 204 while nothing is new since `?seen=`."""
    runs = _runs_of(request, batch)
    if request.GET.get("seen") == signature(runs):
        return HttpResponse(status=204)
    context = _results(request, batch, _lead(request, runs))
    response = render(request, "admin/tours/results.html", context)
    response["X-Over"] = "1" if context["is_over"] else "0"
    response["X-Seen"] = context["signature"]
    return response


@require_GET
@may_view_searches
def suggestions(request: HttpRequest) -> JsonResponse:
    """Names like what is being typed into the field of hotels or resorts."""
    kinds = {"hotels": CatalogueEntry.Kind.HOTEL, "resorts": CatalogueEntry.Kind.RESORT}
    kind = kinds.get(request.GET.get("field", ""), CatalogueEntry.Kind.HOTEL)
    words = request.GET.get("q", "").replace("\0", "")[:80].split(",")[-1]
    found = find_entries(words, entries(kind), limit=SUGGESTED) if len(words.strip()) > 1 else []
    return JsonResponse({"names": [entry.name for entry in found]})


@require_POST
@may_change
def pick(request: HttpRequest, offer_id: int) -> HttpResponse:
    """«В подборку» for the lead of the page."""
    offer = offer_or_404(offer_id)
    lead = lead_or_404(request, number(request.POST.get("lead", "")) or 0)
    url = _back(offer, lead)
    try:
        item = add_to_selection(lead.pk, offer, author=person(request))
    except DomainError as error:
        return refused(request, url, error)
    page = reverse("admin:bookings_selection_page", args=[item.selection_id])
    count = item.selection.items.count()
    return done(request, url, _("Added to the selection."), count=count, page=page)


@require_POST
@may_change
def into_chat(request: HttpRequest, offer_id: int) -> HttpResponse:
    """«В чат»: the tour stands in the field of the answer; the manager reads it and sends."""
    offer = offer_or_404(offer_id)
    lead = lead_or_404(request, number(request.POST.get("lead", "")) or 0)
    chats = routes(lead, person(request))
    if not chats:
        error = InvalidInput(_("This lead has no chat you may write into."), code="no_chat")
        return refused(request, _back(offer, lead), error)
    chats[0].draft(texts.offer_text(offer), person(request))
    return HttpResponseRedirect(chats[0].url)


@never_cache
@may_view_searches
def flights(request: HttpRequest, offer_id: int) -> HttpResponse:
    """A fragment; the first look asks the operator, by the worker."""
    offer = offer_or_404(offer_id)
    if request.method == "POST":
        offer = want_flights(offer.pk)
    return render(request, "admin/tours/flights.html", {"offer": offer})


def _page(
    request: HttpRequest,
    form: SearchForm,
    lead: Lead | None,
    runs: list[SearchRun],
    *,
    status: int = 200,
) -> HttpResponse:
    batch = runs[0].batch if runs else None
    context = {
        **admin.site.each_context(request),
        **(_results(request, batch, lead) if batch else {}),
        "title": _("Tours"),
        "form": form,
        "lead": lead,
        "leads": _recent_leads(request) if lead is None else (),
        "batch": batch,
        "draft": draft_of(lead.pk) if lead else None,
        "is_catalogue_empty": not CatalogueEntry.objects.exists(),
        "may_search": request.user.has_perm("bookings.add_searchrun"),
    }
    return render(request, "admin/tours/page.html", context, status=status)


def _results(request: HttpRequest, batch: uuid.UUID, lead: Lead | None) -> dict[str, Any]:
    return {
        **results_context(batch),
        "batch": batch,
        "lead": lead,
        "may_pick": lead is not None and request.user.has_perm("bookings.change_selection"),
        "booking_url": _booking_url(),
        "operator_page": operator_page(),
    }


def _booking_url() -> str:
    """Where a booking begins from an offer; empty while there is no such page."""
    try:
        return reverse("admin:bookings_booking_from_offer", args=[0])
    except NoReverseMatch:
        return ""


def _runs(request: HttpRequest) -> list[SearchRun]:
    try:
        batch = uuid.UUID(request.GET.get("batch", ""))
    except ValueError:
        return []
    return _runs_of(request, batch)


def _runs_of(request: HttpRequest, batch: uuid.UUID) -> list[SearchRun]:
    runs = runs_of(batch)
    if not runs:
        raise Http404
    if runs[0].lead_id:
        lead_or_404(request, runs[0].lead_id)
    return runs


def _own_run(request: HttpRequest, run_id: int) -> SearchRun:
    run = SearchRun.objects.filter(pk=run_id).first()
    if run is None:
        raise Http404
    if run.lead_id:
        lead_or_404(request, run.lead_id)
    return run


def _lead(request: HttpRequest, runs: list[SearchRun]) -> Lead | None:
    lead_id = number(request.GET.get("lead", "")) or (runs[0].lead_id if runs else None)
    return lead_or_404(request, lead_id) if lead_id else None


def _initial(runs: list[SearchRun], lead: Lead | None) -> dict[str, Any]:
    values: dict[str, Any]
    if runs:
        searches = [TourSearch.from_dict(run.parameters) for run in runs]
        values = prefill.from_search(searches[0])
        values["countries"] = [search.country for search in searches]
    else:
        facts = current_facts(lead.pk) if lead else {}
        values = prefill.from_facts(facts, timezone.localdate())
    return values | ({"lead": lead.pk} if lead else {})


def _recent_leads(request: HttpRequest) -> list[Lead]:
    leads = leads_visible_to(request.user) & Lead.objects.open()
    return list(leads.select_related("client").order_by("-updated_at")[:RECENT_LEADS])


def _to_results(batch: uuid.UUID, lead_id: int | None) -> HttpResponseRedirect:
    query = urlencode({"batch": batch} | ({"lead": lead_id} if lead_id else {}))
    return HttpResponseRedirect(f"{reverse('admin:bookings_tours')}?{query}")


def _back(offer: Offer, lead: Lead) -> str:
    query = {"lead": lead.pk}
    batch = {"batch": offer.search.batch} if offer.search else {}
    return f"{reverse('admin:bookings_tours')}?{urlencode({**batch, **query})}"
