"""Talks without a client: the assistant as it would answer, with nothing sent or stored.

`assistants` is filled by the wiring: by the name of the engine.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from chat.ai.assistant import Assistant, TalkState, Turn
from chat.models import Conversation, ScenarioStep
from chat.services.runs import may_spend, save_runs

assistants: dict[str, Assistant] = {}
HISTORY = 12


@dataclass(frozen=True)
class Line:
    """One turn and how long it took."""

    says: str
    turn: Turn
    ms: int

    @property
    def answer(self) -> str:
        return self.turn.suggestion.text if self.turn.suggestion else ""

    def as_dict(self) -> dict[str, Any]:
        said = self.turn.suggestion
        return {
            "says": self.says,
            "answer": self.answer,
            "intent": self.turn.understanding.intent,
            "provider": said.provider if said else "",
            "person": said.hand_over if said else "",
            "stopped": [one.quote for one in said.violations] if said else [],
            "ms": self.ms,
        }


class Rehearsal:
    """One made-up talk. The runs it takes count for the meter like any other."""

    def __init__(self, assistant: Assistant, state: Mapping[str, Any] | None = None) -> None:
        self._assistant = assistant
        self._state = _read(state or {})

    def say(self, text: str) -> Line:
        """Raises nothing that the chain catches; may call the model and the tour search."""
        state = replace(self._state, now=timezone.localtime(), may_spend=may_spend(None))
        started = time.monotonic()
        turn = self._assistant.take_turn(text, state, asked_on=timezone.localdate())
        line = Line(text, turn, int((time.monotonic() - started) * 1000))
        save_runs(None, turn.runs)
        self._state = _after(state, line)
        return line

    def state(self) -> dict[str, Any]:
        """What another process needs to go on, as JSON."""
        state = self._state
        return {
            "known": dict(state.known),
            "mode": str(state.mode),
            "language": state.language,
            "question": state.question,
            "misunderstood": state.misunderstood,
            "is_new": state.is_new,
            "is_first": state.is_first,
            "has_phone": state.has_phone,
            "history": [list(line) for line in state.history],
        }


def _read(state: Mapping[str, Any]) -> TalkState:
    known = {"known": {}, "mode": str(Conversation.Mode.BOT), "now": timezone.localtime(), **state}
    known["history"] = tuple((who, text) for who, text in known.get("history", ()))
    return TalkState(**known)


def _after(state: TalkState, line: Line) -> TalkState:
    turn, said = line.turn, line.turn.suggestion
    history = (*state.history, ("customer", line.says))
    state = replace(state, known=turn.facts, language=turn.language, is_new=False)
    if said is None:
        return replace(state, history=history[-HISTORY:])
    return replace(
        state,
        history=(*history, ("bot", said.text))[-HISTORY:],
        question=said.question,
        misunderstood=0 if said.is_understood else state.misunderstood + 1,
        is_first=False,
        has_phone=state.has_phone or "phone" in turn.facts,
        mode=str(Conversation.Mode.HUMAN) if said.needs_human else state.mode,
    )


def mismatches(step: ScenarioStep, line: Line, provider: str) -> list[str]:
    """What the answer lacks; `provider`: who has to have answered."""
    said, found = line.turn.suggestion, []
    if said is None:
        return ["a person speaks already"]
    if said.provider != provider:
        found.append(f"answered by {said.provider}")
    if said.violations:
        found.append(f"stopped by the gate: {said.violations[0].quote}")
    if step.intent and step.intent != line.turn.understanding.intent:
        found.append(f"intent {line.turn.understanding.intent}")
    if step.question and step.question != said.question:
        found.append(f"asks for {said.question or 'nothing'}")
    if step.person and (step.person == "yes") != said.needs_human:
        found.append("calls a person" if said.needs_human else "calls nobody")
    answer = said.text.lower()
    found += [f"no «{word}»" for word in _pieces(step.words) if word.lower() not in answer]
    found += [f"says «{word}»" for word in _pieces(step.no_words) if word.lower() in answer]
    return found


def _pieces(text: str) -> Iterable[str]:
    return [piece.strip() for piece in text.split(";") if piece.strip()]
