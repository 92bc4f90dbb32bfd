"""What is known of an inquiry, in words for the client card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from leads.fact_history import fact_changes
from leads.formats import money
from leads.models import LeadFact

Known = dict[str, Any]


@dataclass(frozen=True)
class FactLine:
    """One line of the card; `quotes` are the client's own words, `changes` what it was before."""

    label: str
    text: str
    quotes: tuple[str, ...]
    is_by_person: bool
    changes: tuple[str, ...] = ()


def _language() -> str:
    return (get_language() or "ru")[:2]


def _countries(codes: Sequence[str]) -> str:
    names = Locale(_language()).territories
    return ", ".join(str(names.get(code, code)) for code in codes)


def _dates(known: Known) -> str:
    days = [known[name] for name in ("date_from", "date_to") if known.get(name)]
    texts = [format_date(date.fromisoformat(day), "d MMM y", locale=_language()) for day in days]
    return " – ".join(dict.fromkeys(texts))


def _nights(known: Known) -> str:
    bounds = [known[name] for name in ("nights_min", "nights_max") if known.get(name)]
    return "–".join(dict.fromkeys(map(str, bounds)))


def _children(known: Known) -> str:
    ages = known.get("children_ages") or []
    count = str(known.get("children") or len(ages))
    if not ages:
        return count
    return _("%(count)s, aged %(ages)s") % {"count": count, "ages": ", ".join(map(str, ages))}


def _budget(known: Known) -> str:
    currency = known.get("currency") or ""
    bounds = [known[name] for name in ("budget_min", "budget_max") if known.get(name)]
    sums = [money(Decimal(str(bound)), currency).strip() for bound in bounds]
    text = " – ".join(dict.fromkeys(sums)) or currency
    return _("up to %(sum)s") % {"sum": text} if "budget_min" not in known and sums else text


def _stars(known: Known) -> str:
    return _("from %(stars)s★") % {"stars": known["stars_min"]}


# Facts shown together, in the order in which a manager asks about them.
LINES: tuple[tuple[str | Promise, tuple[str, ...], Callable[[Known], str] | None], ...] = (
    (gettext_lazy("Where"), ("countries",), lambda known: _countries(known["countries"])),
    (gettext_lazy("Resort"), ("resorts",), None),
    (
        gettext_lazy("Not to"),
        ("excluded_countries",),
        lambda known: _countries(known["excluded_countries"]),
    ),
    (gettext_lazy("From where"), ("departure_city",), None),
    (gettext_lazy("Dates"), ("date_from", "date_to"), _dates),
    (gettext_lazy("Nights"), ("nights_min", "nights_max"), _nights),
    (gettext_lazy("Adults"), ("adults",), None),
    (gettext_lazy("Children"), ("children", "children_ages"), _children),
    (gettext_lazy("Budget"), ("budget_min", "budget_max", "currency"), _budget),
    (gettext_lazy("Hotel"), ("stars_min",), _stars),
    (gettext_lazy("Meal"), ("meal",), None),
    (gettext_lazy("Phone"), ("phone",), None),
)


def fact_lines(facts: Sequence[LeadFact]) -> list[FactLine]:
    """Facts that are no longer true may be among them: they become the changes of their line."""
    by_name: dict[str, list[LeadFact]] = {}
    for fact in facts:
        by_name.setdefault(fact.name, []).append(fact)
    lines = []
    for label, names, formatter in LINES:
        group = [fact for name in names for fact in by_name.pop(name, [])]
        lines += _line(str(label), group, formatter)
    # Facts of a later version of the program still show, under their own names.
    return lines + [line for name, group in by_name.items() for line in _line(name, group, None)]


def _line(
    label: str, group: Sequence[LeadFact], formatter: Callable[[Known], str] | None
) -> list[FactLine]:
    current = [fact for fact in group if fact.is_current]
    if not current:
        return []
    quotes = tuple(dict.fromkeys(fact.quote for fact in current if fact.quote))
    is_by_person = any(fact.set_by_id for fact in current)
    changes = fact_changes(_by_age(group), lambda facts: _said(facts, formatter))
    return [FactLine(label, _said(current, formatter), quotes, is_by_person, changes)]


def _by_age(facts: Sequence[LeadFact]) -> list[LeadFact]:
    return sorted(facts, key=lambda fact: fact.created_at)


def _said(facts: Sequence[LeadFact], formatter: Callable[[Known], str] | None) -> str:
    return _formatted({fact.name: fact.value for fact in facts}, formatter) if facts else ""


def _formatted(known: Known, formatter: Callable[[Known], str] | None) -> str:
    """Values come from outside as JSON: an unexpected shape is shown raw, never an error."""
    if formatter:
        try:
            return formatter(known)
        except (LookupError, ValueError, TypeError, ArithmeticError):
            pass
    return ", ".join(
        ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        for value in known.values()
    )
