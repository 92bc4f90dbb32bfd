"""The operator's rate of the day: clients pay in tenge, operators count in dollars."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from bookings.models import OperatorRate
from bookings.money import RATE_STEP


def note_rate(currency: str, kzt: Decimal, seen_at: datetime, *, operator: str = "samo") -> None:
    """Remember what one unit of a currency costs in tenge; the same rate once a day.

    Older news than what is known changes nothing.
    """
    kzt = kzt.quantize(RATE_STEP)
    known = newest_rate(currency, operator=operator)
    if known and (known.seen_at >= seen_at or _is_same(known, kzt, seen_at)):
        return
    OperatorRate.objects.create(operator=operator, currency=currency, kzt=kzt, seen_at=seen_at)


def newest_rate(currency: str, *, operator: str = "samo") -> OperatorRate | None:
    rates = OperatorRate.objects.filter(operator=operator, currency=currency)
    return rates.order_by("-seen_at", "-pk").first()


def _is_same(known: OperatorRate, kzt: Decimal, seen_at: datetime) -> bool:
    same_day = timezone.localdate(known.seen_at) == timezone.localdate(seen_at)
    return known.kzt == kzt and same_day
