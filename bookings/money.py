"""Sums of money: Decimal only, the currency always beside the sum, every rounding rule here.

A booking is counted in the operator's currency. What is paid in tenge is whole tenge, at the
operator's rate of the day of the payment; halves go up.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from common.errors import InvalidInput

KZT = "KZT"
CENT = Decimal("0.01")
TENGE = Decimal("1")
ZERO = Decimal("0.00")
# More is a slip of the finger; a column holds no more either.
MOST = Decimal("999999999.99")
RATE_STEP = Decimal("0.0001")
MOST_RATE = Decimal("9999999.9999")


@dataclass(frozen=True)
class Money:
    amount: Decimal
    currency: str


def round_to(amount: Decimal, unit: Decimal) -> Decimal:
    return amount.quantize(unit, ROUND_HALF_UP)


def smallest_part(currency: str) -> Decimal:
    """What an instalment is rounded to: whole tenge, or cents of other currencies."""
    return TENGE if currency == KZT else CENT


def percent_of(amount: Decimal, percent: Decimal, currency: str) -> Decimal:
    return round_to(amount * percent / 100, smallest_part(currency))


def in_tenge(amount: Decimal, currency: str, rate: Decimal) -> Decimal:
    """`rate` is tenge per unit. A sum in tenge keeps its tiyn: it is what was agreed."""
    return amount if currency == KZT else round_to(amount * rate, TENGE)


def settled_by(tenge: Decimal, owed: Decimal, currency: str, rate: Decimal) -> Decimal:
    """How much of a debt in `currency` these tenge pay.

    Exactly all of it, where they are what the debt comes to in whole tenge.
    """
    if currency == KZT:
        return tenge
    if tenge == in_tenge(owed, currency, rate):
        return owed
    return round_to(tenge / rate, CENT)


def checked_rate(rate: Decimal) -> Decimal:
    """Tenge per unit as a person typed it. Raises InvalidInput unless a column holds it."""
    if not rate.is_finite() or not RATE_STEP <= rate <= MOST_RATE:
        raise InvalidInput(_("Write a rate above zero."), code="sum", field="rate")
    if rate != round_to(rate, RATE_STEP):
        raise InvalidInput(_("At most four digits after the point."), code="digits", field="rate")
    return round_to(rate, RATE_STEP)


def checked_sum(amount: Decimal, field: str = "amount") -> Decimal:
    """A sum a person typed. Raises InvalidInput unless it is positive, with two digits at most."""
    if not amount.is_finite() or not CENT <= amount <= MOST:
        raise InvalidInput(_("Write a sum above zero."), code="sum", field=field)
    if amount != round_to(amount, CENT):
        raise InvalidInput(_("At most two digits after the point."), code="digits", field=field)
    return round_to(amount, CENT)
