"""The end of a booking that does not travel: what it costs and what goes back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.models import Booking, PaymentDue, Side
from bookings.money import ZERO, checked_sum
from bookings.services.payments import follow_ledger
from bookings.services.rows import locked_booking, needed_reason, save_booking, set_state
from bookings.services.tasks import add_task, close_tasks
from bookings.services.terms import penalty_of, work_calendar
from bookings.states import OWING, State
from common.errors import InvalidInput
from leads.services import Actor

PENALTY_WORKING_DAYS = 3


@transaction.atomic
def cancel_booking(
    booking_id: int,
    *,
    reason: str,
    actor: Actor,
    penalty: Decimal | None = None,
    today: date | None = None,
) -> Booking:
    """Cancel; `penalty` in the booking's currency, where the operator takes another than its rule.

    What is paid above the penalty is to be given back: a task for the accountant. Safe twice.
    """
    booking = locked_booking(booking_id)
    if booking.state == State.CANCELLED:
        return booking
    reason, today = needed_reason(reason), today or timezone.localdate()
    booking.penalty = _penalty(booking, penalty, today)
    PaymentDue.objects.filter(booking=booking, is_current=True).update(is_current=False)
    save_booking(booking, "penalty")
    set_state(booking, State.CANCELLED, actor, reason=reason)
    close_tasks(booking, _("The booking was cancelled"))
    _owe_penalty(booking, today)
    follow_ledger(booking, actor)
    if booking.client_left < 0:
        _plan_refund(booking, today)
    return booking


def _penalty(booking: Booking, given: Decimal | None, today: date) -> Decimal:
    """What a person typed; else the rule's, once confirmed: a change in between is not free."""
    if given is None:
        is_agreed = booking.state in OWING or (
            booking.state == State.ON_REQUEST and booking.dues.exists()
        )
        return penalty_of(booking, today).amount if is_agreed else ZERO
    penalty = checked_sum(given, "penalty") if given else ZERO
    if penalty > booking.price:
        raise InvalidInput(_("More than the price."), code="sum", field="penalty")
    return penalty


def _owe_penalty(booking: Booking, today: date) -> None:
    if not booking.penalty:
        return
    due_on = work_calendar().after(today, PENALTY_WORKING_DAYS)
    PaymentDue.objects.bulk_create(
        PaymentDue(
            booking=booking,
            side=side,
            position=1,
            percent=Decimal(100),
            amount=booking.penalty,
            currency=booking.currency,
            due_on=due_on,
        )
        for side in Side
    )


def _plan_refund(booking: Booking, today: date) -> None:
    words = {"sum": -booking.client_left, "currency": booking.currency}
    add_task(
        booking,
        code="refund",
        audience="accountant",
        title=_("Give %(sum)s %(currency)s back to the client") % words,
        due_on=work_calendar().after(today, PENALTY_WORKING_DAYS),
    )


def plan_return(booking: Booking) -> None:
    """The operator has rejected what is paid already: a person decides what becomes of it."""
    title = _("Rejected after the client has paid %(sum)s %(currency)s: cancel and give back")
    add_task(
        booking,
        code=f"rejected:{booking.version}",
        audience="accountant",
        title=title % {"sum": booking.client_paid, "currency": booking.currency},
        due_on=work_calendar().after(timezone.localdate(), PENALTY_WORKING_DAYS),
    )
