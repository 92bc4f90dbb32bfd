"""What an operator asks: when to pay how much, and what a cancellation costs. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bookings.money import ZERO, percent_of
from bookings.workdays import WorkCalendar

ALL = Decimal(100)
LAST_MINUTE_WORKING_DAYS = 1


@dataclass(frozen=True)
class PayRule:
    """`prepay_percent` within `prepay_working_days`, the rest `balance_days` before departure.

    `over_days`: the rule is for departures in more days than that. `season` bounds the departure,
    both days included; a rule with a season goes before those without.
    """

    prepay_percent: Decimal
    prepay_working_days: int
    balance_days: int
    is_balance_working: bool
    over_days: int = 0
    season: tuple[date, date] | None = None

    def fits(self, departs_on: date, days_left: int) -> bool:
        if self.season and not self.season[0] <= departs_on <= self.season[1]:
            return False
        return days_left > self.over_days


@dataclass(frozen=True)
class PenaltyStep:
    """From this many days before departure on, a cancellation costs `percent` of the price."""

    days_before: int
    percent: Decimal


@dataclass(frozen=True)
class Instalment:
    percent: Decimal
    amount: Decimal
    due_on: date


def instalments(
    total: Decimal,
    currency: str,
    *,
    agreed_on: date,
    departs_on: date,
    rules: Sequence[PayRule],
    calendar: WorkCalendar,
    ahead_working_days: int = 0,
) -> list[Instalment]:
    """Split `total` by the rule that fits; the parts make exactly the total.

    Where the rest would be due before the prepayment, all is due in one working day. No day is
    later than the day before departure, none earlier than `agreed_on`. `ahead_working_days` moves
    the rest forward: a client pays before the agency has to.
    """
    rule = _fitting(rules, departs_on, (departs_on - agreed_on).days)
    first_on = calendar.after(agreed_on, rule.prepay_working_days if rule else 1)
    rest_on = _rest_on(rule, departs_on, calendar, ahead_working_days) if rule else first_on
    if rule is None or rule.prepay_percent >= ALL or rest_on <= first_on:
        soon = calendar.after(agreed_on, LAST_MINUTE_WORKING_DAYS)
        return [Instalment(ALL, total, _within(soon, agreed_on, departs_on))]
    first = (rule.prepay_percent, _within(first_on, agreed_on, departs_on))
    return shares(total, currency, [first, (ALL - rule.prepay_percent, rest_on)])


def shares(
    total: Decimal, currency: str, agreed: Sequence[tuple[Decimal, date]]
) -> list[Instalment]:
    """Percents and days as sums; the last part takes what rounding leaves."""
    found: list[Instalment] = []
    for percent, due_on in agreed[:-1]:
        found.append(Instalment(percent, percent_of(total, percent, currency), due_on))
    percent, due_on = agreed[-1]
    rest = total - sum((part.amount for part in found), ZERO)
    return [*found, Instalment(percent, rest, due_on)]


def left_of_parts(amounts: Sequence[Decimal], paid: Decimal) -> list[Decimal]:
    """What each part still lacks: money covers the earlier parts first."""
    left = []
    for amount in amounts:
        covered = max(min(paid, amount), ZERO)
        left.append(amount - covered)
        paid -= covered
    return left


def _fitting(rules: Sequence[PayRule], departs_on: date, days_left: int) -> PayRule | None:
    fitting = [rule for rule in rules if rule.fits(departs_on, days_left)]
    fitting.sort(key=lambda rule: (rule.season is None, -rule.over_days))
    return fitting[0] if fitting else None


def _rest_on(rule: PayRule, departs_on: date, calendar: WorkCalendar, ahead: int) -> date:
    if rule.is_balance_working:
        day = calendar.before(departs_on, rule.balance_days)
    else:
        day = calendar.not_after(departs_on - timedelta(days=rule.balance_days))
    return calendar.before(day, ahead)


def _within(day: date, agreed_on: date, departs_on: date) -> date:
    return max(min(day, departs_on - timedelta(days=1)), agreed_on)


@dataclass(frozen=True)
class Penalty:
    """What a cancellation costs from `from_on` on."""

    from_on: date
    percent: Decimal
    amount: Decimal


def penalty_on(
    total: Decimal, currency: str, *, day: date, departs_on: date, steps: Sequence[PenaltyStep]
) -> Penalty:
    """The penalty of one day. Nothing for a day that no step covers."""
    left = (departs_on - day).days
    reached = [step for step in steps if left <= step.days_before]
    percent = max((step.percent for step in reached), default=Decimal(0))
    return Penalty(day, percent, percent_of(total, percent, currency))


def coming_penalties(
    total: Decimal, currency: str, *, today: date, departs_on: date, steps: Sequence[PenaltyStep]
) -> list[Penalty]:
    """Today's penalty and each later day on which it rises, until departure."""
    days = {today} | {departs_on - timedelta(days=step.days_before) for step in steps}
    found: list[Penalty] = []
    for day in sorted(day for day in days if day >= today):
        penalty = penalty_on(total, currency, day=day, departs_on=departs_on, steps=steps)
        if not found or penalty.amount != found[-1].amount:
            found.append(penalty)
    return found
