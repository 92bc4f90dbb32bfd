"""How an analysis of a lead is stored, and who is asked to work it out anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from leads.models import Lead, LeadAnalysis
from leads.services import STAFF
from live.services import publish

# What a change of any of these changes on the screens.
SHOWN = ("temperature", "completeness", "urgency", "segment", "summary", "step", "tags")
FIELDS = (*SHOWN, "points", "reasons", "missing", "earlier_leads", "stage", "message_id")

# Works one lead out anew, in the transaction of whatever changed it; `facts` are those before the
# change, where facts have changed. Wiring fills it.
Analyst = Callable[[int, Mapping[str, Any] | None], object]
analysts: list[Analyst] = []
# Does the same for an old lead, and first reads what nobody has read. Wiring fills it.
readers: list[Callable[[int], object]] = []


def reanalyse(lead_id: int, before: Mapping[str, Any] | None = None) -> None:
    for work in analysts:
        work(lead_id, before)


def read_anew(lead_id: int) -> None:
    for work in readers:
        work(lead_id)


def save_analysis(lead: Lead, fresh: LeadAnalysis) -> None:
    """Store what was worked out, over what was known; the caller holds the lead's lock.

    Open pages hear of it only if they would show something else.
    """
    old = getattr(lead, "analysis", None)
    fresh.lead = lead
    LeadAnalysis.objects.bulk_create(
        [fresh],
        update_conflicts=True,
        unique_fields=["lead"],
        update_fields=[*FIELDS, "analysed_at"],
    )
    if old is None or any(getattr(old, name) != getattr(fresh, name) for name in SHOWN):
        publish(STAFF, "lead.changed", lead=lead.pk)
