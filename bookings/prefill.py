"""What is known of a lead → the first values of the search form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from integrations.tours.base import TourSearch

USUAL_AHEAD, USUAL_WINDOW = timedelta(days=30), timedelta(days=7)
SAME_NAMES = ("departure_city", "adults", "stars_min", "meal", "budget_max", "countries")


def from_facts(facts: Mapping[str, Any], today: date) -> dict[str, Any]:
    """By the names of `LeadFact`; days that have passed are moved to what can still be sold."""
    values: dict[str, Any] = {name: facts[name] for name in SAME_NAMES if facts.get(name)}
    values |= _days(facts, today) | _nights(facts)
    values["ages"] = ", ".join(map(str, facts.get("children_ages") or ()))
    values["resorts"] = ", ".join(facts.get("resorts") or ())
    if facts.get("currency") in ("KZT", "USD"):
        values["currency"] = facts["currency"]
    return values


def from_search(search: TourSearch) -> dict[str, Any]:
    """The form that asks this very question; hotels are known by their ids only, so not said."""
    return {
        "departure_city": search.departure_city,
        "countries": [search.country],
        "date_from": search.date_from,
        "date_to": search.date_to,
        "nights_min": search.nights_min,
        "nights_max": search.nights_max,
        "adults": search.adults,
        "ages": ", ".join(map(str, search.children_ages)),
        "resorts": ", ".join(search.resorts),
        "stars_min": search.stars_min,
        "meal": search.meal,
        "budget_max": search.budget_max,
        "currency": search.currency,
    }


def _days(facts: Mapping[str, Any], today: date) -> dict[str, date]:
    tomorrow = today + timedelta(days=1)
    first = _day(facts.get("date_from")) or today + USUAL_AHEAD
    first = max(first, tomorrow)
    last = _day(facts.get("date_to")) or first + USUAL_WINDOW
    return {"date_from": first, "date_to": max(first, last)}


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None


def _nights(facts: Mapping[str, Any]) -> dict[str, int]:
    low, high = facts.get("nights_min"), facts.get("nights_max")
    if not low and not high:
        return {"nights_min": 7, "nights_max": 10}
    return {"nights_min": int(low or high or 7), "nights_max": int(high or low or 10)}
