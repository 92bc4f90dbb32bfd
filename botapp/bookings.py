"""A client's own bookings: only theirs are ever looked at, whatever number a key sends."""

from __future__ import annotations

from babel.dates import format_date
from django.utils.translation import gettext as _

from bookings.models import Booking
from bookings.selectors import ClientBooking, client_bookings
from bookings.services.trip import open_trip_link
from botapp import texts
from botapp.callbacks import Press
from botapp.dialogs import OldKey
from chat.ai.inquiry import money
from chat.models import Conversation
from chat.services.outbound import send_bot_answer
from integrations.channels.base import Button


def say_bookings(conversation: Conversation) -> None:
    """List the bookings, with a key for each."""
    found = client_bookings(conversation.client_id)
    if not found:
        send_bot_answer(conversation, texts.no_bookings())
        return
    titles = [_title(one, conversation.language) for one in found]
    keys = [
        [Button(title, data=Press(0, "p", str(one.pk)).encode())]
        for one, title in zip(found, titles, strict=True)
    ]
    send_bot_answer(conversation, "\n".join([texts.your_bookings(), *titles]), buttons=keys)


def say_booking(conversation: Conversation, booking_id: str) -> None:
    """Raises OldKey for a booking that is not among this client's own."""
    for one in client_bookings(conversation.client_id):
        if str(one.pk) == booking_id:
            link = open_trip_link(Booking.objects.get(pk=one.pk))
            send_bot_answer(conversation, _card(one, conversation.language, link))
            return
    raise OldKey


def _title(one: ClientBooking, language: str) -> str:
    day = format_date(one.departs_on, "d MMM", locale=language)
    return f"{one.hotel}, {day} · {one.state_label}"


def _card(one: ClientBooking, language: str, link: str) -> str:
    days = [format_date(day, "d MMM", locale=language) for day in (one.departs_on, one.returns_on)]
    sums = {
        "price": money(one.price, one.currency, language),
        "paid": money(one.paid, one.currency, language),
    }
    lines = [
        f"{one.hotel}, {one.resort}, {one.country}",
        f"{days[0]} – {days[1]}",
        one.state_label,
        _("Price %(price)s, paid %(paid)s") % sums,
    ]
    if due := one.next_payment:
        day = format_date(due.due_on, "d MMM", locale=language)
        amount = money(due.amount, due.currency, language)
        lines.append(_("To pay: %(sum)s by %(day)s") % {"sum": amount, "day": day})
    return "\n".join([*lines, *one.flights, _("Documents and flights: %(link)s") % {"link": link}])
