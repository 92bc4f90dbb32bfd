"""A client's own bookings; nobody else's can be asked for. The wiring says who gives them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from botapp import texts
from botapp.callbacks import Press
from botapp.dialogs import OldKey
from chat.models import Conversation
from chat.services.outbound import send_bot_answer
from integrations.channels.base import Button
from leads.models import Client


@dataclass(frozen=True)
class BookingCard:
    """`title` in one line; `text`: state, payments due, documents, in the client's language."""

    id: str
    title: str
    text: str


# Each gives the bookings of this client only, newest first.
booking_sources: list[Callable[[Client], Sequence[BookingCard]]] = []


def say_bookings(conversation: Conversation) -> None:
    cards = _cards(conversation)
    if not cards:
        send_bot_answer(conversation, texts.no_bookings())
        return
    keys = [[Button(card.title, data=Press(0, "p", card.id).encode())] for card in cards]
    listed = "\n".join(card.title for card in cards)
    send_bot_answer(conversation, listed, buttons=keys)


def say_booking(conversation: Conversation, booking_id: str) -> None:
    """Raises OldKey for a booking that is not among this client's own."""
    for card in _cards(conversation):
        if card.id == booking_id:
            send_bot_answer(conversation, card.text)
            return
    raise OldKey


def _cards(conversation: Conversation) -> list[BookingCard]:
    return [card for source in booking_sources for card in source(conversation.client)][:10]
