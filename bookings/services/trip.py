"""The client's own page of a trip: documents, flights, what to pay; later the mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from bookings import client_texts as texts
from bookings.messenger import tell_client
from bookings.models import Booking, BookingTask, FlightLeg, TripLink
from bookings.services.rows import Kind, locked_booking, needed_reason, record, save_booking
from bookings.services.tasks import add_task
from bookings.services.traveller_links import CLIENT, hash_of, new_token, open_traveller_link
from bookings.states import OWING, State
from common.errors import Conflict, DomainError, InvalidInput
from leads.services import Actor

# After the return one may still look, and give a mark.
OPEN_AFTER_RETURN = timedelta(days=14)
LOW_MARK = 3


@dataclass(frozen=True)
class Flight:
    number: str
    from_airport: str
    to_airport: str
    departs_local: str
    arrives_local: str = ""


def _address(name: str, token: str) -> str:
    return settings.PUBLIC_BASE_URL + reverse(f"trip:{name}", args=[token])


@transaction.atomic
def open_trip_link(booking: Booking, *, task: BookingTask | None = None) -> str:
    """Make an address of the client's page and return it whole; it dies after the trip."""
    token = new_token()
    end = max(booking.returns_on, timezone.localdate()) + OPEN_AFTER_RETURN
    expires_at = timezone.now() + (end - timezone.localdate())
    TripLink.objects.create(
        booking=booking, token_hash=hash_of(token), expires_at=expires_at, task=task
    )
    return _address("page", token)


def find_trip_link(token: str) -> TripLink | None:
    links = TripLink.objects.select_related("booking__lead__client", "booking__operator", "task")
    link = links.filter(token_hash=hash_of(token)).first()
    return link if link and link.is_open else None


@transaction.atomic
def note_opened(link: TripLink) -> None:
    """The client has seen it: the proof of what was sent with it. Safe to run twice.

    The page shows the newest flights, so all news of them are read, whichever link it was.
    """
    now = timezone.now()
    if link.opened_at is None:
        TripLink.objects.filter(pk=link.pk).update(opened_at=now)
        after = _("The client has opened the page of the trip")
        record(link.booking, Kind.CLIENT, CLIENT, after=after)
    seen = Q(code__startswith="flight:", message_id__isnull=False) | Q(pk=link.task_id)
    BookingTask.objects.filter(seen, booking=link.booking, read_at=None).update(read_at=now)


@transaction.atomic
def send_documents(booking_id: int, *, actor: Actor) -> int:
    """Send the client the address of the pack; return the message's id.

    Raises Conflict without documents, or where no channel leads to the client.
    """
    booking = locked_booking(booking_id)
    if not booking.documents.exclude(kind="receipt").exists():
        raise Conflict(_("Make the documents first."), code="no_documents")
    link = open_trip_link(booking)
    with override(booking.lead.client.language):
        text = texts.documents(booking, link)
    trip = booking.trip_links.latest("pk")
    message_id = tell_client(booking.lead_id, text, key=f"trip:{trip.pk}")
    TripLink.objects.filter(pk=trip.pk).update(message_id=message_id)
    record(booking, Kind.DOCUMENT, actor, after=_("Documents were sent to the client"))
    save_booking(booking)
    return message_id


@transaction.atomic
def send_traveller_link(booking_id: int, *, actor: Actor) -> tuple[str, str]:
    """Make the page for the tourists' data and send it where a channel leads to the client.

    Returns its address, to be sent by hand as well, and why it could not be sent, if so.
    """
    address = _address("travellers", open_traveller_link(booking_id, actor=actor))
    booking = Booking.objects.select_related("lead__client").get(pk=booking_id)
    with override(booking.lead.client.language):
        text = texts.traveller_page(booking, address)
    newest = booking.traveller_links.latest("pk")
    try:
        with transaction.atomic():
            tell_client(booking.lead_id, text, key=f"travellers:{newest.pk}")
    except DomainError as error:
        return address, error.message
    return address, ""


@transaction.atomic
def change_flights(
    booking_id: int, flights: Sequence[Flight], *, reason: str, actor: Actor
) -> BookingTask | None:
    """Write the flights anew and tell the client; the task shows who has not read it.

    Returns None where nothing changed. Raises InvalidInput without a reason.
    """
    booking = locked_booking(booking_id)
    reason = needed_reason(reason)
    before, after = flight_lines(booking), [flight_line(flight) for flight in flights]
    if before == after:
        return None
    booking.flights.all().delete()
    FlightLeg.objects.bulk_create(FlightLeg(booking=booking, **vars(one)) for one in flights)
    words = {"before": "; ".join(before), "after": "; ".join(after)}
    record(booking, Kind.CHANGE, actor, reason=reason, **words)
    save_booking(booking)
    if booking.state not in OWING:
        return None
    return add_task(
        booking,
        code=f"flight:{booking.version}",
        audience=BookingTask.For.CLIENT,
        title=_("Flight times have changed"),
        due_on=timezone.localdate(),
    )


def flight_lines(booking: Booking) -> list[str]:
    return [flight_line(one) for one in booking.flights.all()]


def flight_line(one: Flight | FlightLeg) -> str:
    route = f"{one.number} {one.from_airport} – {one.to_airport}, {one.departs_local}"
    return f"{route} → {one.arrives_local}" if one.arrives_local else route


@transaction.atomic
def give_feedback(booking_id: int, mark: int, text: str) -> Booking:
    """The client's mark after the return, once; a low one becomes a task for the head.

    Raises Conflict before the return or for a second mark, InvalidInput for one beyond 1 to 5.
    """
    booking = locked_booking(booking_id)
    if not 1 <= mark <= 5:
        raise InvalidInput(_("A mark from 1 to 5."), code="mark", field="mark")
    if booking.state not in (State.TRAVELLING, State.FINISHED):
        raise Conflict(_("The mark is given after the trip."), code="state")
    if booking.feedback_mark is not None:
        raise Conflict(_("Thank you, your mark is here already."), code="given")
    booking.feedback_mark, booking.feedback_text = mark, text.strip()[:2000]
    save_booking(booking, "feedback_mark", "feedback_text")
    record(booking, Kind.CLIENT, CLIENT, after=_("Mark: %(mark)s") % {"mark": mark})
    if mark <= LOW_MARK:
        add_task(
            booking,
            code="low-mark",
            audience=BookingTask.For.HEAD,
            title=_("The client gave %(mark)s: call and make it good") % {"mark": mark},
            due_on=timezone.localdate(),
        )
    return booking
