"""The client says otherwise than a person has set: what stands open, and who decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import Conflict
from leads.analysis import reanalyse
from leads.fact_groups import group_of
from leads.fact_lines import fact_lines
from leads.models import FactContradiction, Lead, LeadFact
from leads.selectors import current_facts
from leads.services import (
    STAFF,
    Actor,
    Kind,
    NewFact,
    forget_facts,
    locked_lead,
    record,
    record_facts,
)
from live.services import publish

Outcome = FactContradiction.Outcome


@dataclass(frozen=True)
class Contradiction:
    """What the client and a person say of one thing; `name` is what a decision names it by."""

    name: str
    theirs: str
    ours: str
    quotes: tuple[str, ...]
    since: datetime


def open_contradictions(lead_id: int, facts: Sequence[LeadFact]) -> list[Contradiction]:
    """Those that wait for a decision, one per group of facts; `facts` are the lead's, old ones too.

    Without a word of a person there is nothing to contradict, and nothing is asked.
    """
    if not any(fact.set_by_id for fact in facts):
        return []
    rows = FactContradiction.objects.filter(lead=lead_id, outcome=Outcome.OPEN).order_by("pk")
    groups: dict[tuple[str, ...], list[FactContradiction]] = {}
    for row in rows:
        groups.setdefault(group_of(row.name), []).append(row)
    return [_shown(names, group, facts) for names, group in groups.items()]


def _shown(
    names: Sequence[str], rows: Sequence[FactContradiction], facts: Sequence[LeadFact]
) -> Contradiction:
    said = [LeadFact(name=row.name, value=row.value, quote=row.quote) for row in rows]
    ours = [fact for fact in facts if fact.is_current and fact.name in names]
    quotes = tuple(dict.fromkeys(row.quote for row in rows if row.quote))
    return Contradiction(rows[0].name, _text(said), _text(ours), quotes, rows[0].created_at)


def _text(facts: Sequence[LeadFact]) -> str:
    return "; ".join(line.text for line in fact_lines(facts))


@transaction.atomic
def accept_contradiction(lead_id: int, name: str, *, actor: Actor) -> Lead:
    """Take the client's words as a person's own; the whole group of facts is replaced.

    Raises Conflict if somebody has decided already.
    """
    lead, rows, before = locked_lead(lead_id), _open(lead_id, name), current_facts(lead_id)
    _close(rows, Outcome.ACCEPTED, actor)
    said = [NewFact(row.name, row.value, row.quote, row.confidence) for row in rows]
    others = set(group_of(name)) - {row.name for row in rows}
    forget_facts(lead_id, others, actor=actor)
    record_facts(lead_id, said, actor=actor)
    reanalyse(lead_id, before)
    return lead


@transaction.atomic
def keep_fact(lead_id: int, name: str, *, actor: Actor) -> Lead:
    """Leave what a person has set. Raises Conflict if somebody has decided already."""
    lead, rows = locked_lead(lead_id), _open(lead_id, name)
    _close(rows, Outcome.KEPT, actor)
    for row in rows:
        record(lead, Kind.OTHERWISE, actor, before=f"{row.name}: {row.value}"[:300])
    publish(STAFF, "lead.changed", lead=lead_id)
    return lead


@transaction.atomic
def correct_facts(lead_id: int, values: Mapping[str, Any], *, actor: Actor) -> list[LeadFact]:
    """Write what a person knows better: from now on automation leaves these facts alone.

    `values` by the names of facts; None or an empty list means that it is not known after all.
    """
    locked_lead(lead_id)
    before = current_facts(lead_id)
    empty = {name for name, value in values.items() if value in (None, "", [])}
    forget_facts(lead_id, empty & before.keys(), actor=actor)
    new = [
        NewFact(name, value)
        for name, value in values.items()
        if name not in empty and before.get(name) != value
    ]
    changed = record_facts(lead_id, new, actor=actor)
    if changed or empty & before.keys():
        publish(STAFF, "lead.changed", lead=lead_id)
        reanalyse(lead_id, before)
    return changed


def _open(lead_id: int, name: str) -> list[FactContradiction]:
    wanted = FactContradiction.objects.filter(lead=lead_id, name__in=group_of(name))
    rows = list(wanted.filter(outcome=Outcome.OPEN).order_by("pk"))
    if not rows:
        raise Conflict(_("This has been decided already."), code="decided")
    return rows


def _close(rows: Sequence[FactContradiction], outcome: str, actor: Actor) -> None:
    FactContradiction.objects.filter(pk__in=[row.pk for row in rows]).update(
        outcome=outcome, decided_by=actor.user, decided_at=timezone.now()
    )
