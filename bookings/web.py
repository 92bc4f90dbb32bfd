"""What the pages of this app share: rights, numbers, answers to forms and scripts."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from bookings.models import Offer, Selection
from common.errors import Conflict, DomainError, NotAllowed
from common.web import is_script
from leads.models import Lead
from leads.permissions import ensure_lead_visible, leads_visible_to

may_search = permission_required("bookings.add_searchrun", raise_exception=True)
may_view_searches = permission_required("bookings.view_searchrun", raise_exception=True)
may_view = permission_required("bookings.view_selection", raise_exception=True)
may_change = permission_required("bookings.change_selection", raise_exception=True)


def person(request: HttpRequest) -> User:
    """The colleague behind a request; `site.admin_view` lets nobody else in."""
    return cast(User, request.user)


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def lead_or_404(request: HttpRequest, lead_id: int) -> Lead:
    """Raises NotAllowed for a colleague's lead."""
    ensure_lead_visible(request.user, lead_id)
    lead = leads_visible_to(request.user).select_related("client", "stage").filter(pk=lead_id)
    if not lead:
        raise Http404
    return lead[0]


def selection_or_404(request: HttpRequest, selection_id: int) -> Selection:
    selection = Selection.objects.select_related("lead", "author").filter(pk=selection_id).first()
    if selection is None:
        raise Http404
    selection.lead = lead_or_404(request, selection.lead_id)
    return selection


def offer_or_404(offer_id: int) -> Offer:
    offer = Offer.objects.filter(pk=offer_id).first()
    if offer is None:
        raise Http404
    return offer


def done(request: HttpRequest, url: str, text: str, **answer: object) -> HttpResponse:
    if is_script(request):
        return JsonResponse({"said": text, **answer})
    messages.success(request, text)
    return HttpResponseRedirect(url)


def refused(request: HttpRequest, url: str, error: DomainError) -> HttpResponse:
    if is_script(request):
        status = 409 if isinstance(error, Conflict) else 400
        status = 403 if isinstance(error, NotAllowed) else status
        return JsonResponse({"code": error.code, "detail": error.message}, status=status)
    messages.error(request, error.message)
    return HttpResponseRedirect(url)
