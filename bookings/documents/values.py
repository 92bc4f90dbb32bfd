"""What may stand in braces in a document. Russian words: people type them, not programs.

Passport numbers are not among them: a document goes through many hands.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.models import Booking, Side
from bookings.money import in_tenge
from bookings.places import country_name
from bookings.services.terms import penalties_ahead

AGENCY = "Crystal Bay Travel"
VARIABLES = (
    "номер", "сегодня", "агентство", "клиент", "страна", "курорт", "отель", "номер в отеле",
    "питание", "город вылета", "вылет", "возвращение", "ночей", "состав", "туроператор", "заявка",
    "цена", "скидка", "к оплате", "к оплате в тенге", "курс", "дата курса", "оплачено", "осталось",
    "менеджер",
)  # fmt: skip
TABLES = ("туристы", "рейсы", "платежи", "штрафы")


def money(amount: Decimal, currency: str) -> str:
    """«612 400 ₸», «1 384,40 USD»."""
    digits = "#,##0" if amount == amount.to_integral_value() else "#,##0.00"
    number = format_decimal(amount, format=digits, locale="ru").replace("\u00a0", " ")
    return f"{number} {'₸' if currency == 'KZT' else currency}"


def day(value: date) -> str:
    return format_date(value, "d MMMM y", locale="ru")


def values_of(booking: Booking) -> dict[str, str]:
    offer, currency, today = booking.offer, booking.currency, timezone.localdate()
    manager = booking.lead.assignee
    total = booking.client_total
    found = (
        str(booking.pk), day(today), AGENCY, str(booking.lead.client),
        country_name(booking.country), booking.resort, booking.hotel, offer.room,
        offer.meal, booking.departure_city, day(booking.departs_on), day(booking.returns_on),
        str(booking.nights), booking.party,
        booking.operator.name, booking.claim_number or "—", money(booking.price, currency),
        money(booking.discount, currency), money(total, currency),
        money(in_tenge(total, currency, booking.rate), "KZT"),
        format_decimal(booking.rate, locale="ru"), day(booking.rate_on),
        money(booking.client_paid, currency), money(booking.client_left, currency),
        (manager.get_full_name() or manager.username) if manager else AGENCY,
    )  # fmt: skip
    return dict(zip(VARIABLES, found, strict=True))


def tables_of(booking: Booking) -> dict[str, Sequence[Sequence[str]]]:
    rows = (_tourists(booking), _flights(booking), _payments(booking), _penalties(booking))
    return dict(zip(TABLES, rows, strict=True))


def _tourists(booking: Booking) -> list[list[str]]:
    head = [_("Surname, names"), _("Date of birth"), _("Citizenship")]
    rows = [
        [str(one), f"{one.birth_on:%d.%m.%Y}" if one.birth_on else "—", one.citizenship]
        for one in booking.travellers.all()
    ]
    return [head, *rows]


def _flights(booking: Booking) -> list[list[str]]:
    head = [_("Flight"), _("From, to"), _("Departure"), _("Arrival")]
    rows = [
        [one.number, f"{one.from_airport} – {one.to_airport}", one.departs_local, one.arrives_local]
        for one in booking.flights.all()
    ]
    return [head, *(rows or [["—", _("The operator will tell them later"), "—", "—"]])]


def _payments(booking: Booking) -> list[list[str]]:
    head = [_("Part"), _("Sum"), _("In tenge at the rate of the booking"), _("By")]
    dues = booking.dues.filter(side=Side.CLIENT, is_current=True).order_by("position")
    rows = [
        [
            f"{due.percent.normalize():f} %",
            money(due.amount, due.currency),
            money(in_tenge(due.amount, due.currency, booking.rate), "KZT"),
            day(due.due_on),
        ]
        for due in dues
    ]
    return [head, *rows]


def _penalties(booking: Booking) -> list[list[str]]:
    head = [_("Cancelled from"), _("Costs"), _("Of the price")]
    rows = [
        [day(one.from_on), money(one.amount, booking.currency), f"{one.percent.normalize():f} %"]
        for one in penalties_ahead(booking, timezone.localdate())
    ]
    return [head, *rows]
