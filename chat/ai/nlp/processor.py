from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from typing import Protocol

from chat.ai.nlp.rules import RulesEngine
from chat.ai.nlp.types import Understanding

logger = logging.getLogger(__name__)


class Engine(Protocol):
    """A way to understand messages: rules here, a language model beside them."""

    def understand(
        self, text: str, *, asked_on: dt.date, may_spend: bool = True, names: Sequence[str] = ()
    ) -> Understanding: ...


class NLPProcessor:
    """The door to message understanding, whichever engine does the work."""

    def __init__(self, engine: Engine | None = None) -> None:
        self._engine: Engine = engine or RulesEngine()

    def understand(
        self, text: str, *, asked_on: dt.date, may_spend: bool = True, names: Sequence[str] = ()
    ) -> Understanding:
        """Return the intent and facts; dates without a year are on or after `asked_on`.

        Never raises for any text: a message nobody understands is "other" with no facts, so
        that a person still sees it. `may_spend`: whether a model may be asked;
        `names` are hidden from it.
        """
        try:
            return self._engine.understand(
                text, asked_on=asked_on, may_spend=may_spend, names=names
            )
        except Exception:  # noqa: BLE001 - a rule's bug must not lose a client's message
            logger.exception("message not understood, length %d", len(text))
            return Understanding("other", 0.0, (), "ru")
