from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet

from leads.models import Lead, LeadFact, LeadHistory
from leads.permissions import Person, ensure_lead_visible, leads_visible_to

HISTORY_PAGE = 20
# Fewer digits would match nearly every telephone number.
LEAST_DIGITS = 4


def current_facts(lead_id: int) -> dict[str, Any]:
    """What is known of an inquiry now, by fact name."""
    facts = LeadFact.objects.filter(lead=lead_id, is_current=True)
    return dict(facts.values_list("name", "value"))


def facts_with_history(lead_id: int) -> list[LeadFact]:
    """All that is and was known of an inquiry, in the order in which it was learnt."""
    return list(LeadFact.objects.filter(lead=lead_id).order_by("created_at", "pk"))


def lead_timeline(lead_id: int, limit: int = 20) -> list[LeadHistory]:
    """What happened to a lead, newest first."""
    return list(_history(lead_id)[:limit])


def history_page(lead_id: int, before_id: int | None = None) -> tuple[list[LeadHistory], bool]:
    """The newest rows, or those before one of them; and whether there are more."""
    rows = _history(lead_id)
    last = rows.filter(pk=before_id).first() if before_id else None
    if last:
        earlier = Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, pk__lt=last.pk)
        rows = rows.filter(earlier)
    page = list(rows[: HISTORY_PAGE + 1])
    return page[:HISTORY_PAGE], len(page) > HISTORY_PAGE


def _history(lead_id: int) -> QuerySet[LeadHistory]:
    return LeadHistory.objects.filter(lead=lead_id).select_related("actor")


def sheet_lead(lead_id: int, viewer: Person) -> Lead | None:
    """A lead with all that its sheet's head shows. Raises NotAllowed if it is a colleague's."""
    ensure_lead_visible(viewer, lead_id)
    leads = leads_visible_to(viewer).select_related(
        "client", "stage", "source", "assignee", "lost_reason", "analysis"
    )
    return leads.filter(pk=lead_id).first()


def colleagues() -> QuerySet[User]:
    """Who may work with leads, and so may be given one."""
    people = User.objects.with_perm("leads.change_lead")
    return people.filter(is_staff=True).order_by("first_name", "last_name", "username")


def phone_digits(words: str) -> str:
    """The digits to look for in stored phones, or "" for words that are no phone."""
    digits = "".join(char for char in words if char.isdigit())
    # Kazakhstan's own prefix 8 stands for +7 in what we store.
    digits = digits[1:] if len(digits) == 11 and digits[0] == "8" else digits
    return digits if len(digits) >= LEAST_DIGITS else ""
