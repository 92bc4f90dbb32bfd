"""Single facts in words, for the admin's tables."""

from __future__ import annotations

from datetime import date
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

NAMES = {
    "departure_city": _("From where"),
    "countries": _("Where"),
    "resorts": _("Resort"),
    "excluded_countries": _("Not to"),
    "date_from": _("Leaves from"),
    "date_to": _("Leaves until"),
    "nights_min": _("Nights, at least"),
    "nights_max": _("Nights, at most"),
    "adults": _("Adults"),
    "children": _("Children"),
    "children_ages": _("Ages of the children"),
    "budget_min": _("Budget from"),
    "budget_max": _("Budget up to"),
    "currency": _("Currency"),
    "stars_min": _("Stars, at least"),
    "meal": _("Meal"),
    "phone": _("Phone"),
}
COUNTRIES = ("countries", "excluded_countries")
DATES = ("date_from", "date_to")
SUMS = ("budget_min", "budget_max")


def fact_name(name: str) -> str:
    """A fact of a later version of the program shows under its own name."""
    return str(NAMES.get(name, name))


def fact_text(name: str, value: Any) -> str:
    """Values come from outside as JSON: an unexpected shape is shown raw, never an error."""
    values = value if isinstance(value, list) else str(value).strip("[]").split(", ")
    words = [str(one).strip("'") for one in values]
    if name in COUNTRIES:
        names = Locale(_language()).territories
        words = [str(names.get(code, code)) for code in words]
    if name in SUMS:
        words = [_grouped(word) for word in words]
    if name in DATES:
        words = [_day(word) for word in words]
    return ", ".join(words)


def _day(text: str) -> str:
    try:
        return format_date(date.fromisoformat(text), "d MMM y", locale=_language())
    except ValueError:
        return text


def _grouped(text: str) -> str:
    return format_decimal(int(text), locale=_language()) if text.isdecimal() else text


def _language() -> str:
    return (get_language() or "ru")[:2]
