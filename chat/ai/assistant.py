"""One turn of a talk: the customer's words in, what is understood and what to say out.

Pure but for the sources and the model: the live conversation (`chat.respond`) and the trial
without a client (`chat.rehearsal`) take the same way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from chat.ai.base import ANSWER_WITHIN_S, Limits, ReplyRequest, ReplySuggestion
from chat.ai.inquiry import InquiryProcessor
from chat.ai.nlp import NLPProcessor, Understanding
from chat.ai.processor import IntelligentChatProcessor
from chat.ai.usage import Run
from integrations.transport.deadline import Deadline

LANGUAGES = ("ru", "kk", "en")
# Shorter texts («ок», «10», a lone city) say little about the language of the talk.
LEAST_LETTERS, LEAST_WORDS = 5, 3


@dataclass(frozen=True)
class TalkState:
    """What is so before the words are read. `known`: the lead's facts; `mode`: who speaks.

    The rest as in `ReplyRequest`. `is_new`: nothing has been understood in this talk yet.
    """

    known: Mapping[str, Any]
    mode: str
    now: datetime
    language: str = "ru"
    question: str = ""
    misunderstood: int = 0
    is_new: bool = True
    is_first: bool = True
    has_phone: bool = False
    history: tuple[tuple[str, str], ...] = ()
    client_names: tuple[str, ...] = ()
    may_spend: bool = True
    limits: Limits = field(default_factory=Limits)
    opens_at: datetime | None = None
    client_id: int | None = None
    attachments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Turn:
    """`facts`: all that is known now; `stale`: names of facts that are no longer true.

    `suggestion` is None where a person speaks.
    """

    understanding: Understanding
    facts: Mapping[str, Any]
    stale: set[str]
    language: str
    suggestion: ReplySuggestion | None

    @property
    def runs(self) -> tuple[Run, ...]:
        """All that was asked for it, and has to be paid."""
        return (*self.understanding.runs, *(self.suggestion.runs if self.suggestion else ()))


class Assistant:
    def __init__(self, nlp: NLPProcessor, processor: IntelligentChatProcessor) -> None:
        self._nlp, self._processor = nlp, processor
        self._inquiries = InquiryProcessor()

    def take_turn(self, text: str, state: TalkState, *, asked_on: date) -> Turn:
        """May call the model and the tour search, so never inside a transaction.

        Takes ANSWER_WITHIN_S at most: reading the words is part of it.
        """
        deadline = Deadline(ANSWER_WITHIN_S)
        understood = self._nlp.understand(
            text, asked_on=asked_on, may_spend=state.may_spend, names=state.client_names
        )
        understood = self._inquiries.in_context(understood, state.question, text)
        facts, stale = self._inquiries.merge(state.known, understood.facts)
        language = _language(state, understood, text)
        request = _request(text, state, understood, facts, language, deadline)
        suggestion = self._processor.answer(state.mode, request)
        return Turn(understood, facts, stale, language, suggestion)

    def may_send(self, mode: str, suggestion: ReplySuggestion) -> bool:
        return self._processor.may_send(mode, suggestion)


def _language(state: TalkState, understanding: Understanding, text: str) -> str:
    is_long = state.is_new or len(text.split()) >= LEAST_WORDS
    is_telling = is_long and sum(letter.isalpha() for letter in text) >= LEAST_LETTERS
    if is_telling and understanding.language in LANGUAGES:
        return understanding.language
    return state.language


def _request(
    text: str,
    state: TalkState,
    understanding: Understanding,
    facts: Mapping[str, Any],
    language: str,
    deadline: Deadline,
) -> ReplyRequest:
    return ReplyRequest(
        text=text,
        understanding=understanding,
        facts=facts,
        language=language,
        question=state.question,
        misunderstood=state.misunderstood,
        is_first=state.is_first,
        has_phone=state.has_phone or any(fact.name == "phone" for fact in understanding.facts),
        now=state.now,
        history=state.history,
        client_names=state.client_names,
        may_spend=state.may_spend,
        limits=state.limits,
        opens_at=state.opens_at,
        client_id=state.client_id,
        attachments=state.attachments,
        deadline=deadline,
    )
