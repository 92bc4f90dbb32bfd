"""«Сегодня»: one list per person of all that waits, joined from the sources of the apps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bookings.today import money_and_departures
from chat.today import talks
from leads.assignment import lead_workers
from leads.permissions import sees_all_leads
from leads.today import Group, Kind, Source, steps_and_gaps
from live.selectors import latest_cursor

SOURCES: tuple[Source, ...] = (talks, steps_and_gaps, money_and_departures)
# The right without which there is nothing to list.
RIGHT = "leads.view_lead"


@dataclass(frozen=True)
class Look:
    label: str | Promise
    icon: str
    tone: str


LOOKS = {
    Kind.RADAR: Look(_("Client paid, operator not"), "exclamation-triangle", "red"),
    Kind.PAYMENT: Look(_("Payments of clients"), "cash-coin", "orange"),
    Kind.DEPARTURE: Look(_("Bookings and departures"), "suitcase", "teal"),
    Kind.WAITING: Look(_("Waiting for an answer"), "chat-dots", "orange"),
    Kind.OVERDUE: Look(_("Overdue"), "exclamation-circle", "red"),
    Kind.WOKE: Look(_("Put off until now"), "alarm", "purple"),
    Kind.TODAY: Look(_("To do today"), "check2-circle", "accent"),
    Kind.NO_STEP: Look(_("No next step"), "calendar-x", "red"),
}


@dataclass(frozen=True)
class ShownGroup:
    group: Group
    look: Look


def groups_of_day(viewer: User, person: User) -> list[ShownGroup]:
    """What waits, the most urgent first; groups without rows are left out."""
    found = [group for source in SOURCES for group in source(viewer, person) if group.rows]
    order = list(Kind)
    found.sort(key=lambda group: order.index(group.kind))
    return [ShownGroup(group, LOOKS[group.kind]) for group in found]


def person_of_day(request: HttpRequest) -> User:
    """Whose day it is: one's own, or a colleague's for those who see all leads."""
    viewer, wanted = cast(User, request.user), request.GET.get("who", "")
    if not (wanted.isdecimal() and len(wanted) <= 18 and sees_all_leads(viewer)):
        return viewer
    return lead_workers().filter(pk=int(wanted)).first() or viewer


def day_context(request: HttpRequest) -> dict[str, Any]:
    """What the page and its fragment need; empty for those who may not look at leads."""
    viewer = cast(User, request.user)
    if not viewer.has_perm(RIGHT):
        return {}
    # Before the rows: what changes while they are read is told again, never missed.
    cursor, person = latest_cursor(), person_of_day(request)
    groups = groups_of_day(viewer, person)
    return {
        "cursor": str(cursor),
        "person": person,
        "is_own_day": person == viewer,
        "groups": groups,
        "total": sum(shown.group.total for shown in groups),
        "colleagues": list(lead_workers()),
        "may_choose": sees_all_leads(viewer),
        "may_act": viewer.has_perm("leads.change_lead"),
    }


def day_in_lines(person: User) -> list[str]:
    """The day as counts: «Просрочено: 3», the most urgent first."""
    return [f"{one.look.label}: {len(one.group.rows)}" for one in groups_of_day(person, person)]
