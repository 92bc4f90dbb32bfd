"""The way of a booking, one service for each step. Each checks, changes, records and says why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.models import Booking, FlightLeg, Offer, Operator, Side
from bookings.money import ZERO, checked_sum, in_tenge, percent_of
from bookings.services.cancelling import plan_return
from bookings.services.payments import follow_ledger, follow_total, make_schedules
from bookings.services.rows import (
    Kind,
    locked_booking,
    needed_reason,
    record,
    save_booking,
    set_state,
)
from bookings.services.tasks import close_tasks, plan_departure, plan_payment_reminders
from bookings.services.terms import rate_on
from bookings.services.travellers import problems_of_booking
from bookings.states import BY_LEDGER, OWING, UNCONFIRMED, State
from common.errors import Conflict, InvalidInput, NotAllowed
from leads.models import Lead, LeadStage
from leads.services import Actor, advance_lead, locked_lead, move_lead


@dataclass(frozen=True)
class ClaimAnswer:
    """The port to the operator: what it says of our claim, typed by a manager or read by an API.

    `outcome` is one of `SENT`, `ON_REQUEST`, `CONFIRMED`, `REJECTED` of the booking's states.
    """

    number: str
    outcome: State
    status: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a booking is changed to; None leaves a part as it is. `fee` is added to the price."""

    price: Decimal | None = None
    fee: Decimal = ZERO
    commission: Decimal | None = None
    departs_on: date | None = None
    returns_on: date | None = None
    hotel: str | None = None
    adults: int | None = None
    children_ages: list[int] | None = None


@transaction.atomic
def create_booking(lead_id: int, offer_id: int, *, actor: Actor) -> Booking:
    """Book a tour as it was found for a lead; the lead moves forward to «Бронирование».

    The same tour for the same lead is one booking while it lives. Raises InvalidInput for an
    operator nobody keeps or a currency without a rate, Conflict for a closed lead.
    """
    lead = locked_lead(lead_id)
    offer = Offer.objects.get(pk=offer_id)
    known = Booking.objects.live().filter(lead=lead, offer=offer).first()
    if known:
        return known
    _ensure_bookable(lead, offer)
    operator = Operator.objects.filter(code=offer.operator).first()
    if operator is None:
        raise InvalidInput(_("Add this operator to the list of operators first."), code="operator")
    booking = _snapshot(lead, offer, operator)
    booking.save(force_insert=True)
    FlightLeg.objects.bulk_create(_flights(booking, offer))
    after = f"{offer.hotel}, {booking.price} {booking.currency}"
    record(booking, Kind.CREATED, actor, after=after)
    advance_lead(lead_id, LeadStage.Code.BOOKING, actor=actor)
    return booking


def _ensure_bookable(lead: Lead, offer: Offer) -> None:
    if lead.is_closed:
        raise Conflict(_("The lead is closed: open it again first."), code="closed")
    if offer.availability == Offer.Availability.NONE:
        raise Conflict(_("This tour is sold out: search again."), code="sold_out")
    if offer.check_in < timezone.localdate():
        raise Conflict(_("This tour has left already."), code="departed")


def _snapshot(lead: Lead, offer: Offer, operator: Operator) -> Booking:
    today = timezone.localdate()
    rate = offer.kzt_rate or rate_on(today, offer.currency, operator.code)
    price_kzt = offer.price_kzt or in_tenge(offer.price, offer.currency, rate)
    percent = operator.commission_percent
    return Booking(
        lead=lead,
        operator=operator,
        offer=offer,
        country=offer.country,
        resort=offer.resort,
        hotel=offer.hotel,
        departure_city=offer.departure_city,
        departs_on=offer.check_in,
        returns_on=offer.check_out,
        adults=offer.adults,
        children_ages=list(offer.children_ages),
        currency=offer.currency,
        price=offer.price,
        rate=rate,
        rate_on=timezone.localdate(offer.rated_at) if offer.rated_at else today,
        price_kzt=price_kzt,
        commission=percent_of(offer.price, percent, offer.currency),
    )


def _flights(booking: Booking, offer: Offer) -> list[FlightLeg]:
    """The operator's flights of the row, where it told them."""
    return [
        FlightLeg(
            booking=booking,
            number=str(leg.get("number", ""))[:12],
            from_airport=f"{leg.get('from_city', '')} {leg.get('from_port', '')}".strip()[:60],
            to_airport=f"{leg.get('to_city', '')} {leg.get('to_port', '')}".strip()[:60],
            departs_local=str(leg.get("departs_at", "")).replace("T", " ")[:16],
            arrives_local=str(leg.get("arrives_at", "")).replace("T", " ")[:16],
        )
        for leg in offer.flights
        if isinstance(leg, dict)
    ]


@transaction.atomic
def move_booking(
    booking_id: int, state: State, *, actor: Actor, reason: str = "", version: int | None = None
) -> Booking:
    """A step that needs nothing but a person's word: to tourists' data, back, to documents, on.

    Raises Conflict for a step that the operator's answer, the money or a cancellation makes.
    """
    booking = locked_booking(booking_id, version)
    by_hand = (State.DRAFT, State.TRAVELLERS, State.DOCUMENTS, State.TRAVELLING, State.FINISHED)
    if state not in by_hand:
        raise Conflict(_("This step is not made by hand."), code="state")
    set_state(booking, state, actor, reason=reason)
    return booking


@transaction.atomic
def send_to_operator(booking_id: int, *, actor: Actor, version: int | None = None) -> Booking:
    """Tourists are ready: the claim may be made. Raises InvalidInput while something is wrong."""
    booking = locked_booking(booking_id, version)
    problems = problems_of_booking(booking)
    if problems:
        raise InvalidInput(problems[0].text, code=problems[0].code, field="travellers")
    set_state(booking, State.SENT, actor)
    return booking


@transaction.atomic
def apply_claim(booking_id: int, answer: ClaimAnswer, *, actor: Actor) -> Booking:
    """Write the operator's claim and what became of it. Safe to run twice.

    Confirmed: both schedules are made, the departure is planned, the lead moves to «Оплата».
    """
    booking = locked_booking(booking_id)
    number = answer.number.strip()[:40]
    if not number:
        raise InvalidInput(_("Write the number of the claim."), code="claim", field="number")
    before = f"{booking.claim_number} {booking.claim_status}".strip()
    booking.claim_number, booking.claim_status = number, answer.status.strip()[:80]
    after = f"{number} {booking.claim_status}".strip()
    if before != after:
        save_booking(booking, "claim_number", "claim_status")
        record(booking, Kind.CLAIM, actor, before=before, after=after)
    if answer.outcome == State.CONFIRMED:
        _confirm(booking, actor)
    elif answer.outcome == State.REJECTED:
        _reject(booking, actor, answer.reason)
    elif answer.outcome in (State.SENT, State.ON_REQUEST):
        set_state(booking, answer.outcome, actor, reason=answer.reason)
    else:
        raise InvalidInput(_("The operator does not answer so."), code="outcome", field="outcome")
    return booking


def _reject(booking: Booking, actor: Actor, reason: str) -> None:
    """After a change the client may have paid already: that money must not be forgotten."""
    if booking.state == State.REJECTED:
        return
    set_state(booking, State.REJECTED, actor, reason=needed_reason(reason))
    if booking.client_paid:
        plan_return(booking)


def _confirm(booking: Booking, actor: Actor) -> None:
    if booking.state in OWING:
        return
    today = timezone.localdate()
    set_state(booking, State.CONFIRMED, actor)
    make_schedules(booking, today=today)
    follow_ledger(booking, actor)
    plan_departure(booking, today=today)
    plan_payment_reminders(booking, today=today)
    advance_lead(booking.lead_id, LeadStage.Code.PAYMENT, actor=actor)


@transaction.atomic
def give_discount(booking_id: int, amount: Decimal, *, reason: str, actor: Actor) -> Booking:
    """Let the client pay less, on the word of somebody who may approve it.

    Raises NotAllowed without the right, InvalidInput for more than the price or what is paid.
    """
    if actor.user is None or not actor.user.has_perm("bookings.approve_discount"):
        raise NotAllowed(_("Only the head of sales approves discounts."), code="discount")
    booking = locked_booking(booking_id)
    reason = needed_reason(reason)
    amount = checked_sum(amount) if amount else ZERO
    if booking.state not in (*UNCONFIRMED, *BY_LEDGER):
        raise Conflict(_("It is too late for a discount."), code="state")
    if amount > booking.price - booking.client_paid:
        raise InvalidInput(_("More than the client still owes."), code="sum", field="amount")
    before, booking.discount, booking.discount_by = booking.discount, amount, actor.user
    save_booking(booking, "discount", "discount_by")
    words = {"before": f"{before} {booking.currency}", "after": f"{amount} {booking.currency}"}
    record(booking, Kind.CHANGE, actor, reason=reason, **words)
    if booking.state in BY_LEDGER:
        follow_total(booking, Side.CLIENT)
        follow_ledger(booking, actor)
        plan_payment_reminders(booking, today=timezone.localdate())
    return booking


@transaction.atomic
def change_booking(
    booking_id: int, change: Change, *, reason: str, actor: Actor, version: int | None = None
) -> Booking:
    """Change dates, hotel, party or price. What the operator has seen, it has to confirm again.

    Raises Conflict for a booking that travels or is over, InvalidInput for a price below what is
    paid or days in the wrong order.
    """
    booking = locked_booking(booking_id, version)
    reason = needed_reason(reason)
    if booking.state not in (*UNCONFIRMED, *BY_LEDGER, State.DOCUMENTS):
        raise Conflict(_("This booking can't be changed any more."), code="state")
    fields = _apply_change(booking, change)
    if booking.returns_on < booking.departs_on:
        raise InvalidInput(
            _("The return is before the departure."), code="dates", field="returns_on"
        )
    if booking.client_left < 0 or booking.operator_left < 0:
        message = _("More is paid already: give money back first.")
        raise InvalidInput(message, code="sum", field="price")
    save_booking(booking, *fields)
    after = f"{booking.hotel}, {booking.departs_on:%d.%m.%Y}, {booking.price} {booking.currency}"
    record(booking, Kind.CHANGE, actor, after=after, reason=reason)
    if booking.state in (*BY_LEDGER, State.DOCUMENTS):
        close_tasks(booking, _("The booking was changed"))
        set_state(booking, State.ON_REQUEST, actor, reason=reason)
    return booking


def _apply_change(booking: Booking, change: Change) -> list[str]:
    fields = []
    for name in ("departs_on", "returns_on", "hotel", "adults", "children_ages", "commission"):
        value = getattr(change, name)
        if value is not None and value != getattr(booking, name):
            setattr(booking, name, value)
            fields.append(name)
    if change.price is not None or change.fee:
        price = booking.price if change.price is None else checked_sum(change.price, "price")
        booking.price = price + (checked_sum(change.fee, "fee") if change.fee else ZERO)
        booking.price_kzt = in_tenge(booking.price, booking.currency, booking.rate)
        fields += ["price", "price_kzt"]
    if not fields:
        raise InvalidInput(_("Nothing is changed."), code="nothing")
    if booking.commission > booking.price or booking.discount > booking.price:
        raise InvalidInput(_("Commission or discount is above the price."), code="sum")
    return fields


@transaction.atomic
def mark_sold(booking_id: int, *, actor: Actor) -> None:
    """One touch: the lead is won, with the sum of this booking. A person's word, never automation.

    Raises Conflict before the operator has confirmed.
    """
    booking = locked_booking(booking_id)
    if booking.state not in (*OWING, State.FINISHED):
        raise Conflict(_("The operator has not confirmed yet."), code="state")
    sold = in_tenge(booking.client_total, booking.currency, booking.rate)
    Lead.objects.filter(pk=booking.lead_id).update(amount=sold, currency="KZT")
    move_lead(booking.lead_id, LeadStage.Code.WON, actor=actor)
