"""Rows of an operator's rules as the plain values the arithmetic works with."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.models import Booking, EntryRule, OperatorRate, PaymentRule, SpecialDay
from bookings.money import KZT
from bookings.terms import PayRule, Penalty, PenaltyStep, coming_penalties, penalty_on
from bookings.traveller_checks import DEFAULT_MONTHS
from bookings.workdays import WorkCalendar
from common.errors import InvalidInput

ONE = Decimal(1)


def work_calendar() -> WorkCalendar:
    return WorkCalendar(dict(SpecialDay.objects.values_list("day", "is_working")))


def pay_rules(booking: Booking) -> list[PayRule]:
    return [
        PayRule(
            prepay_percent=row.prepay_percent,
            prepay_working_days=row.prepay_working_days,
            balance_days=row.balance_days,
            is_balance_working=row.is_balance_working,
            over_days=row.over_days,
            season=_season(row),
        )
        for row in booking.operator.payment_rules.all()
    ]


def _season(row: PaymentRule) -> tuple[date, date] | None:
    return (row.season_from, row.season_to) if row.season_from and row.season_to else None


def penalty_steps(booking: Booking) -> list[PenaltyStep]:
    rows = booking.operator.penalty_rules.all()
    return [PenaltyStep(row.days_before, row.percent) for row in rows]


def penalty_of(booking: Booking, day: date) -> Penalty:
    """What cancelling a confirmed booking costs on a day."""
    return penalty_on(
        booking.price,
        booking.currency,
        day=day,
        departs_on=booking.departs_on,
        steps=penalty_steps(booking),
    )


def penalties_ahead(booking: Booking, today: date) -> list[Penalty]:
    return coming_penalties(
        booking.price,
        booking.currency,
        today=today,
        departs_on=booking.departs_on,
        steps=penalty_steps(booking),
    )


def rate_on(day: date, currency: str, operator: str) -> Decimal:
    """Tenge for one, as the operator had it on that day. Raises InvalidInput if it is unknown."""
    if currency == KZT:
        return ONE
    end = timezone.make_aware(datetime.combine(day, time.max))
    rates = OperatorRate.objects.filter(operator=operator, currency=currency, seen_at__lte=end)
    newest = rates.order_by("-seen_at", "-pk").first()
    if newest is None:
        message = _("No rate of %(currency)s is known for this day: write it in.")
        raise InvalidInput(message % {"currency": currency}, code="rate", field="rate")
    return newest.kzt


def months_valid(country: str) -> int:
    rule = EntryRule.objects.filter(pk=country).first()
    return rule.months_valid if rule else DEFAULT_MONTHS
