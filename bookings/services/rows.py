"""What the services of bookings share: the lock, the history, the notice to open pages."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.models import Booking, BookingHistory
from bookings.states import State, may_follow
from common.errors import Conflict, InvalidInput
from leads.services import STAFF, Actor
from live.services import publish

Kind = BookingHistory.Kind


def locked_booking(booking_id: int, version: int | None = None) -> Booking:
    """Lock a booking; rows may still be added to it by others.

    `version` is what the person saw: Conflict if the booking has changed since.
    """
    booking = Booking.objects.select_for_update(no_key=True).get(pk=booking_id)
    if version is not None and version != booking.version:
        message = _("Somebody has just changed this booking. Look at it again.")
        raise Conflict(message, code="stale")
    return booking


def save_booking(booking: Booking, *fields: str) -> None:
    """Save under the lock that the caller holds, and let open pages know."""
    booking.version += 1
    booking.save(update_fields=[*fields, "version", "updated_at"])
    publish(STAFF, "booking.changed", lead=booking.lead_id, booking=booking.pk)


def record(
    booking: Booking,
    kind: str,
    actor: Actor,
    *,
    before: str = "",
    after: str = "",
    reason: str = "",
) -> BookingHistory:
    return BookingHistory.objects.create(
        booking=booking,
        kind=kind,
        actor=actor.user,
        origin=actor.origin,
        before=before[:300],
        after=after[:300],
        reason=reason[:500],
    )


def set_state(booking: Booking, state: str, actor: Actor, *, reason: str = "") -> None:
    """Change the state under the caller's lock. Raises Conflict if it may not follow."""
    before = booking.state
    if before == state:
        return
    if not may_follow(before, state):
        message = _("From “%(before)s” a booking can't go to “%(after)s”.")
        words = {"before": State(before).label, "after": State(state).label}
        raise Conflict(message % words, code="state")
    booking.state, booking.state_changed_at = state, timezone.now()
    save_booking(booking, "state", "state_changed_at")
    record(booking, Kind.STATE, actor, before=before, after=state, reason=reason)


def needed_reason(text: str) -> str:
    if not text.strip():
        raise InvalidInput(_("Say why."), code="reason_required", field="reason")
    return text.strip()[:500]
