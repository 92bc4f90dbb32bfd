"""What upper apps show on leads and know of them. Empty here; the composition root fills it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from leads.models import Lead
from leads.permissions import Person


@dataclass(frozen=True)
class Badge:
    """What another app knows about a lead.

    `url` is the page where one works with it. `watch` names the object whose live notices concern
    the card, as `<payload key>:<id>`.
    """

    url: str = ""
    watch: str = ""
    waiting_since: datetime | None = None
    last_text: str = ""


BadgeSource = Callable[[Sequence[int]], Mapping[int, Badge]]
# Safe HTML for the sheet of a lead, as this person may see it; empty when there is nothing.
Panel = Callable[[Lead, Person], str]
# The ids of the leads whose client waits for an answer, as a subquery.
WaitingLeads = Callable[[], QuerySet[Any, Any]]

card_badges: list[BadgeSource] = []
lead_panels: list[Panel] = []
waiting_leads: list[WaitingLeads] = []


def badges_of(lead_ids: Sequence[int]) -> dict[int, Badge]:
    """Ask every source once for all the leads; the first one that knows a lead wins."""
    found: dict[int, Badge] = {}
    for source in card_badges:
        found = {**source(lead_ids), **found}
    return found


def panels_of(lead: Lead, viewer: Person) -> list[str]:
    return [html for panel in lead_panels if (html := panel(lead, viewer))]


def is_waiting() -> Q:
    """The leads some app says a client waits at; none where no app knows."""
    found = Q(pk__in=[])
    for source in waiting_leads:
        found |= Q(pk__in=source())
    return found
