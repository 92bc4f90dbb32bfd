"""Who takes new leads: colleagues on shift, each in turn."""

from __future__ import annotations

from datetime import UTC, datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from leads.models import Lead, StaffProfile
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
