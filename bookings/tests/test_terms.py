"""Schedules and penalties, by example and by property."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.money import CENT, KZT, TENGE, in_tenge, settled_by, smallest_part
from bookings.terms import PayRule, PenaltyStep, coming_penalties, instalments, penalty_on
from bookings.workdays import FIXED_HOLIDAYS, WorkCalendar

D = Decimal
FAR = PayRule(D(10), 3, 10, True, over_days=30)
NEAR = PayRule(D(20), 3, 10, True)
SEASON = PayRule(D(30), 3, 21, False, season=(date(2026, 12, 25), date(2027, 1, 10)))
RULES = (FAR, NEAR, SEASON)
STEPS = (PenaltyStep(30, D(25)), PenaltyStep(14, D(50)), PenaltyStep(7, D(100)))
HOLIDAYS = {date(year, *day): False for year in range(2024, 2033) for day in FIXED_HOLIDAYS}
CALENDAR = WorkCalendar(HOLIDAYS)

days = st.dates(date(2024, 1, 1), date(2031, 12, 31))
sums = st.decimals("0.01", "9999999.99", places=2)
currencies = st.sampled_from(["USD", "EUR", KZT])
rates = st.decimals("150", "900", places=4)


def plan(total, agreed_on, departs_on, currency="USD", ahead=0, rules=RULES):
    parts = instalments(
        total,
        currency,
        agreed_on=agreed_on,
        departs_on=departs_on,
        rules=rules,
        calendar=CALENDAR,
        ahead_working_days=ahead,
    )
    return [(part.percent, part.amount, part.due_on) for part in parts]


@pytest.mark.parametrize(
    ("agreed_on", "departs_on", "expected"),
    [
        # More than 30 days: 10 % in three working days, the rest ten working days before.
        ("2026-11-25", "2027-02-15", [(10, "138.40", "2026-11-30"), (90, "1245.60", "2027-02-01")]),
        # 30 days or less.
        ("2026-11-25", "2026-12-24", [(20, "276.80", "2026-11-30"), (80, "1107.20", "2026-12-09")]),
        # High season over the turn of the year: 21 days before.
        ("2026-11-25", "2027-01-05", [(30, "415.20", "2026-11-30"), (70, "968.80", "2026-12-15")]),
        # The tenth working day before is past: all in one working day.
        ("2026-11-25", "2026-12-08", [(100, "1384.00", "2026-11-26")]),
        # On a Friday before a departure on Sunday: not after the day before departure.
        ("2026-11-27", "2026-11-29", [(100, "1384.00", "2026-11-28")]),
        # Today: today.
        ("2026-11-25", "2026-11-25", [(100, "1384.00", "2026-11-25")]),
        # Nauryz and two weekends make ten working days of March longer.
        ("2027-02-01", "2027-04-01", [(10, "138.40", "2027-02-04"), (90, "1245.60", "2027-03-16")]),
        # 29 February departs and is counted.
        ("2028-01-03", "2028-02-29", [(10, "138.40", "2028-01-06"), (90, "1245.60", "2028-02-15")]),
    ],
)
def test_a_schedule_by_the_rules(agreed_on, departs_on, expected):
    found = plan(D("1384.00"), date.fromisoformat(agreed_on), date.fromisoformat(departs_on))

    assert found == [(D(p), D(amount), date.fromisoformat(day)) for p, amount, day in expected]


@given(sums, days, st.integers(0, 500), currencies, st.sampled_from([0, 1]))
def test_parts_make_exactly_the_total_on_days_that_can_be_kept(
    total, agreed_on, left, currency, ahead
):
    departs_on = agreed_on + timedelta(days=left)

    parts = plan(total, agreed_on, departs_on, currency, ahead)

    assert sum(amount for _percent, amount, _day in parts) == total
    assert sum(percent for percent, _amount, _day in parts) == 100
    assert all(amount >= 0 for _percent, amount, _day in parts)
    dues = [day for _percent, _amount, day in parts]
    assert dues == sorted(dues)
    assert len(set(dues)) == len(dues)
    assert all(agreed_on <= day <= max(agreed_on, departs_on - timedelta(days=1)) for day in dues)
    # All but the last part are whole tenge, or cents.
    unit = smallest_part(currency)
    assert all(amount % unit == 0 for _percent, amount, _day in parts[:-1])
    if len(parts) == 2:
        assert all(CALENDAR.is_working(day) for day in dues)


@given(days, st.integers(1, 40))
def test_working_days_there_and_back(day, count):
    later = CALENDAR.after(day, count)

    between = [day + timedelta(days=n) for n in range(1, (later - day).days + 1)]
    assert sum(map(CALENDAR.is_working, between)) == count
    if CALENDAR.is_working(day):
        assert CALENDAR.before(later, count) == day


def test_a_moved_day_is_worked_and_a_holiday_is_not():
    saturday, monday = date(2026, 12, 19), date(2026, 12, 21)
    calendar = WorkCalendar({saturday: True, monday: False})

    assert calendar.after(date(2026, 12, 18), 1) == saturday
    assert calendar.after(date(2026, 12, 18), 2) == date(2026, 12, 22)


@pytest.mark.parametrize(
    ("left", "percent"),
    [
        (90, 0),
        (31, 0),
        (30, 25),
        (15, 25),
        (14, 50),
        (8, 50),
        (7, 100),
        (1, 100),
        (0, 100),
        (-3, 100),
    ],
)
def test_the_penalty_of_a_day(left, percent):
    departs_on = date(2028, 3, 5)

    found = penalty_on(
        D("1248.60"),
        "USD",
        day=departs_on - timedelta(days=left),
        departs_on=departs_on,
        steps=STEPS,
    )

    assert found.percent == percent
    assert found.amount == (D("1248.60") * percent / 100).quantize(CENT)


def test_what_a_cancellation_costs_from_when():
    coming = coming_penalties(
        D(1_248_000), KZT, today=date(2027, 1, 28), departs_on=date(2027, 3, 4), steps=STEPS
    )

    assert [(one.from_on, one.amount) for one in coming] == [
        (date(2027, 1, 28), 0),
        (date(2027, 2, 2), 312_000),
        (date(2027, 2, 18), 624_000),
        (date(2027, 2, 25), 1_248_000),
    ]


@given(sums, days, days, currencies)
def test_a_penalty_only_rises_and_is_never_above_the_price(total, today, departs_on, currency):
    coming = coming_penalties(total, currency, today=today, departs_on=departs_on, steps=STEPS)

    amounts = [one.amount for one in coming]
    assert amounts == sorted(set(amounts))
    assert coming[0].from_on == today
    # A price with tiyn may be rounded up to the whole tenge.
    assert amounts[-1] <= total + (TENGE if currency == KZT else 0)
    for one in coming:
        same = penalty_on(total, currency, day=one.from_on, departs_on=departs_on, steps=STEPS)
        assert same.amount == one.amount


@given(sums, rates)
def test_paying_what_is_owed_in_whole_tenge_leaves_nothing(owed, rate):
    tenge = in_tenge(owed, "USD", rate)

    assert tenge == tenge.quantize(TENGE)
    assert settled_by(tenge, owed, "USD", rate) == owed
    assert abs(tenge - owed * rate) <= D("0.5")


@given(sums, rates)
def test_part_of_a_debt_in_tenge_is_cents(tenge, rate):
    settled = settled_by(tenge, D("9999999999"), "USD", rate)

    assert settled == settled.quantize(CENT)
    assert abs(settled * rate - tenge) <= rate * CENT / 2 + D("0.0001")
