"""Money of a booking: the two schedules and the ledger. One booking, one hand at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.models import Booking, LedgerEntry, PaymentDue, Side
from bookings.money import MOST, ZERO, checked_rate, checked_sum, in_tenge, settled_by
from bookings.services.rows import (
    Kind,
    locked_booking,
    needed_reason,
    record,
    save_booking,
    set_state,
)
from bookings.services.terms import pay_rules, rate_on, work_calendar
from bookings.states import BY_LEDGER, OWING, State, state_by_ledger
from bookings.terms import Instalment, instalments, left_of_parts, shares
from common.errors import Conflict, InvalidInput
from leads.services import Actor

# A client pays the rest one working day before the agency has to.
AHEAD = {Side.CLIENT: 1, Side.OPERATOR: 0}


@dataclass(frozen=True, kw_only=True)
class Paid:
    """What a person typed: a sum in the booking's currency, or in tenge (then `amount` is None).

    `rate` only where the operator's own rate of that day is not known or was another.
    """

    method: str
    amount: Decimal | None = None
    tenge: Decimal | None = None
    rate: Decimal | None = None
    paid_on: date = field(default_factory=timezone.localdate)
    note: str = ""


def make_schedules(booking: Booking, *, today: date) -> None:
    """Plan both sides anew, under the caller's lock; what was planned before is closed."""
    calendar, rules = work_calendar(), pay_rules(booking)
    PaymentDue.objects.filter(booking=booking, is_current=True).update(is_current=False)
    for side, total in totals_of(booking).items():
        parts = instalments(
            total,
            booking.currency,
            agreed_on=today,
            departs_on=booking.departs_on,
            rules=rules,
            calendar=calendar,
            ahead_working_days=AHEAD[side],
        )
        _save_parts(booking, side, parts)


def follow_total(booking: Booking, side: Side) -> None:
    """Let the parts of one side make its new total, under the caller's lock.

    Days and shares stay: a discount gives nobody more time, the operator least of all.
    """
    dues = booking.dues.filter(side=side, is_current=True).order_by("position")
    agreed = [(due.percent, due.due_on) for due in dues]
    if not agreed:
        return
    dues.update(is_current=False)
    _save_parts(booking, side, shares(totals_of(booking)[side], booking.currency, agreed))


def totals_of(booking: Booking) -> dict[Side, Decimal]:
    return {Side.CLIENT: booking.client_total, Side.OPERATOR: booking.operator_total}


def _save_parts(booking: Booking, side: Side, parts: list[Instalment]) -> None:
    PaymentDue.objects.bulk_create(
        PaymentDue(
            booking=booking,
            side=side,
            position=number,
            percent=part.percent,
            amount=part.amount,
            currency=booking.currency,
            due_on=part.due_on,
        )
        for number, part in enumerate(parts, start=1)
    )


@transaction.atomic
def record_payment(
    booking_id: int, side: Side, paid: Paid, *, actor: Actor, submit_key: str
) -> LedgerEntry:
    """Write a payment into the ledger; the booking's state follows. The same key pays once.

    Raises Conflict in a state in which nothing is owed, InvalidInput for more than is owed.
    """
    booking = locked_booking(booking_id)
    if known := _known(booking, submit_key):
        return known
    _ensure_owing(booking)
    left = booking.client_left if side == Side.CLIENT else booking.operator_left
    rate = _rate(booking, paid)
    amount, tenge = _both_sums(booking, paid, left, rate)
    if amount > left:
        message = _("More than is owed: %(left)s %(currency)s are left.")
        words = {"left": max(left, ZERO), "currency": booking.currency}
        raise InvalidInput(message % words, code="too_much", field="amount")
    entry = LedgerEntry(kind=LedgerEntry.Kind.PAYMENT, amount=amount, tenge=tenge, rate=rate)
    return _write(booking, side, entry, paid, actor, submit_key)


@transaction.atomic
def record_refund(
    booking_id: int, side: Side, paid: Paid, *, actor: Actor, submit_key: str
) -> LedgerEntry:
    """Write that money went back, at most as much as was paid, in any state. It needs a note.

    Raises InvalidInput for more, or without a note.
    """
    booking = locked_booking(booking_id)
    if known := _known(booking, submit_key):
        return known
    needed_reason(paid.note)
    present = booking.client_paid if side == Side.CLIENT else booking.operator_paid
    rate = _rate(booking, paid)
    amount, tenge = _both_sums(booking, paid, present, rate)
    if amount > present:
        message = _("More than was paid: %(paid)s %(currency)s.")
        words = {"paid": present, "currency": booking.currency}
        raise InvalidInput(message % words, code="too_much", field="amount")
    entry = LedgerEntry(kind=LedgerEntry.Kind.REFUND, amount=-amount, tenge=-tenge, rate=rate)
    return _write(booking, side, entry, paid, actor, submit_key)


@transaction.atomic
def reverse_entry(entry_id: int, *, reason: str, actor: Actor) -> LedgerEntry:
    """Take a mistaken row back by its opposite. Safe twice: the first reversal is returned.

    Raises Conflict where more would be taken back than is there.
    """
    needed_reason(reason)
    wrong = LedgerEntry.objects.get(pk=entry_id)
    booking = locked_booking(wrong.booking_id)
    if known := LedgerEntry.objects.filter(reversal_of=wrong).first():
        return known
    if wrong.kind == LedgerEntry.Kind.REVERSAL:
        raise Conflict(_("A reversal is not reversed: enter the payment again."), code="reversal")
    present = booking.client_paid if wrong.side == Side.CLIENT else booking.operator_paid
    if wrong.amount > present:
        raise Conflict(_("This money has gone back already."), code="refunded")
    entry = LedgerEntry(
        kind=LedgerEntry.Kind.REVERSAL,
        amount=-wrong.amount,
        tenge=-wrong.tenge,
        rate=wrong.rate,
        reversal_of=wrong,
    )
    paid = Paid(method=wrong.method, note=reason)
    return _write(booking, Side(wrong.side), entry, paid, actor, f"reversal:{wrong.pk}")


def _known(booking: Booking, submit_key: str) -> LedgerEntry | None:
    known = LedgerEntry.objects.filter(submit_key=submit_key).first()
    if known and known.booking_id != booking.pk:
        raise Conflict(_("This form has been used already. Reload the page."), code="used")
    return known


def _ensure_owing(booking: Booking) -> None:
    if booking.state not in (*OWING, State.FINISHED, State.CANCELLED):
        message = _("Nothing is paid before the operator has confirmed.")
        raise Conflict(message, code="not_owing")


def _rate(booking: Booking, paid: Paid) -> Decimal:
    today = timezone.localdate()
    if paid.paid_on > today:
        raise InvalidInput(_("This day has not come yet."), code="date", field="paid_on")
    if paid.rate is not None:
        return checked_rate(paid.rate)
    return rate_on(paid.paid_on, booking.currency, booking.operator.code)


def _both_sums(
    booking: Booking, paid: Paid, owed: Decimal, rate: Decimal
) -> tuple[Decimal, Decimal]:
    """The sum in the booking's currency and in tenge; the one that was not typed is counted.

    Raises InvalidInput where the other one comes to nothing, or to more than is ever paid.
    """
    if paid.amount is not None:
        amount = checked_sum(paid.amount)
        tenge = in_tenge(amount, booking.currency, rate)
    elif paid.tenge is not None:
        tenge = checked_sum(paid.tenge, "tenge")
        amount = settled_by(tenge, owed, booking.currency, rate)
    else:
        raise InvalidInput(_("Write a sum above zero."), code="sum", field="amount")
    if not (ZERO < amount <= MOST and ZERO < tenge <= MOST):
        raise InvalidInput(_("At this rate the sum is out of bounds."), code="sum", field="amount")
    return amount, tenge


def _write(
    booking: Booking, side: Side, entry: LedgerEntry, paid: Paid, actor: Actor, submit_key: str
) -> LedgerEntry:
    entry.booking, entry.side, entry.currency = booking, side, booking.currency
    entry.method, entry.paid_on, entry.note = paid.method, paid.paid_on, paid.note[:300]
    entry.actor, entry.submit_key = actor.user, submit_key
    entry.save(force_insert=True)
    said = f"{entry.get_kind_display()}: {entry.amount} {entry.currency}"
    record(booking, Kind.MONEY, actor, before=str(side.label), after=said, reason=paid.note)
    follow_ledger(booking, actor)
    return entry


def follow_ledger(booking: Booking, actor: Actor) -> None:
    """Let sums, next days and state say what ledger and schedules say; under the caller's lock."""
    sums = LedgerEntry.objects.filter(booking=booking).values_list("side")
    paid = dict(sums.annotate(total=Sum("amount")).order_by())
    booking.client_paid = paid.get(Side.CLIENT, ZERO)
    booking.operator_paid = paid.get(Side.OPERATOR, ZERO)
    dues = list(booking.dues.filter(is_current=True).order_by("position"))
    booking.client_due_on = _next_day(dues, Side.CLIENT, booking.client_paid)
    booking.operator_due_on = _next_day(dues, Side.OPERATOR, booking.operator_paid)
    save_booking(booking, "client_paid", "operator_paid", "client_due_on", "operator_due_on")
    if booking.state in BY_LEDGER:
        first = next((due.amount for due in dues if due.side == Side.CLIENT), ZERO)
        state = state_by_ledger(
            client_paid=booking.client_paid,
            client_total=booking.client_total,
            first_due=first,
            operator_left=booking.operator_left,
        )
        set_state(booking, state, actor)


def _next_day(dues: list[PaymentDue], side: Side, paid: Decimal) -> date | None:
    """The day of the first part that the money so far does not cover."""
    parts = [due for due in dues if due.side == side]
    left = left_of_parts([due.amount for due in parts], paid)
    return next((due.due_on for due, rest in zip(parts, left, strict=True) if rest), None)
