"""Who may see which booking: whoever may see its lead. Pages, search, feed and API ask here."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from bookings.models import Booking
from common.errors import NotAllowed
from leads.permissions import Person, sees_all_leads


def sees_bookings(user: Person) -> bool:
    """Like the admin: whoever may change may look."""
    may = user.has_perm
    return user.is_active and (may("bookings.view_booking") or may("bookings.change_booking"))


def bookings_visible_to(user: Person) -> QuerySet[Booking]:
    bookings: QuerySet[Booking] = Booking.objects.all()
    if not sees_bookings(user) or not _sees_leads(user):
        return bookings.none()
    if sees_all_leads(user):
        return bookings
    return bookings.filter(Q(lead__assignee=user.pk) | Q(lead__assignee=None))


def of_visible_bookings(rows: QuerySet[Any], user: Person) -> QuerySet[Any]:
    """Those rows of a booking's own (payments, tourists, tasks) that the person may see.

    Without a subquery, which PostgreSQL would join with every row.
    """
    if not sees_bookings(user) or not _sees_leads(user):
        return rows.none()
    if sees_all_leads(user):
        return rows
    own = Q(booking__lead__assignee=user.pk) | Q(booking__lead__assignee=None)
    return rows.filter(own)


def ensure_booking_visible(user: Person, booking_id: int) -> None:
    """Raise NotAllowed for a booking that exists and is a colleague's."""
    if bookings_visible_to(user).filter(pk=booking_id).exists():
        return
    if not sees_bookings(user) or Booking.objects.filter(pk=booking_id).exists():
        raise NotAllowed(_("A colleague works with this booking."), code="not_yours")


def _sees_leads(user: Person) -> bool:
    return user.has_perm("leads.view_lead") or user.has_perm("leads.change_lead")
