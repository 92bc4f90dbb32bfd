"""Bookings for tests, valid by default; made through the services."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.contrib.auth.models import Permission, User
from django.utils import timezone

from bookings.models import Booking, LedgerEntry, Side, Traveller
from bookings.services.booking import (
    ClaimAnswer,
    apply_claim,
    create_booking,
    move_booking,
    send_to_operator,
)
from bookings.services.offers import save_offer
from bookings.services.payments import Paid, record_payment
from bookings.services.travellers import TravellerInput, save_traveller
from bookings.states import State
from bookings.tests.tours import tour_offer, tour_search
from leads.models import Lead
from leads.services import Actor
from leads.tests.factories import make_lead

_numbers = count(1)
DESK = Actor(user=None, origin="booking")
D = Decimal


def make_booking(
    *, days: int = 60, lead: Lead | None = None, price: str = "1384.00", **offer: Any
) -> Booking:
    """A draft for two adults and a child of six that departs in `days`."""
    start = timezone.localdate() + timedelta(days=days)
    values = {
        "check_in": start,
        "check_out": start + timedelta(days=7),
        "fetched_at": timezone.now(),
        "price": D(price),
        "converted_price": D(price) * 520,
    }
    search = tour_search(date_from=start, date_to=start)
    found = save_offer(tour_offer(**(values | offer)), search)
    return create_booking((lead or make_lead()).pk, found.pk, actor=DESK)


def adult(booking: Booking, **overrides: Any) -> TravellerInput:
    values: dict[str, Any] = {
        "surname": "IVANOVA",
        "given_names": "ANNA",
        "birth_on": date(1990, 5, 4),
        "sex": "F",
        "number": f"N{next(_numbers):08d}",
        "expires_on": booking.returns_on + timedelta(days=3650),
        "has_consented": True,
    }
    return TravellerInput(**(values | overrides))


def fill_travellers(booking: Booking) -> list[Traveller]:
    """Two adults and a child of six, ready for the operator."""
    mother = save_traveller(booking.pk, adult(booking), actor=DESK)
    father = save_traveller(
        booking.pk, adult(booking, given_names="OLEG", surname="IVANOV", sex="M"), actor=DESK
    )
    born = booking.departs_on.replace(year=booking.departs_on.year - 6, day=1)
    child = adult(
        booking, given_names="MARK", surname="IVANOV", birth_on=born, guardian_id=mother.pk
    )
    return [mother, father, save_traveller(booking.pk, child, actor=DESK)]


def confirmed(booking: Booking | None = None, **overrides: Any) -> Booking:
    booking = booking or make_booking(**overrides)
    fill_travellers(booking)
    move_booking(booking.pk, State.TRAVELLERS, actor=DESK)
    send_to_operator(booking.pk, actor=DESK)
    apply_claim(booking.pk, ClaimAnswer("4711", State.CONFIRMED), actor=DESK)
    return fresh(booking)


def pay(booking: Booking, amount: str | Decimal, side: Side = Side.CLIENT) -> LedgerEntry:
    paid = Paid(method="kaspi", amount=D(amount))
    return record_payment(booking.pk, side, paid, actor=DESK, submit_key=f"key-{next(_numbers)}")


def fresh(booking: Booking) -> Booking:
    return Booking.objects.get(pk=booking.pk)


def make_person(*rights: str, name: str = "aigul") -> User:
    """A colleague with the rights of bookings and leads given, by codename."""
    user = User.objects.create_user(name, password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user
