"""A client's own bookings in words, for the assistant; no tourists and no papers are in them."""

from __future__ import annotations

from babel.dates import format_date
from django.utils.translation import gettext as _
from django.utils.translation import override

from bookings.selectors import ClientBooking, client_bookings
from chat.ai.base import Passage
from chat.ai.inquiry import money


def told_bookings(client_id: int, language: str) -> list[Passage]:
    """One passage per booking of this client, the next departure first."""
    with override(language):
        return [
            Passage(one.hotel, _told(one, language), language, 1.0)
            for one in client_bookings(client_id)
        ]


def _told(one: ClientBooking, language: str) -> str:
    days = [format_date(day, "d MMMM", locale=language) for day in (one.departs_on, one.returns_on)]
    price = money(one.price, one.currency, language)
    paid = money(one.paid, one.currency, language)
    lines = [
        f"{one.hotel}, {one.resort}: {days[0]} – {days[1]}. {one.state_label}.",
        _("Price %(price)s, paid %(paid)s") % {"price": price, "paid": paid} + ".",
    ]
    if due := one.next_payment:
        left = money(due.amount, due.currency, language)
        day = format_date(due.due_on, "d MMMM", locale=language)
        lines.append(_("To pay: %(sum)s by %(day)s") % {"sum": left, "day": day} + ".")
    return " ".join(lines)
