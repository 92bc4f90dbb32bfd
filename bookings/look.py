"""Colours of states; the same on lists, board and pages."""

from __future__ import annotations

from bookings.states import State

TONES: dict[str, str] = {
    State.DRAFT: "",
    State.TRAVELLERS: "purple",
    State.SENT: "accent",
    State.ON_REQUEST: "orange",
    State.CONFIRMED: "teal",
    State.PREPAID: "teal",
    State.CLIENT_PAID: "green",
    State.OPERATOR_PAID: "green",
    State.DOCUMENTS: "green",
    State.TRAVELLING: "accent",
    State.FINISHED: "",
    State.REJECTED: "red",
    State.CANCELLED: "red",
}
