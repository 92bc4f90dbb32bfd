"""One tap on a row of «Сегодня»: which service it calls, what is said, how it is taken back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.models import BookingTask
from bookings.services.tasks import finish_task, postpone_task
from chat.models import Conversation
from chat.services.waiting import mark_answered, snooze, wake
from common.errors import InvalidInput
from leads.models import Lead
from leads.services import Actor, assign_lead
from leads.steps import finish_step, plan_step, postpone_step, restore_step

DAYS = {"day": 1, "3days": 3}
MORNING = time(9)
ORIGIN = "today"


@dataclass(frozen=True)
class Done:
    """What to say, and what the page posts to take it back (empty: it can't be)."""

    said: str
    undo: dict[str, Any] = field(default_factory=dict)


def act_on_lead(lead: Lead, act: str, *, user: User, to: User | None = None) -> Done:
    actor = Actor(user, ORIGIN)
    if act == "give":
        return _give(lead, to, actor)
    if act == "done":
        changed, said = finish_step(lead.pk, actor=actor), _("Done: %(client)s")
    elif lead.next_step_at:
        changed = postpone_step(lead.pk, DAYS[act], actor=actor)
        said = _("Put off: %(client)s")
    else:
        changed = plan_step(lead.pk, _("Get in touch"), _morning(DAYS[act]), actor=actor)
        said = _("Planned: %(client)s")
    return Done(said % {"client": lead.client}, _way_back(lead, changed))


def _way_back(before: Lead, after: Lead) -> dict[str, Any]:
    return {
        "do": f"lead-{after.pk}:restore",
        "step": before.next_step,
        "due": before.next_step_at.isoformat() if before.next_step_at else "",
        "kind": before.next_step_kind,
        "version": after.version,
    }


def restore(lead: Lead, wish: dict[str, Any], *, user: User) -> Done:
    restore_step(
        lead.pk,
        wish["step"],
        wish["due"],
        wish["kind"] or Lead.StepKind.TASK,
        version=wish["version"] or 0,
        actor=Actor(user, ORIGIN),
    )
    return Done(_("As it was: %(client)s") % {"client": lead.client})


def act_on_talk(talk: Conversation, act: str, *, user: User, to: User | None = None) -> Done:
    if act == "give":
        return _give(talk.lead, to, Actor(user, ORIGIN))
    if act in DAYS:
        snooze(talk.pk, _morning(DAYS[act]), user=user)
        undo = {"do": f"talk-{talk.pk}:restore"}
        return Done(_("Put off: %(client)s") % {"client": talk.client}, undo)
    if act == "restore":
        wake(talk.pk, user=user)
        return Done(_("As it was: %(client)s") % {"client": talk.client})
    mark_answered(talk.pk, user=user)
    wake(talk.pk, user=user)
    return Done(_("Done: %(client)s") % {"client": talk.client})


def act_on_task(task: BookingTask, act: str, *, user: User) -> Done:
    """A task of a booking: done, or put off. Raises InvalidInput for anything else."""
    actor = Actor(user, ORIGIN)
    if act == "done":
        finish_task(task.pk, actor=actor)
        return Done(_("Done: %(task)s") % {"task": task.title})
    if act not in DAYS:
        raise InvalidInput(_("This can't be done here. Reload the page."), code="act")
    postpone_task(task.pk, DAYS[act], actor=actor)
    return Done(_("Put off: %(task)s") % {"task": task.title})


def _give(lead: Lead | None, to: User | None, actor: Actor) -> Done:
    if lead is None:
        raise InvalidInput(_("This chat has no lead to give."), code="no_lead")
    if to is None:
        raise InvalidInput(_("Choose a colleague."), code="nobody", field="to")
    assign_lead(lead.pk, to, actor=actor)
    names = {"client": lead.client, "colleague": to.get_full_name() or to.username}
    return Done(_("%(client)s is now with %(colleague)s") % names)


def _morning(days: int) -> datetime:
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, MORNING))
