"""What a model is asked for about one message, and what of its answer is believed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from chat.ai.nlp.types import SLOT_NAMES, Fact, FactValue, Understanding

INTENTS = (
    "tour_request", "booking_status", "payment", "documents_visa", "complaint", "human_agent",
    "greeting", "thanks", "cancel", "other_question", "other",
)  # fmt: skip
LANGUAGES = ("ru", "kk", "en", "mixed")
MEALS = ("RO", "BB", "HB", "FB", "AI", "UAI")
CURRENCIES = ("KZT", "USD", "EUR", "RUB", "KGS")
_TEXTS = {"departure_city", "currency", "meal", "phone", "date_from", "date_to"}
_LISTS = {"countries", "resorts", "excluded_countries"}
_LONGEST_AHEAD = dt.timedelta(days=800)
_BOUNDS = {
    "nights_min": (1, 60), "nights_max": (1, 60), "adults": (1, 60), "children": (0, 20),
    "stars_min": (1, 5), "budget_min": (1, 10**9), "budget_max": (1, 10**9),
}  # fmt: skip

_FACT = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "enum": list(SLOT_NAMES)},
        "value": {
            "anyOf": [
                {"type": "string"},
                {"type": "number"},
                {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
            ]
        },
        "quote": {"type": "string", "description": "the client's own words, copied exactly"},
        "confidence": {"type": "number"},
    },
    "required": ["name", "value", "quote", "confidence"],
    "additionalProperties": False,
}
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "intent": {"type": "string", "enum": list(INTENTS)},
        "confidence": {"type": "number"},
        "language": {"type": "string", "enum": list(LANGUAGES)},
        "facts": {"type": "array", "items": _FACT},
    },
    "required": ["intent", "confidence", "language", "facts"],
    "additionalProperties": False,
}


def understanding_of(
    content: Mapping[str, Any], text: str, asked_on: dt.date
) -> Understanding | None:
    """Read the model's answer; None if its frame is wrong. Facts that don't hold are left out."""
    intent, language = content.get("intent"), content.get("language")
    rows = content.get("facts")
    if intent not in INTENTS or language not in LANGUAGES or not isinstance(rows, list):
        return None
    found = [_fact(row, text, asked_on) for row in rows if isinstance(row, Mapping)]
    facts = {fact.name: fact for fact in found if fact}
    confidence = _share(content.get("confidence"))
    return Understanding(str(intent), confidence, tuple(facts.values()), str(language))


def _fact(row: Mapping[str, Any], text: str, asked_on: dt.date) -> Fact | None:
    name, quote = row.get("name"), row.get("quote")
    if name not in SLOT_NAMES or not isinstance(quote, str) or not quote or quote not in text:
        return None
    value = _value(str(name), row.get("value"), asked_on)
    return None if value is None else Fact(str(name), value, quote, _share(row.get("confidence")))


def _value(name: str, value: Any, asked_on: dt.date) -> FactValue | None:
    if name in ("date_from", "date_to"):
        return _day(value, asked_on)
    if name == "children_ages":
        return _ages(value)
    if name in _LISTS:
        return _texts(value, is_code=name != "resorts")
    if name in _TEXTS:
        return _text(name, value)
    low, high = _BOUNDS[name]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if is_number and value == int(value) and low <= value <= high else None


def _day(value: Any, asked_on: dt.date) -> str | None:
    try:
        day = dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return value if asked_on <= day <= asked_on + _LONGEST_AHEAD else None


def _ages(value: Any) -> list[int] | None:
    if not isinstance(value, list) or not value:
        return None
    is_sound = all(isinstance(age, int) and 0 <= age <= 17 for age in value)
    return value if is_sound else None


def _texts(value: Any, *, is_code: bool) -> list[str] | None:
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        return None
    if is_code and not all(len(one) == 2 and one.isascii() and one.isupper() for one in value):
        return None
    return value or None


def _text(name: str, value: Any) -> str | None:
    allowed = {"meal": MEALS, "currency": CURRENCIES}.get(name)
    if not isinstance(value, str) or not value or (allowed and value not in allowed):
        return None
    return value


def _share(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return min(1.0, max(0.0, float(value))) if is_number else 0.5
