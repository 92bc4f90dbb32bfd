"""What goes into an automatic answer and what comes out of it. Plain data: no ORM here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from chat.ai.gate import Violation
from chat.ai.nlp import Understanding
from chat.ai.usage import Run, Usage
from integrations.tours.base import SearchResult, TourOffer, TourSearch
from integrations.transport.deadline import Deadline

# Intents that the knowledge base may answer, if the text asks something.
GENERAL = frozenset({"documents_visa", "payment", "other_question"})
QUESTION = re.compile(
    r"\?|\b(?:как\w*|где|куда|когда|сколько|можно|нужн\w+|надо|есть ли|почему|что|чем|"
    r"how|what|where|when|which|can|do|does|is|are|қалай|қайда|қашан|қандай|неше|бола|керек)\b",
    re.IGNORECASE,
)
# Of a question's telling words so much must be in an article.
ENOUGH = 0.6

# From the client's words to the answer, whoever is asked in between.
ANSWER_WITHIN_S = 15.0

# The search and the seconds it may take.
SearchTours = Callable[[TourSearch, float], SearchResult]


@dataclass(frozen=True)
class Passage:
    """What the knowledge base says to a question. `score`: 0 to 1, how much of it is answered."""

    title: str
    text: str
    language: str
    score: float


# A question and its language -> the best passages first.
FindPassages = Callable[[str, str], Sequence[Passage]]


# A client and a language -> their own bookings, and nobody else's.
TellBookings = Callable[[int, str], Sequence[Passage]]


def _knows_nothing(query: str, language: str) -> Sequence[Passage]:
    return ()


def _has_no_bookings(client_id: int, language: str) -> Sequence[Passage]:
    return ()


@dataclass(frozen=True)
class Sources:
    """Where facts come from. Each may call a foreign system or the database."""

    search_tours: SearchTours
    find_passages: FindPassages = _knows_nothing
    tell_bookings: TellBookings = _has_no_bookings

    def answering(self, request: ReplyRequest) -> tuple[Passage, ...]:
        """Passages that answer a general question; none where it is about a tour or a booking."""
        if request.understanding.intent not in GENERAL or not QUESTION.search(request.text):
            return ()
        found = self.find_passages(request.text, request.language)
        return tuple(one for one in found if one.score >= ENOUGH)


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
    when a person can be there again, None in business hours. `attachments`: kinds of the files that
    came with the words. `client_id`: whose bookings may be told; None for nobody's. `deadline`:
    when there has to be an answer.
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
    attachments: tuple[str, ...] = ()
    client_id: int | None = None
    deadline: Deadline = field(default_factory=lambda: Deadline(ANSWER_WITHIN_S))


@dataclass(frozen=True)
class ReplySuggestion:
    """`question`: what the text asks for; `offers`, `passages`: what is behind it.

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
    passages: tuple[Passage, ...] = ()
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
