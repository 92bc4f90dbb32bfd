"""The next step of a lead: how urgent it is, and what may be planned with one tap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.models import Lead, LeadStage

Stage = LeadStage.Code
CALL, TASK = Lead.StepKind.CALL, Lead.StepKind.TASK
MORNING = time(10)
# What a manager usually does after a lead has come into a stage.
USUAL: dict[str, tuple[str | Promise, str]] = {
    Stage.NEW: (gettext_lazy("Answer the client"), TASK),
    Stage.CONSULTATION: (gettext_lazy("Ask for the details of the trip"), CALL),
    Stage.SELECTION: (gettext_lazy("Send a selection of tours"), TASK),
    Stage.OFFER_SENT: (gettext_lazy("Ask about the selection"), CALL),
    Stage.NEGOTIATION: (gettext_lazy("Check the price and places"), TASK),
    Stage.BOOKING: (gettext_lazy("Collect the passports"), TASK),
    Stage.PAYMENT: (gettext_lazy("Check the payment"), TASK),
}


class Due(TextChoices):
    """How near the next step is; `NONE` is an open lead nobody has planned anything for."""

    OVERDUE = "overdue"
    TODAY = "today"
    LATER = "later"
    NONE = "none"
    CLOSED = "closed"


def due_of(lead: Lead) -> Due:
    if lead.is_closed:
        return Due.CLOSED
    if lead.next_step_at is None:
        return Due.LATER if lead.next_step else Due.NONE
    if lead.next_step_at < timezone.now():
        return Due.OVERDUE
    is_today = timezone.localdate(lead.next_step_at) == timezone.localdate()
    return Due.TODAY if is_today else Due.LATER


@dataclass(frozen=True)
class QuickStep:
    """A step that one tap plans. `due` is local, as `datetime-local` fields write it."""

    label: str
    text: str
    kind: str
    due: str


def quick_steps(stage: str) -> list[QuickStep]:
    """The usual step of a stage, on three days to choose from; none for a closed lead."""
    if stage not in USUAL:
        return []
    text, kind = USUAL[stage]
    return [QuickStep(label, str(text), kind, f"{due:%Y-%m-%dT%H:%M}") for label, due in _days()]


def _days() -> list[tuple[str, datetime]]:
    return [soonest(), tomorrow(), (_("In 3 days"), _morning_after(timezone.localtime(), 3))]


def soonest() -> tuple[str, datetime]:
    return _("In 2 hours"), (timezone.localtime() + timedelta(hours=2)).replace(minute=0)


def tomorrow() -> tuple[str, datetime]:
    return _("Tomorrow"), _morning_after(timezone.localtime(), 1)


def _morning_after(now: datetime, days: int) -> datetime:
    return datetime.combine(now.date() + timedelta(days=days), MORNING, now.tzinfo)
