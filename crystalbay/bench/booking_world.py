"""Bookings for measurements, three tourists each, in all states.

`make bench` with 50,000 leads makes 20,000 of them and 60,000 tourists.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from bookings.models import (
    Booking,
    BookingTask,
    LedgerEntry,
    Offer,
    Operator,
    PaymentDue,
    Side,
    Traveller,
)
from bookings.states import OWING, State
from crystalbay.bench.world import insert_rows
from leads.models import Lead

HEADS = 3
PRICE, RATE = Decimal(1500), Decimal(520)
# What a year of departures looks like: most are over, the rest stand in every state.
STATES = (*(State.FINISHED,) * 12, *State)


def fill_bookings(count: int) -> None:
    """Add bookings of the leads that are there, one each, with schedules, ledger and tasks."""
    operator = Operator.objects.get(code="samo")
    leads = list(Lead.objects.order_by("pk").values_list("pk", flat=True)[:count])
    today = timezone.localdate()
    first_offer = insert_rows(Offer, (_offer(n, today) for n in range(len(leads))))
    rows = (_booking(n, lead, first_offer + n, operator, today) for n, lead in enumerate(leads))
    first = insert_rows(Booking, rows)
    insert_rows(Traveller, _travellers(first, len(leads)))
    insert_rows(PaymentDue, _dues(first, len(leads), today))
    insert_rows(LedgerEntry, _ledger(first, len(leads), today))
    insert_rows(BookingTask, _tasks(first, len(leads), today))


def _state(n: int) -> State:
    return STATES[n % len(STATES)]


def _departure(n: int, today: date) -> date:
    is_over = _state(n) in (State.FINISHED, State.CANCELLED, State.REJECTED)
    return today + timedelta(days=(-(n % 300) - 10) if is_over else n % 180)


def _offer(n: int, today: date) -> Offer:
    start = _departure(n, today)
    return Offer(
        row_id=f"bench-{n}",
        departure_city="Алматы",
        country="VN",
        hotel=f"Hotel {n % 150}",
        check_in=start,
        check_out=start + timedelta(days=7),
        nights=7,
        adults=2,
        children_ages=[6],
        price=PRICE,
        currency="USD",
        price_kzt=PRICE * RATE,
        kzt_rate=RATE,
        rated_at=timezone.now(),
        availability="available",
        seen_at=timezone.now(),
    )


def _booking(n: int, lead_id: int, offer_id: int, operator: Operator, today: date) -> Booking:
    state, start = _state(n), _departure(n, today)
    # Late and near days as a desk of ten people has them, not twenty thousand at once.
    due = today + timedelta(days=n % 60 - 2) if state in OWING and n % 2 else None
    return Booking(
        lead_id=lead_id,
        operator=operator,
        offer_id=offer_id,
        state=state,
        country="VN",
        hotel=f"Hotel {n % 150}",
        departure_city="Алматы",
        departs_on=start,
        returns_on=start + timedelta(days=7),
        adults=2,
        children_ages=[6],
        currency="USD",
        price=PRICE,
        rate=RATE,
        rate_on=today,
        price_kzt=PRICE * RATE,
        commission=PRICE / 10,
        claim_number=str(4_000_000 + n),
        client_paid=Decimal(150) if state in OWING else Decimal(0),
        client_due_on=due,
        operator_due_on=due,
    )


def _travellers(first: int, count: int) -> Iterator[Any]:
    for n in range(count * HEADS):
        yield Traveller(
            booking_id=first + n // HEADS,
            surname=f"IVANOV{n % 5000}",
            given_names="ANNA",
            birth_on=date(1980 + n % 30, 1, 1),
            document={"number": f"N{n:08d}"},
            has_document=True,
            expires_on=date(2032, 1, 1),
        )


def _dues(first: int, count: int, today: date) -> Iterator[Any]:
    for n in range(count * 4):
        yield PaymentDue(
            booking_id=first + n // 4,
            side=(Side.CLIENT, Side.OPERATOR)[n % 2],
            position=1 + n % 4 // 2,
            percent=Decimal(50),
            amount=PRICE / 2,
            currency="USD",
            due_on=today + timedelta(days=n % 200 - 100),
        )


def _ledger(first: int, count: int, today: date) -> Iterator[Any]:
    for n in range(count):
        yield LedgerEntry(
            booking_id=first + n,
            side=Side.CLIENT,
            kind=LedgerEntry.Kind.PAYMENT,
            method="kaspi",
            amount=Decimal(150),
            currency="USD",
            tenge=Decimal(150) * RATE,
            rate=RATE,
            paid_on=today - timedelta(days=n % 300),
            submit_key=f"bench-{n}",
        )


def _tasks(first: int, count: int, today: date) -> Iterator[Any]:
    for n in range(count * 2):
        yield BookingTask(
            booking_id=first + n // 2,
            code=f"bench:{n % 2}",
            title="Позвонить",
            due_on=today + timedelta(days=n % 90 - 3),
            done_at=None if n % 5 == 0 else timezone.now(),
        )
