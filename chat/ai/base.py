"""What goes into an automatic answer and what comes out of it. Plain data: no ORM here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from chat.ai.gate import Violation
from chat.ai.nlp import Understanding
from integrations.llm.base import LlmResult
from integrations.tours.base import SearchResult, TourOffer, TourSearch

SearchTours = Callable[[TourSearch], SearchResult]


@dataclass(frozen=True)
class Limits:
    """When the bot calls a person by itself. `turns`: its answers since a person last spoke."""

    least_confidence: float = 0.0
    most_turns: int = 1000
    turns: int = 0


@dataclass(frozen=True)
class ReplyRequest:
    """`facts`: what is known of the inquiry, this message included, by the names of `chat.ai.nlp`.

    `text`: the customer's unanswered words; `question`: what the bot asked for last; `now` is in
    the agency's time zone. `history`: (author, text) of what was said before, oldest first.
    `client_names` are hidden from models; `may_spend` is False once a cap is reached. `opens_at`:
    when a person can be there again, None in business hours.
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
    history: tuple[tuple[str, str], ...] = ()
    client_names: tuple[str, ...] = ()
    may_spend: bool = True
    limits: Limits = field(default_factory=Limits)
    opens_at: datetime | None = None


@dataclass(frozen=True)
class Usage:
    """What a model's answer took; zero where no model was asked."""

    prompt_version: str = ""
    model: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def plus(self, result: LlmResult) -> Usage:
        return Usage(
            self.prompt_version,
            result.model,
            self.prompt_tokens + result.prompt_tokens,
            self.completion_tokens + result.completion_tokens,
        )


@dataclass(frozen=True)
class Run:
    """One provider's try. `outcome`: ok, gate, internal, or the name of the connector's error."""

    provider: str
    outcome: str
    latency_ms: int
    usage: Usage = field(default_factory=Usage)
    detail: str = ""


@dataclass(frozen=True)
class ReplySuggestion:
    """`question`: what the text asks for; `offers`: the rows behind every price in the text.

    `hand_over`: why a person is called, a value of `AiSuggestion.HandOver`; empty if nobody is.
    `violations`: what the grounding gate found in the text; such an answer never goes out by
    itself.
    """

    text: str
    intent: str
    confidence: float
    provider: str
    question: str = ""
    hand_over: str = ""
    is_understood: bool = True
    offers: tuple[TourOffer, ...] = field(default=())
    violations: tuple[Violation, ...] = ()
    usage: Usage = field(default_factory=Usage)
    runs: tuple[Run, ...] = ()

    @property
    def needs_human(self) -> bool:
        return bool(self.hand_over)


class ReplyProvider(Protocol):
    @property
    def name(self) -> str: ...

    def is_ready(self, request: ReplyRequest) -> bool:
        """Whether it makes sense to ask now: configured, not broken, within its caps."""
        ...

    def suggest(self, request: ReplyRequest) -> ReplySuggestion:
        """Propose an answer. May call a foreign system, so never inside a transaction."""
