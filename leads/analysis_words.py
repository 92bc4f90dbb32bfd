"""The codes of an analysis in the words of the staff; days are counted when they are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from leads.models import Lead, LeadAnalysis, LeadStage
from leads.step_choices import Due, QuickStep, due_of, soonest, tomorrow

Words = str | Promise
Temperature = LeadAnalysis.Temperature
CALL, TASK = Lead.StepKind.CALL, Lead.StepKind.TASK
MOST_REASONS = 5
ICONS = {Temperature.HOT: "fire", Temperature.WARM: "thermometer-half", Temperature.COLD: "snow"}
NEEDS: dict[str, Words] = {
    "country": gettext_lazy("country"),
    "departure_city": gettext_lazy("city of departure"),
    "dates": gettext_lazy("dates"),
    "nights": gettext_lazy("nights"),
    "party": gettext_lazy("who travels"),
    "children_ages": gettext_lazy("ages of the children"),
}


def _departs(value: Any) -> str:
    days = (date.fromisoformat(value) - timezone.localdate()).days
    if days < 0:
        return _("the dates have passed")
    if days <= 1:
        return _("leaves tomorrow") if days else _("leaves today")
    return ngettext("leaves in %(count)s day", "leaves in %(count)s days", days) % {"count": days}


def _silent(value: Any) -> str:
    days = (timezone.now() - datetime.fromisoformat(value)).days
    return ngettext("silent for %(count)s day", "silent for %(count)s days", days) % {"count": days}


def _fresh(value: Any) -> str:
    is_today = timezone.localdate(datetime.fromisoformat(value)) == timezone.localdate()
    return _("wrote today") if is_today else _("wrote lately")


REASONS: dict[str, Words | Callable[[Any], str]] = {
    "ready": gettext_lazy("is ready to book"),
    "hotel": gettext_lazy("has chosen a hotel"),
    "price": gettext_lazy("asks about the price"),
    "dear": gettext_lazy("finds it dear"),
    "later": gettext_lazy("will think about it"),
    "looking": gettext_lazy("is only looking"),
    "gone": gettext_lazy("writes that it is off"),
    "budget": gettext_lazy("has named a budget"),
    "complete": gettext_lazy("all is known for a search"),
    "dates_gone": gettext_lazy("the dates have passed"),
    "departs": _departs,
    "stage": lambda code: _("is at “%(stage)s”") % {"stage": _stage(code)},
    "bought": gettext_lazy("has bought from us"),
    "phone": gettext_lazy("has left a phone"),
    "fresh": _fresh,
    "active": gettext_lazy("writes a lot"),
    "silent": _silent,
}
# Words, kind, and whether it can't wait till tomorrow.
STEPS: dict[str, tuple[Words, str, bool]] = {
    "ask_details": (gettext_lazy("Find out: %(missing)s"), TASK, True),
    "send_selection": (gettext_lazy("Send a selection of tours"), TASK, True),
    "ask_opinion": (gettext_lazy("Ask about the selection"), CALL, False),
    "check_price": (gettext_lazy("Check the price and places"), TASK, True),
    "book": (gettext_lazy("Check the price and places, book"), CALL, True),
    "passports": (gettext_lazy("Collect the passports"), TASK, False),
    "payment": (gettext_lazy("Check the payment"), TASK, False),
    "remind": (gettext_lazy("Remind of ourselves"), CALL, False),
    "new_dates": (gettext_lazy("Ask for new dates"), TASK, False),
    "ask_why": (gettext_lazy("Ask why it is off, close the lead"), TASK, False),
}


def _stage(code: str) -> str:
    return str(dict(LeadStage.Code.choices).get(code, code))


def reason_words(code: str, value: Any) -> str:
    """A code of another version of the program, or a value it can't read, shows as nothing."""
    say = REASONS.get(code, "")
    try:
        return say(value) if callable(say) else str(say)
    except (TypeError, ValueError):
        return ""


def missing_words(missing: Sequence[str]) -> str:
    return ", ".join(str(NEEDS.get(need, need)) for need in missing)


@dataclass(frozen=True)
class Mark:
    """The small sign of a card: an icon, a tone, and words for those who can't see it."""

    temperature: str
    icon: str
    label: str


def mark_of(lead: Lead | None) -> Mark | None:
    """From a lead read with its `analysis`; closed leads have none."""
    analysis = analysis_of(lead)
    if lead is None or analysis is None or lead.is_closed:
        return None
    temperature = Temperature(analysis.temperature)
    return Mark(temperature.value, ICONS[temperature], str(temperature.label))


def analysis_of(lead: Lead | None) -> LeadAnalysis | None:
    return getattr(lead, "analysis", None)


@dataclass(frozen=True)
class Shown:
    """An analysis as the sheet, the lead's page and the chat show it."""

    analysis: LeadAnalysis
    mark: Mark | None
    reasons: list[str]
    missing: str
    step: QuickStep | None
    tags: list[str]


def shown_analysis(lead: Lead | None) -> Shown | None:
    analysis = analysis_of(lead)
    if lead is None or analysis is None:
        return None
    # The page shows the tags as well: one query for both.
    prefetch_related_objects([lead], "tags")
    words = [reason_words(*reason) for reason in analysis.reasons]
    known = {tag.name.casefold() for tag in lead.tags.all()}
    return Shown(
        analysis,
        mark_of(lead),
        list(filter(None, words))[:MOST_REASONS],
        missing_words(analysis.missing),
        _step(lead, analysis),
        [name for name in analysis.tags if name.casefold() not in known],
    )


def _step(lead: Lead, analysis: LeadAnalysis) -> QuickStep | None:
    """Worth offering while nothing is planned, and only for the stage it was made for."""
    is_due = due_of(lead) in (Due.NONE, Due.OVERDUE)
    if analysis.step not in STEPS or not is_due or analysis.stage != lead.stage_id:
        return None
    text, kind, is_hasty = STEPS[analysis.step]
    words = str(text) % {"missing": missing_words(analysis.missing)}
    label, due = soonest() if is_hasty else tomorrow()
    return QuickStep(label, words[:200], kind, f"{due:%Y-%m-%dT%H:%M}")
