from __future__ import annotations

from dataclasses import dataclass, field

from chat.ai.usage import Run

FactValue = str | int | float | list[str] | list[int]

SLOT_NAMES = (
    "departure_city",
    "countries",
    "resorts",
    "excluded_countries",
    "date_from",
    "date_to",
    "nights_min",
    "nights_max",
    "adults",
    "children",
    "children_ages",
    "budget_min",
    "budget_max",
    "currency",
    "stars_min",
    "meal",
    "phone",
)


@dataclass(frozen=True)
class Fact:
    """One thing the client said; `quote` is a literal substring of the message."""

    name: str
    value: FactValue
    quote: str
    confidence: float


@dataclass(frozen=True)
class Understanding:
    """What a message means: one intent, and the facts it states.

    `runs`: what asking a model for it took.
    """

    intent: str
    intent_confidence: float
    facts: tuple[Fact, ...]
    language: str
    runs: tuple[Run, ...] = field(default=(), compare=False)

    def slots(self) -> dict[str, object]:
        """Return the facts of a tour request; any other intent keeps the phone only."""
        return {
            fact.name: fact.value
            for fact in self.facts
            if self.intent == "tour_request" or fact.name == "phone"
        }
