"""Money that is easily lost from sight: new totals, changes, cancellations, odd sums."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking, BookingDocument, BookingTask, LedgerEntry, PaymentDue, Side
from bookings.services.booking import (
    Change,
    ClaimAnswer,
    apply_claim,
    change_booking,
    give_discount,
)
from bookings.services.cancelling import cancel_booking
from bookings.services.payments import Paid, record_payment, record_refund
from bookings.services.radar import clients_to_pay, money_at_risk
from bookings.states import State
from bookings.tests.booking_rows import DESK, confirmed, fresh, make_person, pay
from common.errors import InvalidInput
from leads.services import Actor

pytestmark = pytest.mark.django_db
D = Decimal
CASHIER = ("view_booking", "change_booking", "view_lead", "add_ledgerentry")


def parts(booking: Booking, side: str) -> list[tuple[Decimal, object]]:
    dues = PaymentDue.objects.filter(booking=booking, side=side, is_current=True)
    return list(dues.order_by("position").values_list("amount", "due_on"))


def head() -> Actor:
    return Actor(make_person("approve_discount", name="head"), "booking")


def test_a_discount_gives_nobody_more_time():
    booking = confirmed()
    late = timezone.localdate() - timedelta(days=2)
    PaymentDue.objects.filter(position=1).update(due_on=late)
    pay(booking, "138.40")
    before, operator = parts(booking, "client"), parts(booking, "operator")

    give_discount(booking.pk, D("84"), reason="Постоянный", actor=head())

    assert parts(booking, "operator") == operator
    assert parts(booking, "client") == [(D("130.00"), late), (D("1170.00"), before[1][1])]
    found = fresh(booking)
    assert (found.state, found.operator_due_on) == (State.PREPAID, late)
    assert (found.client_due_on, found.client_left) == (before[1][1], D("1161.60"))


def test_after_a_discount_the_client_is_reminded_of_the_new_parts():
    booking = confirmed()

    give_discount(booking.pk, D("84"), reason="Постоянный", actor=head())

    dues = booking.dues.filter(side="client", is_current=True)
    codes = {f"pay:{due.pk}" for due in dues}
    assert codes <= set(booking.tasks.filter(done_at=None).values_list("code", flat=True))


def changed(booking: Booking) -> Booking:
    change_booking(booking.pk, Change(hotel="Другой"), reason="Перенёс", actor=DESK)
    return fresh(booking)


def test_a_confirmed_booking_that_waits_for_a_change_is_not_cancelled_for_nothing():
    booking = changed(confirmed(days=20))

    cancel_booking(booking.pk, reason="Передумали", actor=DESK)

    assert fresh(booking).penalty == D("346.00")


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_a_penalty_a_person_has_typed_is_the_penalty(is_confirmed):
    booking = confirmed()
    if not is_confirmed:
        booking = changed(booking)

    cancel_booking(booking.pk, reason="Виза", actor=DESK, penalty=D("50"))

    assert fresh(booking).penalty == D("50.00")


def test_a_penalty_nobody_has_paid_to_the_operator_stays_in_sight():
    booking = confirmed(days=20)
    pay(booking, "276.80")

    cancel_booking(booking.pk, reason="Передумали", actor=DESK)

    soon = timezone.localdate() + timedelta(days=7)
    assert list(money_at_risk(Booking.objects.all(), soon)) == [booking]
    assert list(clients_to_pay(Booking.objects.all(), soon)) == [booking]
    pay(booking, "69.20")
    pay(booking, "346.00", Side.OPERATOR)
    assert not money_at_risk(Booking.objects.all(), soon)
    assert not clients_to_pay(Booking.objects.all(), soon)


def test_a_change_takes_no_money_off_the_radar():
    booking = confirmed()
    pay(booking, "138.40")
    changed(booking)

    late = timezone.localdate() + timedelta(days=14)
    assert list(money_at_risk(Booking.objects.all(), late)) == [booking]


def test_a_change_the_operator_rejects_leaves_the_paid_money_as_a_task():
    booking = confirmed()
    pay(booking, "138.40")
    changed(booking)
    answer = ClaimAnswer("4711", State.REJECTED, reason="Нет мест")

    apply_claim(booking.pk, answer, actor=DESK)
    apply_claim(booking.pk, answer, actor=DESK)

    task = BookingTask.objects.get(booking=booking, audience="accountant", done_at=None)
    assert "138.40 USD" in task.title
    back = Paid(method="cash", amount=D("138.40"), note="Отказ оператора")
    record_refund(booking.pk, Side.CLIENT, back, actor=DESK, submit_key="back")
    assert (fresh(booking).client_paid, fresh(booking).state) == (D("0.00"), State.REJECTED)


@pytest.mark.parametrize(
    "paid",
    [
        Paid(method="cash", tenge=D("0.01")),
        Paid(method="cash", tenge=D("2")),
        Paid(method="cash", amount=D("0.01"), rate=D("0.5")),
        Paid(method="cash", amount=D("1000"), rate=D("9999999")),
        Paid(method="cash", amount=D("10"), rate=D("520.12345")),
        Paid(method="cash", amount=D("10"), rate=D("0")),
        Paid(method="cash", amount=D("10"), rate=D("Infinity")),
    ],
)
def test_sums_that_come_to_nothing_or_too_much_are_refused(paid):
    booking = confirmed()

    with pytest.raises(InvalidInput):
        record_payment(booking.pk, Side.CLIENT, paid, actor=DESK, submit_key="one")

    assert not LedgerEntry.objects.exists()


def test_a_rate_has_four_digits_like_the_operators():
    booking = confirmed()
    paid = Paid(method="cash", amount=D("100"), rate=D("541.2537"))

    entry = record_payment(booking.pk, Side.CLIENT, paid, actor=DESK, submit_key="one")

    assert (entry.rate, entry.tenge) == (D("541.2537"), D("54125"))


def paid_form(receipt: bytes) -> dict[str, object]:
    return {
        "side": "client", "amount": "100", "method": "cash", "submit_key": "one",
        "paid_on": timezone.localdate().isoformat(), "note": "Возврат",
        "receipt": SimpleUploadedFile("чек.pdf", receipt),
    }  # fmt: skip


@pytest.mark.parametrize("action", ["pay", "refund"])
def test_a_receipt_that_is_not_kept_leaves_no_payment(client, action):
    booking = confirmed()
    pay(booking, "100")
    client.force_login(make_person(*CASHIER))
    url = reverse("admin:bookings_act", args=[booking.pk, action])

    client.post(url, paid_form(b"<html>"))

    assert LedgerEntry.objects.count() == 1
    client.post(url, paid_form(b"%PDF-1.4"))
    client.post(url, paid_form(b"%PDF-1.4"))
    entry = LedgerEntry.objects.get(submit_key="one")
    assert BookingDocument.objects.get(kind="receipt").payment == entry


def test_after_all_migrations_the_database_still_refuses_to_edit_the_ledger():
    """A migration that remakes the table on SQLite drops the trigger with it."""
    table = "sqlite_master" if connection.vendor == "sqlite" else "pg_trigger"
    column = "name" if connection.vendor == "sqlite" else "tgname"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE {column} = 'ledger_no_update'")
        assert cursor.fetchone(), "repeat the trigger of 0004 after the migration that remade it"
