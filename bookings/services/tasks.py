"""The departure desk: what is to be done for a booking by a day, by us and by itself."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.models import Booking, BookingTask, Side
from bookings.services.rows import Kind, locked_booking, needed_reason, record
from leads.services import Actor

For = BookingTask.For
# Days before departure, for whom, what.
DEPARTURE = (
    (30, For.MANAGER, gettext_lazy("Check passports, visas and permits to leave")),
    (14, For.MANAGER, gettext_lazy("Ask the operator for flight times and documents")),
    (7, For.CLIENT, gettext_lazy("Documents of the trip for the client")),
    (3, For.MANAGER, gettext_lazy("Ask the client whether everything is packed and clear")),
    (1, For.CLIENT, gettext_lazy("Reminder of tomorrow's flight")),
    (0, For.MANAGER, gettext_lazy("See that the client has departed")),
    (-2, For.MANAGER, gettext_lazy("Call: how have they settled in?")),
)
FEEDBACK = "feedback"
FEEDBACK_DAYS_AFTER = 1
PAY_DAYS_AHEAD = 2


def add_task(
    booking: Booking, *, code: str, audience: str, title: str, due_on: date
) -> BookingTask | None:
    """Add a task once per `code`; None if it is there already."""
    values = {"audience": audience, "title": title[:300], "due_on": due_on}
    task, is_new = BookingTask.objects.get_or_create(booking=booking, code=code, defaults=values)
    return task if is_new else None


def plan_departure(booking: Booking, *, today: date) -> None:
    """Plan the checklist of a confirmed booking; what lies in the past is left out."""
    for days, audience, title in DEPARTURE:
        due_on = booking.departs_on - timedelta(days=days)
        if due_on >= today:
            code = f"d{days:+d}:{booking.departs_on}"
            add_task(booking, code=code, audience=audience, title=str(title), due_on=due_on)
    add_task(
        booking,
        code=f"{FEEDBACK}:{booking.returns_on}",
        audience=For.CLIENT,
        title=_("Ask the client for a mark"),
        due_on=booking.returns_on + timedelta(days=FEEDBACK_DAYS_AFTER),
    )


def plan_payment_reminders(booking: Booking, *, today: date) -> None:
    """Remind the client of each part before its day; a part that is paid by then is skipped."""
    for due in booking.dues.filter(side=Side.CLIENT, is_current=True):
        add_task(
            booking,
            code=f"pay:{due.pk}",
            audience=For.CLIENT,
            title=_("Reminder of the payment"),
            due_on=max(due.due_on - timedelta(days=PAY_DAYS_AHEAD), today),
        )


@transaction.atomic
def finish_task(task_id: int, *, actor: Actor, note: str = "") -> BookingTask:
    """The thing is done. Safe twice."""
    task = BookingTask.objects.select_for_update(no_key=True).get(pk=task_id)
    if task.done_at is None:
        task.done_at, task.done_by, task.note = timezone.now(), actor.user, note[:300]
        task.save(update_fields=["done_at", "done_by", "note"])
        record(task.booking, Kind.TASK, actor, after=task.title, reason=note)
    return task


@transaction.atomic
def postpone_task(task_id: int, days: int, *, actor: Actor) -> BookingTask:
    """Put it off, counted from today or from its own later day."""
    task = BookingTask.objects.select_for_update(no_key=True).get(pk=task_id)
    task.due_on = max(task.due_on, timezone.localdate()) + timedelta(days=days)
    task.save(update_fields=["due_on"])
    record(task.booking, Kind.TASK, actor, after=f"{task.title}: {task.due_on:%d.%m.%Y}"[:300])
    return task


@transaction.atomic
def plan_task(
    booking_id: int, title: str, due_on: date, *, actor: Actor, audience: str = For.MANAGER
) -> BookingTask:
    """A task of a person's own. Raises InvalidInput for an empty one."""
    booking = locked_booking(booking_id)
    title = needed_reason(title)[:300]
    code = f"own:{booking.tasks.filter(code__startswith='own:').count() + 1}"
    task = BookingTask.objects.create(
        booking=booking, code=code, audience=audience, title=title, due_on=due_on
    )
    record(booking, Kind.TASK, actor, after=title)
    return task


def close_tasks(booking: Booking, why: str) -> None:
    """Nothing of what was planned is needed any more; under the caller's lock."""
    open_tasks = BookingTask.objects.filter(booking=booking, done_at=None)
    open_tasks.update(done_at=timezone.now(), note=why[:300])
