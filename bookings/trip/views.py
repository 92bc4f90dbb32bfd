"""The client's own pages: tourists' data, once; the trip with its documents and the mark.

Whoever has the address is the client: it cannot be guessed, and it expires. Nothing here says
whether an address ever existed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from decimal import Decimal
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from bookings.desk.documents import file_response
from bookings.models import Booking, BookingDocument, PaymentDue, Side, TravellerLink, TripLink
from bookings.places import country_name
from bookings.services.traveller_links import find_traveller_link, hand_in, keep_draft
from bookings.services.trip import find_trip_link, give_feedback, note_opened
from bookings.states import State
from bookings.terms import left_of_parts
from bookings.trip.forms import FeedbackForm, TouristForm
from common.errors import DomainError

MOST_TYPED = 120
View = Callable[..., HttpResponse]


def _private(view: View) -> View:
    """Not kept by caches, not found by search engines, in the client's language."""

    @never_cache
    @sensitive_post_parameters()
    @wraps(view)
    def guarded(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        with translation.override(translation.get_language_from_request(request)):
            response = view(request, token, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


def _in_the_house() -> AbstractContextManager[None]:
    """What staff will read in the history is not in the client's language."""
    return translation.override(settings.LANGUAGE_CODE)


def _closed(request: HttpRequest) -> HttpResponse:
    """One answer for used, expired, withdrawn and invented addresses."""
    return render(request, "trip/closed.html", status=404)


@require_http_methods(["GET", "POST"])
@_private
def travellers(request: HttpRequest, token: str) -> HttpResponse:
    link = find_traveller_link(token)
    if link is None:
        return _closed(request)
    if request.method == "GET":
        keep_draft(link.pk, {})
        return _form_page(request, link, _forms(link, None))
    forms = _forms(link, request.POST)
    if [form for form in forms if not form.is_valid()]:
        keep_draft(link.pk, _typed(link, request.POST))
        return _form_page(request, link, forms, status=422)
    try:
        with _in_the_house():
            hand_in(link.pk, [form.traveller() for form in forms])
    except DomainError:
        return _closed(request)
    return render(request, "trip/thanks.html")


@require_POST
@_private
def keep(request: HttpRequest, token: str) -> HttpResponse:
    """Keep what is being typed; the page sends it by itself."""
    link = find_traveller_link(token)
    if link is None or not keep_draft(link.pk, _typed(link, request.POST)):
        return JsonResponse({"detail": "closed"}, status=404)
    return JsonResponse({})


def _count(booking: Booking) -> int:
    return booking.adults + len(booking.children_ages)


def _forms(link: TravellerLink, data: Mapping[str, Any] | None) -> list[TouristForm]:
    """A number that was kept is not shown again, not even to who typed it."""
    shown = {name: value for name, value in link.draft.items() if not name.endswith("-number")}
    forms = []
    for number in range(_count(link.booking)):
        prefix = f"p{number}"
        start = len(prefix) + 1
        initial = {key[start:]: val for key, val in shown.items() if key.startswith(f"{prefix}-")}
        kept = link.draft.get(f"{prefix}-number", "")
        forms.append(TouristForm(data, prefix=prefix, initial=initial, kept_number=kept))
    return forms


def _typed(link: TravellerLink, posted: Mapping[str, str]) -> dict[str, str]:
    """Fields of the form alone; an emptied number field leaves the number that was kept."""
    names = [
        f"p{n}-{field}" for n in range(_count(link.booking)) for field in TouristForm.base_fields
    ]
    typed = {name: posted.get(name, "")[:MOST_TYPED] for name in names}
    return {name: value for name, value in typed.items() if value or not name.endswith("-number")}


def _form_page(
    request: HttpRequest, link: TravellerLink, forms: list[TouristForm], status: int = 200
) -> HttpResponse:
    booking = link.booking
    context = {
        "booking": booking,
        "country": country_name(booking.country),
        "forms": forms,
        "has_errors": status != 200,
        "expires_at": link.expires_at,
    }
    return render(request, "trip/travellers.html", context, status=status)


@require_GET
@_private
def page(request: HttpRequest, token: str) -> HttpResponse:
    link = find_trip_link(token)
    if link is None:
        return _closed(request)
    booking = link.booking
    context = {
        "booking": booking,
        "token": token,
        "country": country_name(booking.country),
        "flights": list(booking.flights.all()),
        "documents": _documents(booking),
        "dues": _to_pay(booking),
        "may_mark": _may_mark(booking),
    }
    return render(request, "trip/page.html", context)


@require_POST
@_private
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """The page says that a person looks at it: neither a messenger's preview nor one of us."""
    link = find_trip_link(token)
    if link is None:
        return JsonResponse({"detail": "closed"}, status=404)
    if not request.user.is_staff:
        with _in_the_house():
            note_opened(link)
    return JsonResponse({})


def _documents(booking: Booking) -> list[BookingDocument]:
    """The newest version of each kind."""
    newest: dict[str, BookingDocument] = {}
    for document in booking.documents.order_by("number"):
        key = document.kind if document.template_id else f"{document.kind}-{document.number}"
        newest[key] = document
    return sorted(newest.values(), key=lambda one: one.pk)


def _to_pay(booking: Booking) -> list[tuple[PaymentDue, Decimal]]:
    """Parts that are not paid whole, with what is left of each."""
    dues = list(booking.dues.filter(side=Side.CLIENT, is_current=True).order_by("position"))
    left = left_of_parts([due.amount for due in dues], booking.client_paid)
    return [(due, rest) for due, rest in zip(dues, left, strict=True) if rest]


def _may_mark(booking: Booking) -> bool:
    is_back = booking.returns_on <= timezone.localdate()
    is_over = booking.state in (State.TRAVELLING, State.FINISHED)
    return is_back and is_over and booking.feedback_mark is None


@require_GET
@_private
def document(request: HttpRequest, token: str, document_id: int) -> HttpResponse:
    link = find_trip_link(token)
    if link is None:
        return _closed(request)
    found = link.booking.documents.filter(pk=document_id).first()
    if found is None:
        raise Http404
    return file_response(found)


@require_POST
@_private
def feedback(request: HttpRequest, token: str) -> HttpResponse:
    link: TripLink | None = find_trip_link(token)
    if link is None:
        return _closed(request)
    form = FeedbackForm(request.POST)
    if form.is_valid() and _may_mark(link.booking):
        try:
            with _in_the_house():
                give_feedback(link.booking_id, form.cleaned_data["mark"], form.cleaned_data["text"])
        except DomainError:
            return redirect("trip:page", token)
        return render(request, "trip/marked.html", {"mark": form.cleaned_data["mark"]})
    return redirect("trip:page", token)
