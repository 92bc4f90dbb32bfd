"""What the page of one booking shows."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.utils import timezone

from bookings.desk.forms import (
    AttachForm,
    CancelForm,
    ChangeForm,
    ClaimForm,
    DiscountForm,
    FlightsForm,
    PayForm,
    RadarForm,
    TaskForm,
)
from bookings.messenger import delivery_of
from bookings.models import Booking, BookingHistory, DocumentKind, PaymentDue, Side
from bookings.money import in_tenge
from bookings.places import country_name
from bookings.services.radar import risk_of
from bookings.services.terms import penalties_ahead
from bookings.services.travellers import RIGHT, problems_of_booking
from bookings.states import OWING, UNCONFIRMED, State
from bookings.terms import left_of_parts
from leads.permissions import Person

HISTORY = 40
# The one step that is next, and what its button says is in the template.
NEXT_STEP: dict[str, str] = {
    State.DRAFT: "travellers",
    State.TRAVELLERS: "send",
    State.OPERATOR_PAID: "documents",
    State.DOCUMENTS: "travelling",
    State.TRAVELLING: "finished",
}


@dataclass(frozen=True)
class DueRow:
    due: PaymentDue
    paid: Decimal
    tenge: Decimal
    is_late: bool

    @property
    def is_paid(self) -> bool:
        return self.paid >= self.due.amount


@dataclass(frozen=True)
class SideBox:
    """One side of the money: what is planned, what was paid, what is left."""

    side: str
    label: str
    total: Decimal
    paid: Decimal
    left: Decimal
    rows: list[DueRow]
    form: PayForm
    refund_form: PayForm


def booking_context(booking: Booking, viewer: Person) -> dict[str, Any]:
    today = timezone.localdate()
    is_before = booking.state in UNCONFIRMED
    return {
        "booking": booking,
        "country": country_name(booking.country),
        "state_label": State(booking.state).label,
        "next_step": NEXT_STEP.get(booking.state, ""),
        "may_change": viewer.has_perm("bookings.change_booking"),
        "may_pay": viewer.has_perm("bookings.add_ledgerentry"),
        "may_discount": viewer.has_perm("bookings.approve_discount"),
        "may_see_numbers": viewer.has_perm(RIGHT),
        "is_unconfirmed": is_before,
        "is_owing": booking.state in OWING,
        "is_cancelled": booking.state == State.CANCELLED,
        "problems": problems_of_booking(booking) if is_before else [],
        "travellers": list(booking.travellers.select_related("guardian")),
        "link": booking.traveller_links.order_by("-pk").first(),
        "flights": list(booking.flights.all()),
        "history": _history(booking),
        "tasks": list(booking.tasks.select_related("done_by")),
        "claim_url": _claim_url(booking),
        **_money_context(booking, today),
        **_document_context(booking),
        **_forms(booking, today),
    }


def _history(booking: Booking) -> list[BookingHistory]:
    rows = list(booking.history.select_related("actor")[:HISTORY])
    labels = dict(State.choices)
    for row in rows:
        if row.kind == BookingHistory.Kind.STATE:
            row.before = str(labels.get(row.before, row.before))
            row.after = str(labels.get(row.after, row.after))
    return rows


def _claim_url(booking: Booking) -> str:
    """The operator's own page of the claim, where its address is known."""
    pattern = booking.operator.claim_url
    if not (booking.claim_number and pattern.startswith("https://")):
        return ""
    return pattern.replace("{claim}", quote(booking.claim_number, safe=""))


def _money_context(booking: Booking, today: date) -> dict[str, Any]:
    dues = list(booking.dues.filter(is_current=True).order_by("position"))
    ledger = list(
        booking.ledger.select_related("actor", "reversed_by").prefetch_related("receipts")
    )
    return {
        "sides": [_side(booking, side, dues, today) for side in Side],
        "ledger": ledger,
        "penalties": _penalties(booking, today) if booking.state in OWING else [],
        "radar_level": risk_of(booking, today),
        "today": today,
    }


def _penalties(booking: Booking, today: date) -> list[dict[str, Any]]:
    """In tenge too: that is what the client asks."""
    return [
        {"from_on": one.from_on, "amount": one.amount, "tenge": _tenge(booking, one.amount)}
        for one in penalties_ahead(booking, today)
    ]


def _tenge(booking: Booking, amount: Decimal) -> Decimal:
    return in_tenge(amount, booking.currency, booking.rate)


def _side(booking: Booking, side: Side, dues: list[PaymentDue], today: date) -> SideBox:
    is_client = side == Side.CLIENT
    paid = booking.client_paid if is_client else booking.operator_paid
    parts, rows = [due for due in dues if due.side == side], []
    left = left_of_parts([due.amount for due in parts], paid)
    for due, rest in zip(parts, left, strict=True):
        tenge = _tenge(booking, due.amount)
        rows.append(DueRow(due, due.amount - rest, tenge, rest > 0 and due.due_on < today))
    return SideBox(
        side=side.value,
        label=str(side.label),
        total=booking.client_total if is_client else booking.operator_total,
        paid=paid,
        left=booking.client_left if is_client else booking.operator_left,
        rows=rows,
        form=_pay_form(side.value, today, "pay"),
        refund_form=_pay_form(side.value, today, "refund"),
    )


def _pay_form(side: str, today: date, name: str) -> PayForm:
    first = {"side": side, "paid_on": today, "submit_key": secrets.token_urlsafe(16)}
    return PayForm(initial=first, auto_id=f"{name}_{side}_%s")


def _document_context(booking: Booking) -> dict[str, Any]:
    trips = list(booking.trip_links.order_by("-pk")[:5])
    words = delivery_of([one.message_id for one in trips if one.message_id])
    for trip in trips:
        trip.delivery = words.get(trip.message_id or 0, "")  # type: ignore[attr-defined]
    return {
        "documents": list(booking.documents.select_related("template", "created_by")),
        "document_kinds": DocumentKind.choices,
        "trips": trips,
    }


def _forms(booking: Booking, today: date) -> dict[str, Any]:
    lines = "\n".join(
        "; ".join(
            (one.number, one.from_airport, one.to_airport, one.departs_local, one.arrives_local)
        )
        for one in booking.flights.all()
    )
    claim = {"number": booking.claim_number, "status": booking.claim_status}
    return {
        "claim_form": ClaimForm(initial=claim, auto_id="claim_%s"),
        "change_form": ChangeForm.of(booking),
        "cancel_form": CancelForm(auto_id="cancel_%s"),
        "discount_form": DiscountForm(initial={"amount": booking.discount}, auto_id="discount_%s"),
        "attach_form": AttachForm(auto_id="attach_%s"),
        "flights_form": FlightsForm(initial={"lines": lines}, auto_id="flights_%s"),
        "task_form": TaskForm(initial={"due_on": today}, auto_id="task_%s"),
        "radar_form": RadarForm(auto_id="radar_%s"),
    }
