"""The page of one tourist, and the look at a passport's number."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from bookings.desk.acts import ORIGIN
from bookings.desk.forms import MrzForm, TravellerForm
from bookings.models import Booking, Traveller
from bookings.mrz import read_mrz
from bookings.permissions import ensure_booking_visible
from bookings.services.travellers import (
    TravellerInput,
    look_at_number,
    remove_traveller,
    save_traveller,
)
from common.errors import DomainError
from leads.services import Actor

may_change = permission_required("bookings.change_booking", raise_exception=True)
SHOWN = (
    "surname", "given_names", "birth_on", "sex", "citizenship", "expires_on", "phone", "email",
    "has_parental_consent",
)  # fmt: skip


@never_cache
@sensitive_post_parameters("number", "mrz")
@require_http_methods(["GET", "POST"])
@may_change
def traveller_page(request: HttpRequest, booking_id: int, traveller_id: int = 0) -> HttpResponse:
    """Add (`traveller_id` 0) or change a tourist; the passport's lines may be pasted."""
    booking = _booking(request, booking_id)
    traveller = _traveller(booking, traveller_id)
    if request.method == "GET":
        return _page(request, booking, traveller, TravellerForm(booking, initial=_known(traveller)))
    if "mrz" in request.POST:
        return _from_mrz(request, booking, traveller)
    form = TravellerForm(booking, request.POST)
    if not form.is_valid():
        return _page(request, booking, traveller, form)
    try:
        save_traveller(
            booking.pk,
            _given(form.cleaned_data),
            actor=_actor(request),
            traveller_id=traveller_id or None,
        )
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _page(request, booking, traveller, form)
    messages.success(request, _("The tourist is kept."))
    return _back(booking.pk)


def _from_mrz(request: HttpRequest, booking: Booking, traveller: Traveller | None) -> HttpResponse:
    """Fill the form from the lines; the person still looks at it and saves."""
    mrz = MrzForm(request.POST)
    initial = _known(traveller)
    if mrz.is_valid():
        try:
            passport = read_mrz(mrz.cleaned_data["mrz"], today=timezone.localdate())
        except DomainError as error:
            mrz.add_error("mrz", error.message)
        else:
            given = TravellerInput.from_passport(passport)
            initial |= {name: getattr(given, name) for name in (*SHOWN[:6], "number")}
            mrz = MrzForm()
    return _page(request, booking, traveller, TravellerForm(booking, initial=initial), mrz)


def _given(words: dict[str, Any]) -> TravellerInput:
    guardian = words["guardian"]
    return TravellerInput(
        **{name: words[name] for name in SHOWN},
        has_consented=words["has_consented"],
        number=words["number"] or None,
        guardian_id=guardian.pk if guardian else None,
    )


def _known(traveller: Traveller | None) -> dict[str, Any]:
    """What the form shows of a tourist; never the number."""
    if traveller is None:
        return {"citizenship": "KAZ"}
    first = {name: getattr(traveller, name) for name in SHOWN}
    first |= {"guardian": traveller.guardian_id, "has_consented": bool(traveller.consented_at)}
    return first


def _page(
    request: HttpRequest,
    booking: Booking,
    traveller: Traveller | None,
    form: TravellerForm,
    mrz: MrzForm | None = None,
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": str(traveller or _("New tourist")),
        "booking": booking,
        "traveller": traveller,
        "form": form,
        "mrz": mrz or MrzForm(),
    }
    return render(request, "admin/bookings/traveller.html", context)


@never_cache
@require_POST
def look(request: HttpRequest, traveller_id: int) -> HttpResponse:
    """Show a number once, to whoever may and says why. A refusal is 403 and a row as well."""
    traveller = Traveller.objects.select_related("booking").filter(pk=traveller_id).first()
    if traveller is None:
        raise Http404
    user, reason = cast(User, request.user), request.POST.get("reason", "")
    try:
        number = look_at_number(traveller, user, reason=reason)
    except DomainError as error:
        if error.code != "reason_required":
            raise
        messages.error(request, error.message)
        return _back(traveller.booking_id)
    context = {
        **admin.site.each_context(request),
        "title": str(traveller),
        "booking": traveller.booking,
        "traveller": traveller,
        "number": number,
    }
    return render(request, "admin/bookings/number.html", context)


@require_POST
@may_change
def remove(request: HttpRequest, traveller_id: int) -> HttpResponse:
    traveller = Traveller.objects.filter(pk=traveller_id).first()
    if traveller is None:
        raise Http404
    ensure_booking_visible(request.user, traveller.booking_id)
    try:
        remove_traveller(traveller_id, actor=_actor(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The tourist is removed."))
    return _back(traveller.booking_id)


def _booking(request: HttpRequest, booking_id: int) -> Booking:
    ensure_booking_visible(request.user, booking_id)
    booking = Booking.objects.filter(pk=booking_id).first()
    if booking is None:
        raise Http404
    return booking


def _traveller(booking: Booking, traveller_id: int) -> Traveller | None:
    if not traveller_id:
        return None
    traveller = booking.travellers.filter(pk=traveller_id).first()
    if traveller is None:
        raise Http404
    return traveller


def _actor(request: HttpRequest) -> Actor:
    return Actor(cast(User, request.user), ORIGIN)


def _back(booking_id: int) -> HttpResponse:
    url = reverse("admin:bookings_booking_change", args=[booking_id])
    return HttpResponseRedirect(f"{url}#travellers")
