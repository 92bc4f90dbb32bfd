"""What the sheet of a lead shows: the card opened in place, or as a page of its own."""

from __future__ import annotations

from typing import Any

from leads.analysis_words import shown_analysis
from leads.contradictions import open_contradictions
from leads.fact_form import FactsForm
from leads.fact_lines import fact_lines
from leads.formats import money
from leads.history_words import history_lines
from leads.models import Lead, Tag
from leads.panels import panels_of
from leads.permissions import Person
from leads.selectors import colleagues, facts_with_history, history_page
from leads.step_choices import Due, due_of, quick_steps


def sheet_context(lead: Lead, viewer: Person, before_id: int | None = None) -> dict[str, Any]:
    may_change = viewer.has_perm("leads.change_lead")
    facts, analysis = facts_with_history(lead.pk), shown_analysis(lead)
    return {
        "lead": lead,
        "may_change": may_change,
        "amount": money(lead.amount, lead.currency) if lead.amount is not None else "",
        "identities": lead.client.identities.exclude(kind="webchat"),
        "tags": lead.tags.all(),
        "all_tags": Tag.objects.all() if may_change else (),
        "colleagues": colleagues() if may_change else (),
        "due": due_of(lead),
        "is_overdue": due_of(lead) == Due.OVERDUE,
        "quick_steps": quick_steps(str(lead.stage_id)),
        "step_kinds": Lead.StepKind.choices,
        "facts": fact_lines(facts),
        "analysis": analysis,
        "fact_form": FactsForm.of(facts) if may_change else None,
        "contradictions": open_contradictions(lead.pk, facts),
        "panels": panels_of(lead, viewer),
        **history_context(lead.pk, before_id),
    }


def history_context(lead_id: int, before_id: int | None = None) -> dict[str, Any]:
    rows, has_more = history_page(lead_id, before_id)
    return {"history": history_lines(rows), "before": rows[-1].pk if has_more else None}
