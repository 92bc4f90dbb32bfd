"""Many hands on one booking at once: real threads on PostgreSQL."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Count, Sum

from bookings.models import Booking, LedgerEntry, PaymentDue, Side
from bookings.services.booking import ClaimAnswer, apply_claim, create_booking
from bookings.services.cancelling import cancel_booking
from bookings.services.payments import Paid, record_payment, record_refund, reverse_entry
from bookings.services.traveller_links import (
    find_traveller_link,
    hand_in,
    open_traveller_link,
)
from bookings.states import State
from bookings.tests.booking_rows import DESK, adult, confirmed, fresh, make_booking, pay
from common.errors import DomainError
from tests.test_races import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]
HANDS = 20
D = Decimal


@pytest.fixture(autouse=True)
def _needs_postgres():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite in memory has one connection")


def ledger_sum(booking: Booking, side: str) -> Decimal:
    rows = LedgerEntry.objects.filter(booking=booking, side=side)
    return rows.aggregate(total=Sum("amount"))["total"] or D(0)


def assert_ledger_is_right(booking: Booking) -> None:
    """Sums repeat the ledger, nothing is paid twice, one schedule is current."""
    assert booking.client_paid == ledger_sum(booking, "client")
    assert booking.operator_paid == ledger_sum(booking, "operator")
    assert D(0) <= booking.client_paid <= booking.price
    current = PaymentDue.objects.filter(booking=booking, is_current=True)
    places = current.values("side", "position").annotate(count=Count("pk"))
    assert all(row["count"] == 1 for row in places)
    assert not [row for row in places if row["position"] > 2]


def test_twenty_people_pay_and_cancel_at_once():
    booking = confirmed(price="1000.00", converted_price=D(520_000))

    def act(number: int) -> str:
        if number % 5 == 4:
            cancel_booking(booking.pk, reason="Передумали", actor=DESK)
            return "cancelled"
        side = Side.OPERATOR if number % 5 == 3 else Side.CLIENT
        paid = Paid(method="cash", amount=D("100"))
        record_payment(booking.pk, side, paid, actor=DESK, submit_key=f"hand-{number}")
        return "paid"

    results = at_once(act, HANDS)

    failures = [one for one in results if isinstance(one, Exception)]
    assert all(isinstance(one, DomainError) for one in failures), failures
    found = fresh(booking)
    assert found.state == State.CANCELLED
    assert Counter(map(str, results))["cancelled"] == 4
    assert LedgerEntry.objects.count() == results.count("paid")
    assert_ledger_is_right(found)
    assert found.history.filter(after="cancelled").count() == 1


def test_twenty_people_pay_the_whole_at_once_and_it_is_paid_once():
    booking = confirmed()

    def act(number: int) -> None:
        paid = Paid(method="kaspi", tenge=D("719680"))
        record_payment(booking.pk, Side.CLIENT, paid, actor=DESK, submit_key=f"hand-{number}")

    results = at_once(act, HANDS)

    assert Counter(type(one).__name__ for one in results) == {"NoneType": 1, "InvalidInput": 19}
    assert LedgerEntry.objects.count() == 1
    assert fresh(booking).client_left == 0
    assert_ledger_is_right(fresh(booking))


def test_one_form_from_twenty_clicks_is_one_payment():
    booking = confirmed()

    def act(_number: int) -> int:
        paid = Paid(method="cash", amount=D("10"))
        return record_payment(booking.pk, Side.CLIENT, paid, actor=DESK, submit_key="same").pk

    assert len(set(at_once(act, HANDS))) == 1
    assert fresh(booking).client_paid == D("10.00")


def test_refunds_and_reversals_never_give_more_back_than_is_there():
    booking = confirmed()
    entry = pay(booking, "100")

    def act(number: int) -> None:
        if number % 2:
            reverse_entry(entry.pk, reason="Ошибка", actor=DESK)
            return
        back = Paid(method="cash", amount=D("100"), note="Возврат")
        record_refund(booking.pk, Side.CLIENT, back, actor=DESK, submit_key=f"back-{number}")

    at_once(act, HANDS)

    assert fresh(booking).client_paid == 0
    assert LedgerEntry.objects.count() == 2
    assert_ledger_is_right(fresh(booking))


def test_the_operators_answer_from_twenty_sides_makes_one_schedule():
    booking = confirmed()
    Booking.objects.update(state=State.ON_REQUEST)
    PaymentDue.objects.all().delete()
    booking.tasks.all().delete()

    at_once(
        lambda _: apply_claim(booking.pk, ClaimAnswer("4711", State.CONFIRMED), actor=DESK), HANDS
    )

    assert PaymentDue.objects.count() == 4
    assert booking.tasks.count() == 10
    assert_ledger_is_right(fresh(booking))


def test_one_tour_booked_from_twenty_sides_is_one_booking():
    booking = make_booking()
    lead_id, offer_id = booking.lead_id, booking.offer_id
    booking.delete()

    results = at_once(lambda _: create_booking(lead_id, offer_id, actor=DESK).pk, HANDS)

    assert len(set(results)) == 1
    assert Booking.objects.count() == 1


def test_a_page_handed_in_from_twenty_sides_is_taken_once():
    booking = make_booking()
    link = find_traveller_link(open_traveller_link(booking.pk, actor=DESK))
    assert link

    results = at_once(lambda _: hand_in(link.pk, [adult(booking)]).pk, HANDS)

    assert Counter(type(one).__name__ for one in results) == {"int": 1, "Conflict": 19}
    assert booking.travellers.count() == 1
