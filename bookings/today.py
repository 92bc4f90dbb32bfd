"""What bookings put on «Сегодня»: money at risk, late payments, tasks of the departure desk."""

from __future__ import annotations

from datetime import date, datetime, time

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.documents.values import money
from bookings.models import Booking, BookingTask
from bookings.permissions import bookings_visible_to, of_visible_bookings, sees_bookings
from bookings.services.radar import clients_to_pay, money_at_risk
from bookings.templatetags.booking_words import short_day
from leads.today import Group, Kind, Row

MOST = 20
For = BookingTask.For


def money_and_departures(viewer: User, person: User) -> list[Group]:
    """Own bookings and those of nobody; heads and accountants have all the money at risk."""
    if not sees_bookings(viewer):
        return []
    visible, today = bookings_visible_to(viewer), timezone.localdate()
    own = visible.filter(_is_of(person))
    watched = visible if _watches_money(person) else own
    return [_risk(watched, today), _payments(own, today), _tasks(viewer, person, today)]


def _is_of(person: User, lead: str = "lead") -> Q:
    return Q(**{f"{lead}__assignee": person}) | Q(**{f"{lead}__assignee": None})


def _watches_money(person: User) -> bool:
    return person.has_perm("bookings.approve_discount") or (
        person.has_perm("bookings.add_ledgerentry") and not person.has_perm("bookings.add_booking")
    )


def _risk(bookings: QuerySet[Booking], today: date) -> Group:
    risky = money_at_risk(bookings, today)
    rows = [
        _booking_row(
            Kind.RADAR,
            booking,
            _("The operator waits for %(sum)s by %(day)s")
            % {
                "sum": money(booking.operator_left, booking.currency),
                "day": short_day(booking.operator_due_on),
            },
        )
        for booking in risky.select_related("lead__client")[:MOST]
    ]
    return Group(Kind.RADAR, rows, _count(risky, rows), f"{_list()}?radar=yes")


def _payments(bookings: QuerySet[Booking], today: date) -> Group:
    due = clients_to_pay(bookings, today)
    rows = [
        _booking_row(
            Kind.PAYMENT,
            booking,
            _("%(sum)s by %(day)s")
            % {
                "sum": money(booking.client_left, booking.currency),
                "day": short_day(booking.client_due_on),
            },
        )
        for booking in due.select_related("lead__client").order_by("client_due_on", "pk")[:MOST]
    ]
    return Group(Kind.PAYMENT, rows, _count(due, rows), f"{_list()}?due=soon")


def _tasks(viewer: User, person: User, today: date) -> Group:
    audiences = [For.MANAGER]
    if person.has_perm("bookings.approve_discount"):
        audiences.append(For.HEAD)
    if person.has_perm("bookings.add_ledgerentry"):
        audiences.append(For.ACCOUNTANT)
    mine = Q(audience=For.MANAGER) & _is_of(person, "booking__lead")
    everybodys = Q(audience__in=[one for one in audiences if one != For.MANAGER])
    due = BookingTask.objects.filter(mine | everybodys, done_at=None, due_on__lte=today)
    due = of_visible_bookings(due, viewer)
    tasks = due.select_related("booking__lead__client").order_by("due_on", "pk")[:MOST]
    rows = [_task_row(task) for task in tasks]
    return Group(Kind.DEPARTURE, rows, _count(due, rows), _list())


def _count(found: QuerySet[Booking] | QuerySet[BookingTask], rows: list[Row]) -> int:
    """Without asking again where everything is shown."""
    return len(rows) if len(rows) < MOST else found.count()


def _booking_row(kind: Kind, booking: Booking, detail: str) -> Row:
    return Row(
        kind=kind,
        title=str(booking.lead.client),
        detail=f"{detail} · {booking.hotel}",
        url=_page(booking.pk),
        booking_id=booking.pk,
    )


def _task_row(task: BookingTask) -> Row:
    booking = task.booking
    due_at = timezone.make_aware(datetime.combine(task.due_on, time(9)))
    return Row(
        kind=Kind.DEPARTURE,
        title=str(booking.lead.client),
        detail=f"{task.title} · {booking.hotel}, {short_day(booking.departs_on)}",
        url=f"{_page(booking.pk)}#tasks",
        moment=due_at if task.due_on < timezone.localdate() else None,
        task_id=task.pk,
    )


def _page(booking_id: int) -> str:
    return reverse("admin:bookings_booking_change", args=[booking_id])


def _list() -> str:
    return reverse("admin:bookings_booking_changelist")
