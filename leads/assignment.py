"""Who takes new leads: colleagues on shift, each in turn."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import InvalidInput
from leads.models import Lead, StaffProfile
from leads.models.lead import CLOSED
from leads.services import Actor, assign_lead

LONG_AGO = datetime.min.replace(tzinfo=UTC)


def lead_workers() -> QuerySet[User]:
    """Colleagues who can answer for a lead; whoever has left is none of them."""
    workers = User.objects.with_perm("leads.change_lead")
    return workers.filter(is_active=True, is_staff=True).order_by("first_name", "username")


@transaction.atomic
def assign_in_turn(lead: Lead, actor: Actor) -> Lead:
    """Give a new lead to whoever on shift has waited longest; nobody on shift leaves it free.

    Locks all turns, so that two leads at once go to two people.
    """
    on_shift = StaffProfile.objects.filter(is_on_shift=True, user__in=lead_workers())
    locked = on_shift.order_by("pk").select_for_update(no_key=True, of=("self",))
    turns = list(locked.select_related("user"))
    if not turns or lead.assignee_id:
        return lead
    turn = min(turns, key=lambda one: one.last_assigned_at or LONG_AGO)
    turn.last_assigned_at = timezone.now()
    turn.save(update_fields=["last_assigned_at"])
    return assign_lead(lead.pk, turn.user, actor=actor, note=_("in turn"))


def shifts() -> list[StaffProfile]:
    """Everybody who could take new leads, on shift or not; some of the rows are not saved yet."""
    profiles = {one.user_id: one for one in StaffProfile.objects.all()}
    workers = lead_workers().annotate(open_leads=Count("leads", ~Q(leads__stage__in=CLOSED)))
    found = []
    for user in workers:
        profile = profiles.get(user.pk, StaffProfile(user=user))
        profile.user = user
        found.append(profile)
    return found


@transaction.atomic
def set_shift(user_id: int, is_on_shift: bool) -> StaffProfile:
    """Let a colleague take new leads, or no more. Raises InvalidInput for one who can't."""
    user = lead_workers().filter(pk=user_id).first()
    if user is None:
        raise InvalidInput(_("This colleague can't take leads."), code="no_worker")
    values = {"is_on_shift": is_on_shift}
    return StaffProfile.objects.update_or_create(user=user, defaults=values)[0]
