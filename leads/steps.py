"""Services for what was promised: the next step of a lead, and its tags."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import Conflict, InvalidInput
from leads.models import Lead, LeadHistory, Tag
from leads.services import STAFF, Actor, locked_lead, record, save_lead
from live.services import publish

Kind = LeadHistory.Kind
MOST_DAYS_AHEAD = 730


@transaction.atomic
def plan_step(
    lead_id: int, text: str, due_at: datetime, *, actor: Actor, kind: str = Lead.StepKind.TASK
) -> Lead:
    """Promise what happens next and when. Raises InvalidInput for an empty text or a wild date."""
    return _set_step(locked_lead(lead_id), checked_step(text, due_at), due_at, kind, actor)


def checked_step(text: str, due_at: datetime | None) -> str:
    """The words of a step as they are stored. Raises InvalidInput like `plan_step`."""
    if not text.strip():
        raise InvalidInput(_("Say what is to be done."), code="empty", field="next_step")
    now = timezone.now()
    first, last = now - timedelta(days=1), now + timedelta(days=MOST_DAYS_AHEAD)
    if due_at is None or not first < due_at < last:
        raise InvalidInput(_("Choose a day within two years."), code="date", field="next_step_at")
    return text.strip()[:200]


@transaction.atomic
def finish_step(lead_id: int, *, actor: Actor) -> Lead:
    """The promise is kept; the lead has no next step now. Safe twice."""
    lead = locked_lead(lead_id)
    return _set_step(lead, "", None, Lead.StepKind.TASK, actor) if lead.next_step else lead


@transaction.atomic
def postpone_step(lead_id: int, days: int, *, actor: Actor) -> Lead:
    """Put the step off, counted from today or from its own later day; the hour stays."""
    lead = locked_lead(lead_id)
    if not lead.next_step_at:
        raise InvalidInput(_("There is no next step to put off."), code="no_step")
    due = timezone.localtime(lead.next_step_at)
    start = max(due.date(), timezone.localdate())
    later = due.replace(year=start.year, month=start.month, day=start.day) + timedelta(days=days)
    return _set_step(lead, lead.next_step, later, lead.next_step_kind, actor)


@transaction.atomic
def restore_step(
    lead_id: int, text: str, due_at: datetime | None, kind: str, *, version: int, actor: Actor
) -> Lead:
    """Take back the last change of the step. Raises Conflict if the lead has changed since."""
    lead = locked_lead(lead_id)
    if lead.version != version:
        raise Conflict(_("Somebody has just changed this lead. Look at it again."), code="stale")
    return _set_step(lead, text[:200], due_at, kind, actor)


def _set_step(lead: Lead, text: str, due_at: datetime | None, kind: str, actor: Actor) -> Lead:
    before = _words(lead)
    lead.next_step, lead.next_step_at, lead.next_step_kind = text, due_at, kind
    save_lead(lead, "next_step", "next_step_at", "next_step_kind")
    record(lead, Kind.STEP, actor, before=before, after=_words(lead))
    publish(STAFF, "lead.changed", lead=lead.pk)
    return lead


def _words(lead: Lead) -> str:
    if not lead.next_step_at:
        return lead.next_step
    return f"{lead.next_step}, {timezone.localtime(lead.next_step_at):%d.%m.%Y %H:%M}"


@transaction.atomic
def tag_lead(lead_id: int, names: Iterable[str], *, actor: Actor) -> Lead:
    """Let the lead have exactly these tags; unknown ones are made."""
    lead = locked_lead(lead_id)
    before = set(lead.tags.all())
    after = {_ensure_tag(name.strip()) for name in names if name.strip()}
    return _set_tags(lead, before, after, actor) if before != after else lead


@transaction.atomic
def change_tags(
    lead_id: int, *, add: Iterable[str] = (), remove: Iterable[str] = (), actor: Actor
) -> Lead:
    """Put tags on a lead and take others off; the rest stay."""
    lead = locked_lead(lead_id)
    before = set(lead.tags.all())
    off = {name.casefold() for name in remove}
    kept = {tag for tag in before if tag.name.casefold() not in off}
    after = kept | {_ensure_tag(name.strip()) for name in add if name.strip()}
    return _set_tags(lead, before, after, actor) if before != after else lead


def _set_tags(lead: Lead, before: Collection[Tag], after: Collection[Tag], actor: Actor) -> Lead:
    lead.tags.set(after)
    save_lead(lead)
    record(lead, Kind.TAGS, actor, before=_names(before), after=_names(after))
    publish(STAFF, "lead.changed", lead=lead.pk)
    return lead


def _ensure_tag(name: str) -> Tag:
    known = Tag.objects.filter(name__iexact=name[:40]).first()
    return known or Tag.objects.get_or_create(name=name[:40])[0]


def _names(tags: Collection[Tag]) -> str:
    return ", ".join(sorted(tag.name for tag in tags))[:300]
