"""An analysed inquiry in one line and the tags that fit: agency's own words, always Russian."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.ai.analysis import Analysis, Dossier, Segment

RICH_FROM_KZT = 2_000_000
# The strongest of what the client's words say; one of them ends the line.
STATES: dict[str, str | Promise] = {
    "gone": gettext_lazy("writes that it is off"),
    "ready": gettext_lazy("is ready to book"),
    "hotel": gettext_lazy("has chosen a hotel"),
    "dear": gettext_lazy("finds it dear"),
    "later": gettext_lazy("will think about it"),
    "looking": gettext_lazy("is only looking"),
}
SEGMENTS: dict[str, str | Promise] = {
    Segment.AGENCY: gettext_lazy("agency"),
    Segment.COMPANY: gettext_lazy("company"),
    Segment.GROUP: gettext_lazy("group"),
}


def summary_line(case: Dossier, analysis: Analysis, wish: str) -> str:
    """«Повторный клиент · Алматы → Вьетнам · 12 янв · 10 ночей · 2+1 · готов бронировать»."""
    with translation.override("ru"):
        city = str(case.facts.get("departure_city") or "")
        where = wish or _("has not said where to")
        parts = [
            str(SEGMENTS.get(analysis.segment, "")),
            _("repeated client") if case.earlier_leads else "",
            f"{city} → {where}" if city else where,
            next((str(words) for sign, words in STATES.items() if sign in analysis.signs), ""),
        ]
        line = " · ".join(part for part in parts if part)
    return (line[:1].upper() + line[1:])[:300]


def suggested_tags(case: Dossier, analysis: Analysis) -> list[str]:
    facts, signs = case.facts, analysis.signs
    with translation.override("ru"):
        wanted = (
            (_("family"), bool(facts.get("children"))),
            (_("repeated"), bool(case.earlier_leads)),
            (_("group"), analysis.segment == Segment.GROUP),
            (_("agency"), analysis.segment == Segment.AGENCY),
            (_("company"), analysis.segment == Segment.COMPANY),
            (_("honeymoon"), "honeymoon" in signs),
            (_("instalments"), "instalments" in signs),
            (_("last minute"), analysis.urgency == "urgent"),
            ("VIP", _is_rich(facts)),
        )
        return [name for name, is_fitting in wanted if is_fitting]


def _is_rich(facts: Mapping[str, Any]) -> bool:
    budget = facts.get("budget_max") or 0
    return facts.get("currency", "KZT") == "KZT" and budget >= RICH_FROM_KZT
