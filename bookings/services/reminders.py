"""What goes to clients by itself on its day. Each task leaves once; what can't, becomes a call."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from bookings import client_texts as texts
from bookings.messenger import tell_client
from bookings.models import Booking, BookingTask, PaymentDue, TripLink
from bookings.services.rows import Kind, locked_booking, record, set_state
from bookings.services.tasks import FEEDBACK
from bookings.services.terms import rate_on
from bookings.services.trip import open_trip_link
from bookings.states import OVER, State
from bookings.terms import left_of_parts
from common.errors import DomainError
from leads.services import Actor

BEAT = Actor(user=None, origin="beat")
# Nobody is written to at night.
FIRST_HOUR, LAST_HOUR = 9, 20
MOST_AT_ONCE = 500


def is_decent_hour() -> bool:
    return FIRST_HOUR <= timezone.localtime().hour < LAST_HOUR


def send_reminders(*, today: date | None = None) -> int:
    """Send everything due; return how many left. Safe to run twice and from two workers."""
    today = today or timezone.localdate()
    due = BookingTask.objects.filter(
        audience=BookingTask.For.CLIENT, done_at=None, due_on__lte=today
    )
    ids = list(due.order_by("due_on", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    return sum(_send(task_id, today) for task_id in ids)


@transaction.atomic
def _send(task_id: int, today: date) -> bool:
    task = BookingTask.objects.get(pk=task_id)
    booking = locked_booking(task.booking_id)
    task = BookingTask.objects.get(pk=task_id)
    if task.done_at or task.audience != BookingTask.For.CLIENT:
        return False
    if why := _needless(booking, task, today):
        _close(task, why)
        return False
    try:
        with transaction.atomic():
            task.message_id = _tell(booking, task)
    except DomainError as error:
        _hand_to_manager(booking, task, error.message)
        return False
    _close(task, _("Sent"))
    record(booking, Kind.TASK, BEAT, after=task.title)
    return True


def _needless(booking: Booking, task: BookingTask, today: date) -> str:
    """Why there is nothing to say any more; empty where there is."""
    if task.code.startswith(f"{FEEDBACK}:"):
        if booking.state in (State.REJECTED, State.CANCELLED) or booking.feedback_mark:
            return _("Not needed")
        return ""
    if booking.state in OVER:
        return _("Not needed")
    if booking.departs_on < today:
        return _("Too late: the client has departed")
    if task.code.startswith("pay:"):
        due = _due_of(task)
        if due is None or not due.is_current:
            return _("Not needed")
        return "" if _left_of(booking, due) else _("Paid already")
    return ""


def _left_of(booking: Booking, due: PaymentDue) -> Decimal:
    """What the client still owes of one part."""
    parts = booking.dues.filter(side=due.side, is_current=True, position__lte=due.position)
    amounts = parts.order_by("position").values_list("amount", flat=True)
    return left_of_parts(list(amounts), booking.client_paid)[-1]


def _due_of(task: BookingTask) -> PaymentDue | None:
    return PaymentDue.objects.filter(pk=task.code.removeprefix("pay:")).first()


def _tell(booking: Booking, task: BookingTask) -> int:
    """The wording by the task's code; everything but money comes with the client's page."""
    with override(booking.lead.client.language):
        due = _due_of(task) if task.code.startswith("pay:") else None
        text = _reminder(booking, due) if due else _with_page(booking, task)
    return tell_client(booking.lead_id, text, key=f"task:{task.pk}")


def _reminder(booking: Booking, due: PaymentDue) -> str:
    """With what is left of the part, in tenge at today's rate."""
    rate = rate_on(timezone.localdate(), booking.currency, booking.operator.code)
    return texts.payment_reminder(booking, due, _left_of(booking, due), rate)


def _with_page(booking: Booking, task: BookingTask) -> str:
    link = open_trip_link(booking, task=task)
    if task.code.startswith("flight:"):
        return texts.flight_change(booking, link)
    if task.code.startswith(f"{FEEDBACK}:"):
        return texts.feedback(booking, link)
    if task.code.startswith("d+1:"):
        return texts.tomorrow(booking, link)
    return texts.documents(booking, link)


def _close(task: BookingTask, note: str) -> None:
    task.done_at, task.note = timezone.now(), note[:300]
    task.save(update_fields=["done_at", "note", "message_id"])
    if task.message_id:
        TripLink.objects.filter(task=task).update(message_id=task.message_id)


def _hand_to_manager(booking: Booking, task: BookingTask, why: str) -> None:
    """No channel, or its window is closed: a person has to call."""
    task.audience, task.note = BookingTask.For.MANAGER, why[:300]
    task.title = _("Tell the client: %(what)s") % {"what": task.title}
    task.save(update_fields=["audience", "note", "title"])
    record(booking, Kind.TASK, BEAT, after=task.title, reason=why)


def follow_travellers(*, today: date | None = None) -> int:
    """Let bookings depart and come home on their days; return how many. Safe to run twice."""
    today = today or timezone.localdate()
    moved = 0
    ways = (
        (State.DOCUMENTS, State.TRAVELLING, {"departs_on__lte": today}),
        (State.TRAVELLING, State.FINISHED, {"returns_on__lt": today}),
    )
    for before, after, when in ways:
        due = Booking.objects.filter(state=before, **when).values_list("pk", flat=True)
        moved += sum(_move(pk, before, after) for pk in due[:MOST_AT_ONCE])
    return moved


@transaction.atomic
def _move(booking_id: int, before: State, after: State) -> bool:
    booking = locked_booking(booking_id)
    if booking.state != before:
        return False
    set_state(booking, after, BEAT)
    return True
