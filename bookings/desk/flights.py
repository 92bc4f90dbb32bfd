"""One flight of many clients: new times told to all at once, and whom to call who has not read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from bookings.desk.acts import ORIGIN
from bookings.models import Booking, BookingTask, FlightLeg
from bookings.permissions import bookings_visible_to
from bookings.services.trip import Flight, change_flights
from bookings.states import LIVE
from leads.models import ClientIdentity
from leads.services import Actor

MOST = 200
PHONES = (ClientIdentity.Kind.PHONE, ClientIdentity.Kind.WHATSAPP)
may_change = permission_required("bookings.change_booking", raise_exception=True)


class TimesForm(forms.Form):
    departs_local = forms.CharField(label=gettext_lazy("Departure, local time"), max_length=16)
    arrives_local = forms.CharField(
        label=gettext_lazy("Arrival, local time"), max_length=16, required=False
    )
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=500)


@dataclass(frozen=True)
class Told:
    """One booking of the flight, and whether its client knows."""

    booking: Booking
    phone: str
    task: BookingTask | None

    @property
    def is_to_call(self) -> bool:
        return self.task is not None and self.task.read_at is None


@require_http_methods(["GET", "POST"])
@may_change
def flights_page(request: HttpRequest) -> HttpResponse:
    """`number` and `departs` name the flight; without them the coming flights are listed."""
    number, departs = request.GET.get("number", ""), request.GET.get("departs", "")
    legs = _legs(request)
    chosen = legs.filter(number=number, departs_local=departs) if number else legs.none()
    form = TimesForm(request.POST or None, initial={"departs_local": departs})
    if request.method == "POST" and form.is_valid():
        told = _tell(request, chosen, form.cleaned_data)
        messages.success(request, _("Changed for %(count)s bookings.") % {"count": told})
        address = reverse("admin:bookings_flights_page")
        query = urlencode({"number": number, "departs": form.cleaned_data["departs_local"]})
        return HttpResponseRedirect(f"{address}?{query}")
    context = {
        **admin.site.each_context(request),
        "title": _("Flights of clients"),
        "number": number,
        "departs": departs,
        "form": form,
        "flights": [] if number else _coming(legs),
        "told": _told(chosen),
    }
    return render(request, "admin/bookings/flights.html", context)


def _legs(request: HttpRequest) -> QuerySet[FlightLeg]:
    """Flights of the bookings the person may see, from today on."""
    visible = bookings_visible_to(request.user).filter(state__in=LIVE)
    today = timezone.localdate().isoformat()
    return FlightLeg.objects.filter(booking__in=visible, departs_local__gte=today)


def _coming(legs: QuerySet[FlightLeg]) -> list[dict[str, Any]]:
    flights = legs.order_by("departs_local", "number").values(
        "number", "from_airport", "to_airport", "departs_local"
    )
    counted = flights.annotate(bookings=Count("booking", distinct=True))
    return [dict(row) for row in counted[:MOST]]


def _tell(request: HttpRequest, legs: QuerySet[FlightLeg], times: dict[str, Any]) -> int:
    """Each booking by its own service; the reminders carry the news."""
    actor, changed = Actor(cast(User, request.user), ORIGIN), 0
    for leg in list(legs.select_related("booking")):
        flights = [_as_flight(one, leg, times) for one in leg.booking.flights.all()]
        task = change_flights(leg.booking_id, flights, reason=times["reason"], actor=actor)
        changed += task is not None
    return changed


def _as_flight(one: FlightLeg, changed: FlightLeg, times: dict[str, Any]) -> Flight:
    is_changed = one.pk == changed.pk
    return Flight(
        one.number,
        one.from_airport,
        one.to_airport,
        times["departs_local"] if is_changed else one.departs_local,
        times["arrives_local"] if is_changed else one.arrives_local,
    )


def _told(legs: QuerySet[FlightLeg]) -> list[Told]:
    """Whom to call first: those who have been told and have not looked."""
    bookings = Booking.objects.filter(flights__in=legs).distinct().select_related("lead__client")
    found = bookings.prefetch_related("lead__client__identities").order_by("departs_on", "pk")
    news = BookingTask.objects.filter(booking__in=found, code__startswith="flight:").order_by("pk")
    newest = {task.booking_id: task for task in news}
    told = [Told(one, _phone(one), newest.get(one.pk)) for one in found[:MOST]]
    return sorted(told, key=lambda one: not one.is_to_call)


def _phone(booking: Booking) -> str:
    identities = booking.lead.client.identities.all()
    return next((one.value for one in identities if one.kind in PHONES), "")
