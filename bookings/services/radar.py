"""«The client has paid, the operator has not been»: impossible to miss, dismissed with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from bookings.models import Booking
from bookings.services.rows import Kind, locked_booking, needed_reason, record, save_booking
from bookings.services.terms import work_calendar
from bookings.states import CLIENT_OWES, OPERATOR_WAITS
from common.errors import InvalidInput
from leads.services import Actor
from live.services import notify

SOON, DUE_TODAY, OVERDUE = 1, 2, 3
WORKING_DAYS_AHEAD = 2
MOST_DAYS_OFF = 3


def risk_of(booking: Booking, today: date) -> int:
    """The level of one booking; 0 where nothing is at risk, or it is put off."""
    risky: Any = money_at_risk(Booking.objects.filter(pk=booking.pk), today)
    return risky.values_list("level", flat=True).first() or 0


def money_at_risk(bookings: QuerySet[Booking], today: date) -> QuerySet[Booking]:
    """Those whose client has paid more than the operator got, and whose operator waits by soon.

    Each has its `level`; what a person has put off with a reason comes back when the level rises.
    """
    horizon = work_calendar().after(today, WORKING_DAYS_AHEAD)
    level = Case(
        When(operator_due_on__lt=today, then=Value(OVERDUE)),
        When(operator_due_on=today, then=Value(DUE_TODAY)),
        default=Value(SOON),
        output_field=IntegerField(),
    )
    risky = bookings.filter(
        state__in=OPERATOR_WAITS, operator_due_on__lte=horizon, client_paid__gt=F("operator_paid")
    )
    risky = risky.annotate(level=level)
    put_off = Q(radar_until__gte=today, radar_level__gte=F("level"))
    return risky.exclude(put_off).order_by("operator_due_on", "pk")


def clients_to_pay(bookings: QuerySet[Booking], today: date) -> QuerySet[Booking]:
    """Those whose client is late or has to pay soon: a penalty counts like a price."""
    horizon = work_calendar().after(today, WORKING_DAYS_AHEAD)
    return bookings.filter(state__in=CLIENT_OWES, client_due_on__lte=horizon)


@transaction.atomic
def put_radar_off(booking_id: int, days: int, *, reason: str, actor: Actor) -> Booking:
    """Be silent about a booking for at most three days; it comes back earlier if it gets worse.

    Raises InvalidInput without a reason.
    """
    reason = needed_reason(reason)
    if not 1 <= days <= MOST_DAYS_OFF:
        message = _("At most %(days)s days.") % {"days": MOST_DAYS_OFF}
        raise InvalidInput(message, code="days", field="days")
    booking, today = locked_booking(booking_id), timezone.localdate()
    booking.radar_level = risk_of(booking, today) or booking.radar_level
    booking.radar_until = today + timedelta(days=days - 1)
    save_booking(booking, "radar_until", "radar_level")
    after = _("The warning is put off until %(day)s") % {"day": f"{booking.radar_until:%d.%m.%Y}"}
    record(booking, Kind.MONEY, actor, after=after, reason=reason)
    return booking


def ring_for_money_at_risk(*, today: date | None = None) -> int:
    """Ring who must know, once a day and level; return how many bookings. Safe to run twice.

    Soon: the responsible manager and accountants. Due today or late: heads of sales as well.
    """
    today = today or timezone.localdate()
    risky = money_at_risk(Booking.objects.all(), today).select_related("lead__client")
    accountants, heads = _people("bookings.add_ledgerentry"), _people("bookings.approve_discount")
    count = 0
    for booking in risky:
        level = booking.level  # type: ignore[attr-defined]  # annotated
        people = {*accountants, booking.lead.assignee_id} | ({*heads} if level > SOON else set())
        _ring(booking, level, today, (one for one in people if one))
        count += 1
    return count


def _people(right: str) -> list[int]:
    people = User.objects.with_perm(right, include_superusers=False)
    return list(people.filter(is_active=True, is_staff=True).values_list("pk", flat=True))


@transaction.atomic
def _ring(booking: Booking, level: int, today: date, people: Iterable[int]) -> None:
    key = f"radar:{booking.pk}:{level}:{today}"
    url = reverse("admin:bookings_booking_change", args=[booking.pk])
    with override("ru"):
        text = _("Client paid, operator not: %(booking)s, pay by %(day)s") % {
            "booking": booking,
            "day": f"{booking.operator_due_on:%d.%m}",
        }
    for person in people:
        notify(person, "radar", key, text, url)
