"""What goes into an automatic answer and what comes out of it. Plain data: no ORM here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from chat.ai.gate import Violation
from chat.ai.nlp import Understanding
from integrations.tours.base import SearchResult, TourOffer, TourSearch

SearchTours = Callable[[TourSearch], SearchResult]


@dataclass(frozen=True)
class ReplyRequest:
    """`facts`: what is known of the inquiry, this message included, by the names of `chat.ai.nlp`.

    `text`: the customer's unanswered words; `question`: what the bot asked for last; `now` is in
    the agency's time zone.
    """

    text: str
    understanding: Understanding
    facts: Mapping[str, Any]
    language: str
    question: str
    misunderstood: int
    is_first: bool
    has_phone: bool
    now: datetime


@dataclass(frozen=True)
class ReplySuggestion:
    """`question`: what the text asks for; `offers`: the rows behind every price in the text.

    `violations`: what the grounding gate found in the text; such an answer never goes out by
    itself.
    """

    text: str
    intent: str
    confidence: float
    provider: str
    question: str = ""
    needs_human: bool = False
    is_understood: bool = True
    offers: tuple[TourOffer, ...] = field(default=())
    violations: tuple[Violation, ...] = ()


class ReplyProvider(Protocol):
    name: str

    def suggest(self, request: ReplyRequest) -> ReplySuggestion:
        """Propose an answer. May call a foreign system, so never inside a transaction."""
