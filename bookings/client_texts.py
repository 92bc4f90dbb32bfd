"""What bookings say to clients by themselves, in the language that is active. No personal data."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from bookings.documents.values import money
from bookings.models import Booking, PaymentDue
from bookings.money import in_tenge


def _trip(booking: Booking) -> dict[str, str]:
    return {"hotel": booking.hotel, "day": date_format(booking.departs_on, "j E")}


def documents(booking: Booking, link: str) -> str:
    text = _("Documents of your trip to %(hotel)s, departure %(day)s: %(link)s")
    return text % {**_trip(booking), "link": link}


def traveller_page(booking: Booking, link: str) -> str:
    text = _(
        "To book %(hotel)s, departure %(day)s, please fill in the tourists' data. The page is safe,"
        " works once and for three days: %(link)s"
    )
    return text % {**_trip(booking), "link": link}


def payment_reminder(booking: Booking, due: PaymentDue, left: Decimal, rate: Decimal) -> str:
    text = _("A reminder: please pay %(sum)s by %(due)s for %(hotel)s (about %(tenge)s today).")
    words = {
        "sum": money(left, due.currency),
        "due": date_format(due.due_on, "j E"),
        "tenge": money(in_tenge(left, due.currency, rate), "KZT"),
    }
    return text % {**_trip(booking), **words}


def tomorrow(booking: Booking, link: str) -> str:
    text = _("You fly tomorrow, %(day)s. Flights, documents and the memo: %(link)s")
    return text % {**_trip(booking), "link": link}


def flight_change(booking: Booking, link: str) -> str:
    text = _("The flight times of your trip on %(day)s have changed. Please look: %(link)s")
    return text % {**_trip(booking), "link": link}


def feedback(booking: Booking, link: str) -> str:
    text = _("Welcome home! How was %(hotel)s? One tap from 1 to 5: %(link)s")
    return text % {**_trip(booking), "link": link}
