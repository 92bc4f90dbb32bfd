"""The way of a booking through its services."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from bookings.models import Booking, BookingHistory, BookingTask, LedgerEntry, PaymentDue, Side
from bookings.services.booking import (
    Change,
    ClaimAnswer,
    apply_claim,
    change_booking,
    create_booking,
    give_discount,
    mark_sold,
    move_booking,
    send_to_operator,
)
from bookings.services.cancelling import cancel_booking
from bookings.services.payments import Paid, record_payment, record_refund, reverse_entry
from bookings.services.travellers import save_traveller
from bookings.states import MOVES, State
from bookings.tests.booking_rows import (
    DESK,
    adult,
    confirmed,
    fill_travellers,
    fresh,
    make_booking,
    make_person,
    pay,
)
from common.errors import Conflict, InvalidInput, NotAllowed
from integrations.tours.base import Availability
from leads.models import Lead
from leads.services import Actor, move_lead

pytestmark = pytest.mark.django_db
D = Decimal


def states(booking: Booking) -> list[str]:
    rows = BookingHistory.objects.filter(booking=booking, kind="state").order_by("id")
    return list(rows.values_list("after", flat=True))


def test_a_booking_is_made_from_the_offer_as_it_was_found():
    booking = make_booking()

    assert (booking.hotel, booking.country, booking.party) == ("Coral Lagoon Resort", "VN", "2+1")
    assert (booking.price, booking.currency) == (D("1384.00"), "USD")
    assert (booking.rate, booking.price_kzt) == (D("520.0000"), D("719680.00"))
    # Ten per cent is the operator's commission by default.
    assert (booking.commission, booking.margin) == (D("138.40"), D("138.40"))
    assert booking.state == State.DRAFT
    assert Lead.objects.get().stage_id == "booking"


def test_the_same_tour_for_the_same_lead_is_one_booking():
    booking = make_booking()

    again = create_booking(booking.lead_id, booking.offer_id, actor=DESK)

    assert again.pk == booking.pk
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    ("offer", "code"),
    [({"availability": Availability.NONE}, "sold_out"), ({"days": -1}, "departed")],
)
def test_what_can_no_longer_be_sold_is_not_booked(offer, code):
    with pytest.raises(Conflict) as error:
        make_booking(**offer)

    assert error.value.code == code
    assert Booking.objects.count() == 0
    assert Lead.objects.get().stage_id == "new"


def test_a_closed_lead_is_not_booked_for():
    booking = make_booking()
    move_lead(booking.lead_id, "won", actor=DESK)
    cancel_booking(booking.pk, reason="Дубль", actor=DESK)

    with pytest.raises(Conflict):
        create_booking(booking.lead_id, booking.offer_id, actor=DESK)


def test_the_whole_way_with_its_history():
    booking = confirmed()
    pay(booking, "138.40")
    pay(booking, "1245.60")
    pay(booking, "1245.60", Side.OPERATOR)
    for state in (State.DOCUMENTS, State.TRAVELLING, State.FINISHED):
        move_booking(booking.pk, state, actor=DESK)

    assert states(booking) == [
        "travellers", "sent", "confirmed", "prepaid", "client_paid", "operator_paid", "documents",
        "travelling", "finished",
    ]  # fmt: skip
    assert Lead.objects.get().stage_id == "payment"


def test_what_is_wrong_with_the_tourists_keeps_it_from_the_operator():
    booking = make_booking()
    mother, *_others = fill_travellers(booking)
    move_booking(booking.pk, State.TRAVELLERS, actor=DESK)
    soon = adult(booking, expires_on=booking.returns_on)
    save_traveller(booking.pk, soon, actor=DESK, traveller_id=mother.pk)

    with pytest.raises(InvalidInput) as error:
        send_to_operator(booking.pk, actor=DESK)

    assert error.value.code == "validity"
    assert fresh(booking).state == State.TRAVELLERS
    save_traveller(booking.pk, adult(booking), actor=DESK, traveller_id=mother.pk)
    assert send_to_operator(booking.pk, actor=DESK).state == State.SENT


@pytest.mark.parametrize("outcome", [State.SENT, State.ON_REQUEST, State.CONFIRMED, State.REJECTED])
def test_the_operators_answer(outcome):
    booking = make_booking()
    fill_travellers(booking)
    move_booking(booking.pk, State.TRAVELLERS, actor=DESK)
    send_to_operator(booking.pk, actor=DESK)
    answer = ClaimAnswer(" 4711 ", outcome, "Подтверждена", reason="Нет мест")

    apply_claim(booking.pk, answer, actor=DESK)
    apply_claim(booking.pk, answer, actor=DESK)

    found = fresh(booking)
    assert (found.claim_number, found.claim_status, found.state) == (
        "4711",
        "Подтверждена",
        outcome,
    )
    assert BookingHistory.objects.filter(kind="claim").count() == 1
    assert PaymentDue.objects.count() == (4 if outcome == State.CONFIRMED else 0)


def test_an_answer_without_a_number_or_a_refusal_without_a_reason_changes_nothing():
    booking = make_booking()
    fill_travellers(booking)
    move_booking(booking.pk, State.TRAVELLERS, actor=DESK)
    send_to_operator(booking.pk, actor=DESK)

    for answer in (ClaimAnswer(" ", State.CONFIRMED), ClaimAnswer("4711", State.REJECTED)):
        with pytest.raises(InvalidInput):
            apply_claim(booking.pk, answer, actor=DESK)

    assert (fresh(booking).state, fresh(booking).claim_number) == (State.SENT, "")


def test_no_step_is_made_that_the_way_does_not_have():
    booking = make_booking()
    for state in (State.SENT, State.CONFIRMED, State.PREPAID, State.CANCELLED):
        with pytest.raises(Conflict):
            move_booking(booking.pk, state, actor=DESK)
    with pytest.raises(Conflict):
        move_booking(booking.pk, State.FINISHED, actor=DESK)
    assert states(booking) == []


def test_every_state_can_be_left_but_the_two_ends():
    ends = {state for state, following in MOVES.items() if not following}

    assert ends == {State.FINISHED, State.CANCELLED}
    assert set(MOVES) == set(State)


def test_a_stale_page_changes_nothing():
    booking = make_booking()
    move_booking(booking.pk, State.TRAVELLERS, actor=DESK, version=booking.version)

    with pytest.raises(Conflict) as error:
        move_booking(booking.pk, State.DRAFT, actor=DESK, version=booking.version)

    assert error.value.code == "stale"


def test_confirming_plans_money_and_departure_once():
    booking = confirmed()
    apply_claim(booking.pk, ClaimAnswer("4711", State.CONFIRMED), actor=DESK)

    dues = PaymentDue.objects.filter(booking=booking).values_list("side", "amount")
    assert sorted(dues) == [
        ("client", D("138.40")),
        ("client", D("1245.60")),
        ("operator", D("124.56")),
        ("operator", D("1121.04")),
    ]
    codes = BookingTask.objects.filter(booking=booking).values_list("code", flat=True)
    assert len([code for code in codes if code.startswith("d")]) == 7
    assert len([code for code in codes if code.startswith("pay:")]) == 2
    assert (booking.client_due_on, booking.operator_due_on) == (
        min(due.due_on for due in booking.dues.filter(side="client")),
        min(due.due_on for due in booking.dues.filter(side="operator")),
    )


def test_a_discount_needs_the_right_and_a_reason_and_plans_anew():
    booking = confirmed()
    head = Actor(make_person("approve_discount", name="head"), "booking")
    manager = Actor(make_person("change_booking"), "booking")

    with pytest.raises(NotAllowed):
        give_discount(booking.pk, D(84), reason="Постоянный", actor=manager)
    with pytest.raises(InvalidInput):
        give_discount(booking.pk, D(84), reason=" ", actor=head)
    assert fresh(booking).discount == 0
    give_discount(booking.pk, D(84), reason="Постоянный", actor=head)

    found = fresh(booking)
    assert (found.client_total, found.margin) == (D("1300.00"), D("54.40"))
    current = PaymentDue.objects.filter(booking=booking, side="client", is_current=True)
    assert sorted(current.values_list("amount", flat=True)) == [D("130.00"), D("1170.00")]


def test_one_touch_marks_the_lead_as_sold():
    booking = confirmed()

    mark_sold(booking.pk, actor=DESK)

    lead = Lead.objects.get()
    assert (lead.stage_id, lead.amount, lead.currency) == ("won", D("719680.00"), "KZT")


def test_nothing_is_sold_before_the_operator_has_confirmed():
    booking = make_booking()

    with pytest.raises(Conflict):
        mark_sold(booking.pk, actor=DESK)

    assert Lead.objects.get().stage_id == "booking"


# --- changes and cancellation ---------------------------------------------------------------


def test_a_change_goes_back_to_the_operator_and_is_planned_anew():
    booking = confirmed()
    pay(booking, "138.40")

    later = booking.departs_on + timedelta(days=7)
    change = Change(
        departs_on=later, returns_on=later + timedelta(days=7), price=D("1400.00"), fee=D("50")
    )
    change_booking(booking.pk, change, reason="Клиент перенёс", actor=DESK)

    found = fresh(booking)
    assert (found.state, found.price, found.departs_on) == (State.ON_REQUEST, D("1450.00"), later)
    assert not BookingTask.objects.filter(booking=booking, done_at=None).exists()
    apply_claim(booking.pk, ClaimAnswer("4711", State.CONFIRMED), actor=DESK)
    # 10 % of the new price is more than what is paid.
    assert fresh(booking).state == State.CONFIRMED
    current = PaymentDue.objects.filter(booking=booking, is_current=True, side="client")
    assert sum(due.amount for due in current) == D("1450.00")
    assert BookingTask.objects.filter(code=f"d+7:{later}", done_at=None).exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [(Change(), "nothing"), (Change(price=D("100")), "sum"), (Change(price=D("0")), "sum")],
)
def test_a_change_that_makes_no_sense_is_refused(change, code):
    booking = confirmed()
    pay(booking, "138.40")

    with pytest.raises(InvalidInput) as error:
        change_booking(booking.pk, change, reason="Так", actor=DESK)

    assert error.value.code == code
    assert (fresh(booking).state, fresh(booking).price) == (State.PREPAID, D("1384.00"))


@pytest.mark.parametrize(
    ("days", "paid", "penalty", "to_return"),
    [
        (60, "138.40", "0.00", True),
        (20, "276.80", "346.00", False),
        (5, "1384.00", "1384.00", False),
    ],
)
def test_a_cancellation_costs_what_the_rule_says(days, paid, penalty, to_return):
    booking = confirmed(days=days)
    pay(booking, paid)

    cancel_booking(booking.pk, reason="Передумали", actor=DESK)
    cancel_booking(booking.pk, reason="Передумали", actor=DESK)

    found = fresh(booking)
    assert (found.state, found.penalty) == (State.CANCELLED, D(penalty))
    assert found.client_left == D(penalty) - D(paid)
    task = BookingTask.objects.filter(booking=booking, code="refund", done_at=None)
    assert task.exists() == to_return
    assert BookingHistory.objects.filter(after="cancelled").get().reason == "Передумали"


def test_before_the_operator_has_confirmed_cancelling_is_free():
    booking = make_booking(days=3)

    cancel_booking(booking.pk, reason="Передумали", actor=DESK)

    assert fresh(booking).penalty == 0


# --- the ledger -----------------------------------------------------------------------------


def test_the_same_form_pays_once():
    booking = confirmed()
    paid = Paid(method="cash", amount=D("50"))
    first = record_payment(booking.pk, Side.CLIENT, paid, actor=DESK, submit_key="one")

    again = record_payment(booking.pk, Side.CLIENT, paid, actor=DESK, submit_key="one")

    assert again.pk == first.pk
    assert fresh(booking).client_paid == D("50.00")


def test_tenge_are_counted_at_the_rate_of_the_day():
    booking = confirmed()
    paid = Paid(method="kaspi", tenge=D("71968"))

    entry = record_payment(booking.pk, Side.CLIENT, paid, actor=DESK, submit_key="one")

    assert (entry.amount, entry.currency) == (D("138.40"), "USD")
    assert (entry.tenge, entry.rate) == (D("71968.00"), D("520.0000"))
    assert fresh(booking).state == State.PREPAID


@pytest.mark.parametrize(
    ("paid", "code"),
    [
        (Paid(method="cash", amount=D("1384.01")), "too_much"),
        (Paid(method="cash", amount=D("0")), "sum"),
        (Paid(method="cash", amount=D("-5")), "sum"),
        (Paid(method="cash", amount=D("1.001")), "digits"),
        (Paid(method="cash", amount=D("NaN")), "sum"),
        (Paid(method="cash"), "sum"),
        (Paid(method="cash", amount=D("5"), paid_on=timezone.localdate() + timedelta(2)), "date"),
    ],
)
def test_a_payment_that_makes_no_sense_is_refused(paid, code):
    booking = confirmed()

    with pytest.raises(InvalidInput) as error:
        record_payment(booking.pk, Side.CLIENT, paid, actor=DESK, submit_key="one")

    assert error.value.code == code
    assert not LedgerEntry.objects.exists()


def test_nothing_is_paid_before_the_operator_has_confirmed():
    booking = make_booking()

    with pytest.raises(Conflict):
        pay(booking, "10")

    assert not LedgerEntry.objects.exists()


def test_a_refund_takes_the_state_back_and_needs_a_note():
    booking = confirmed()
    pay(booking, "200")
    back = Paid(method="cash", amount=D("100"))

    with pytest.raises(InvalidInput):
        record_refund(booking.pk, Side.CLIENT, back, actor=DESK, submit_key="back")
    record_refund(
        booking.pk,
        Side.CLIENT,
        Paid(method="cash", amount=D("100"), note="Ошиблись"),
        actor=DESK,
        submit_key="back",
    )

    assert (fresh(booking).client_paid, fresh(booking).state) == (D("100.00"), State.CONFIRMED)
    assert sorted(LedgerEntry.objects.values_list("amount", flat=True)) == [D("-100"), D("200")]


def test_more_than_was_paid_does_not_go_back():
    booking = confirmed()
    pay(booking, "100")
    back = Paid(method="cash", amount=D("100.01"), note="Отмена")

    with pytest.raises(InvalidInput):
        record_refund(booking.pk, Side.CLIENT, back, actor=DESK, submit_key="back")

    assert fresh(booking).client_paid == D("100.00")


def test_a_mistake_gets_a_reversal_once():
    booking = confirmed()
    wrong = pay(booking, "138.40")

    first = reverse_entry(wrong.pk, reason="Не та бронь", actor=DESK)
    again = reverse_entry(wrong.pk, reason="Не та бронь", actor=DESK)

    assert again.pk == first.pk
    assert (first.amount, first.tenge) == (D("-138.40"), D("-71968"))
    assert (fresh(booking).client_paid, fresh(booking).state) == (D("0.00"), State.CONFIRMED)
    with pytest.raises(Conflict):
        reverse_entry(first.pk, reason="Ещё раз", actor=DESK)


def test_the_database_itself_refuses_to_edit_the_ledger():
    entry = pay(confirmed(), "100")

    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.filter(pk=entry.pk).update(amount=D("1"))

    assert LedgerEntry.objects.get().amount == D("100.00")
