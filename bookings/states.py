"""The way of a booking: which state may follow which."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    DRAFT = "draft", _("Draft")
    TRAVELLERS = "travellers", _("Tourists' data")
    SENT = "sent", _("Sent to the operator")
    ON_REQUEST = "on_request", _("On request")
    CONFIRMED = "confirmed", _("Confirmed")
    PREPAID = "prepaid", _("Prepaid")
    CLIENT_PAID = "client_paid", _("Paid by the client")
    OPERATOR_PAID = "operator_paid", _("Paid to the operator")
    DOCUMENTS = "documents", _("Documents issued")
    TRAVELLING = "travelling", _("Travelling")
    FINISHED = "finished", _("Trip finished")
    REJECTED = "rejected", _("Rejected by the operator")
    CANCELLED = "cancelled", _("Cancelled")


S = State
# Before the operator has said yes, nothing is owed and nothing may be paid.
UNCONFIRMED = (S.DRAFT, S.TRAVELLERS, S.SENT, S.ON_REQUEST)
# Which of these it is follows from the ledger alone.
BY_LEDGER = (S.CONFIRMED, S.PREPAID, S.CLIENT_PAID, S.OPERATOR_PAID)
OVER = (S.FINISHED, S.REJECTED, S.CANCELLED)
LIVE = tuple(state for state in State if state not in OVER)
OWING = (*BY_LEDGER, S.DOCUMENTS, S.TRAVELLING)
# Where the operator may wait for money: what a change has not undone yet, and a penalty.
OPERATOR_WAITS = (*OWING, S.ON_REQUEST, S.CANCELLED)
CLIENT_OWES = (*OWING, S.CANCELLED)

MOVES: dict[str, tuple[str, ...]] = {
    S.DRAFT: (S.TRAVELLERS, S.CANCELLED),
    S.TRAVELLERS: (S.SENT, S.DRAFT, S.CANCELLED),
    S.SENT: (S.ON_REQUEST, S.CONFIRMED, S.REJECTED, S.CANCELLED),
    S.ON_REQUEST: (S.CONFIRMED, S.REJECTED, S.CANCELLED),
    S.CONFIRMED: (*BY_LEDGER, S.ON_REQUEST, S.CANCELLED),
    S.PREPAID: (*BY_LEDGER, S.ON_REQUEST, S.CANCELLED),
    S.CLIENT_PAID: (*BY_LEDGER, S.ON_REQUEST, S.CANCELLED),
    S.OPERATOR_PAID: (*BY_LEDGER, S.ON_REQUEST, S.DOCUMENTS, S.CANCELLED),
    S.DOCUMENTS: (S.TRAVELLING, S.ON_REQUEST, S.CANCELLED),
    S.TRAVELLING: (S.FINISHED, S.CANCELLED),
    S.REJECTED: (S.DRAFT, S.CANCELLED),
    S.FINISHED: (),
    S.CANCELLED: (),
}


def may_follow(before: str, after: str) -> bool:
    return after in MOVES[before]


def state_by_ledger(
    *, client_paid: Decimal, client_total: Decimal, first_due: Decimal, operator_left: Decimal
) -> State:
    """Which of the four states the money says. The operator counts once the client has paid all."""
    if client_paid >= client_total:
        return State.OPERATOR_PAID if operator_left <= 0 else State.CLIENT_PAID
    return State.PREPAID if client_paid >= first_due > 0 else State.CONFIRMED
