"""Reads for other apps: a client's own bookings, as the bot and the assistant may tell them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bookings.models import Booking, PaymentDue, Side
from bookings.places import country_name
from bookings.services.trip import flight_line
from bookings.states import State
from bookings.terms import left_of_parts

MOST = 10
HIDDEN = (State.DRAFT, State.REJECTED)


@dataclass(frozen=True)
class NextPayment:
    amount: Decimal
    currency: str
    due_on: date


@dataclass(frozen=True)
class ClientBooking:
    """What a client may hear of a booking: no tourists, no margin, no operator's side."""

    pk: int
    lead_id: int
    hotel: str
    country: str
    resort: str
    departs_on: date
    returns_on: date
    party: str
    state: str
    state_label: str
    price: Decimal
    paid: Decimal
    currency: str
    flights: tuple[str, ...]
    next_payment: NextPayment | None


def client_bookings(client_id: int) -> list[ClientBooking]:
    """Bookings of this client's leads only, the next departure first; drafts are left out.

    Three queries.
    """
    bookings = Booking.objects.filter(lead__client=client_id).exclude(state__in=HIDDEN)
    found = list(bookings.prefetch_related("flights").order_by("-departs_on", "-pk")[:MOST])
    dues = _next_dues(found)
    return [_told(booking, dues.get(booking.pk)) for booking in found]


def _next_dues(bookings: Iterable[Booking]) -> dict[int, NextPayment]:
    """The first part that is not paid whole, with what is left of it."""
    paid = {one.pk: one.client_paid for one in bookings if one.client_due_on}
    dues = PaymentDue.objects.filter(booking__in=paid, side=Side.CLIENT, is_current=True)
    parts: dict[int, list[PaymentDue]] = defaultdict(list)
    for due in dues.order_by("booking", "position"):
        parts[due.booking_id].append(due)
    found: dict[int, NextPayment] = {}
    for pk, of_booking in parts.items():
        left = left_of_parts([due.amount for due in of_booking], paid[pk])
        for due, rest in zip(of_booking, left, strict=True):
            if rest:
                found.setdefault(pk, NextPayment(rest, due.currency, due.due_on))
    return found


def _told(booking: Booking, next_payment: NextPayment | None) -> ClientBooking:
    return ClientBooking(
        pk=booking.pk,
        lead_id=booking.lead_id,
        hotel=booking.hotel,
        country=country_name(booking.country),
        resort=booking.resort,
        departs_on=booking.departs_on,
        returns_on=booking.returns_on,
        party=booking.party,
        state=booking.state,
        state_label=str(State(booking.state).label),
        price=booking.client_total,
        paid=booking.client_paid,
        currency=booking.currency,
        flights=tuple(flight_line(leg) for leg in booking.flights.all()),
        next_payment=next_payment,
    )
