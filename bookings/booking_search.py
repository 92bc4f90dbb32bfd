"""What the search finds among bookings: by number, claim, client, tourist and hotel."""

from __future__ import annotations

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from bookings.models import Booking, Traveller
from bookings.permissions import bookings_visible_to, sees_bookings
from bookings.templatetags.booking_words import short_day
from common.search import Row, Source, Viewer
from leads.search import clients_by_words

MOST_PEOPLE = 200


def find_bookings(viewer: Viewer, words: str, limit: int) -> list[Row]:
    visible = bookings_visible_to(viewer).order_by("-pk")
    ids: set[int] = set()
    for found in _ways(viewer, visible, words):
        ids |= set(found.values_list("pk", flat=True)[:limit])
    bookings = visible.filter(pk__in=ids).select_related("lead__client")
    return [_row(booking) for booking in bookings[:limit]]


def _ways(viewer: Viewer, visible: QuerySet[Booking], words: str) -> list[QuerySet[Booking]]:
    """One plain query each: PostgreSQL uses an index for each, and for none joined by OR."""
    clients = list(clients_by_words(viewer, words).values_list("pk", flat=True)[:MOST_PEOPLE])
    surnames = Traveller.objects.filter(surname__istartswith=words).order_by("-pk")
    people = list(surnames.values_list("booking", flat=True)[:MOST_PEOPLE])
    ways = [
        visible.filter(lead__client__in=clients),
        visible.filter(pk__in=people),
        visible.filter(hotel__icontains=words),
        visible.filter(claim_number=words),
    ]
    if words.isascii() and words.isdigit() and len(words) < 18:
        ways.append(visible.filter(pk=int(words)))
    return ways


def _row(booking: Booking) -> Row:
    url = reverse("admin:bookings_booking_change", args=[booking.pk])
    detail = f"{booking.hotel}, {short_day(booking.departs_on)}"
    return Row(url, str(booking.lead.client), detail, str(booking.get_state_display()))


BOOKINGS = Source(
    _("Bookings"), "suitcase", sees_bookings, find_bookings, "admin:bookings_booking_changelist"
)
