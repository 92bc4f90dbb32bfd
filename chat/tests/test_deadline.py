"""«15 seconds in all»: a model that drips and an operator that hangs take no longer than that.

The times are short ones here; real ports, so that bytes really drip.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache

from chat.ai.agent import built_in
from chat.ai.assistant import Assistant, TalkState
from chat.ai.base import Sources
from chat.ai.chain import ProviderChain
from chat.ai.llm import LlmReplyProvider
from chat.ai.nlp import NLPProcessor
from chat.ai.nlp.model import CombinedEngine
from chat.ai.processor import IntelligentChatProcessor
from chat.ai.rules import RulesReplyProvider
from chat.tests.test_chain import FACTS, NOW, says
from integrations.fakes.local_server import serve
from integrations.fakes.openai import FakeOpenAI
from integrations.fakes.samo import FakeSamo
from integrations.llm import openai
from integrations.llm.openai import OpenAIClient, OpenAIConfig
from integrations.tours.base import SearchResult, TourSearch
from integrations.tours.samo import calls
from integrations.tours.samo.calls import SamoConfig
from integrations.tours.samo.connector import SamoConnector
from integrations.transport.errors import TransientError
from integrations.transport.http import build_client

IN_ALL = 2.0
# A loaded machine may be late by this much; a drip or a hang would be late by many seconds.
LATE = 0.35
SHORT = {
    "chat.ai.assistant.ANSWER_WITHIN_S": IN_ALL,
    "chat.ai.rules.ANSWER_WITHIN_S": IN_ALL,
    "chat.ai.rules.WORDS_S": 0.05,
    "chat.ai.llm.TOTAL_S": 1.0,
    "chat.ai.llm.RULES_S": 0.9,
    "chat.ai.llm.LAST_WORD_S": 0.25,
    "chat.ai.llm.LEAST_S": 0.05,
    "chat.ai.nlp.model.TIMEOUT_S": 0.4,
}
VIETNAM = "715"
SEARCH = {"tool": "search_tours", "arguments": {}}


@dataclass
class Desk:
    assistant: Assistant
    model: FakeOpenAI
    operator: FakeSamo

    def answer(self, text: str = "Подберите нам что-нибудь", **facts: Any) -> Any:
        """The turn's suggestion, and the seconds it took."""
        state = TalkState(known=FACTS | facts, mode="bot", now=NOW, is_first=False)
        started = time.monotonic()
        turn = self.assistant.take_turn(text, state, asked_on=date(2026, 11, 25))
        return turn.suggestion, time.monotonic() - started


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    for name, seconds in SHORT.items():
        monkeypatch.setattr(name, seconds)
    cache.clear()
    # The dictionary is read once per process, and not in anybody's two seconds.
    NLPProcessor().understand("Здравствуйте", asked_on=NOW.date())
    model, operator = FakeOpenAI(lambda body: says("Сколько вас?")), FakeSamo(today=NOW.date())
    with serve(model) as there, serve(operator) as operators, ExitStack() as stack:
        for module in (openai, calls):
            # Ours live as long as their process; here they are closed with the test.
            monkeypatch.setattr(
                module,
                "build_client",
                lambda **options: stack.enter_context(build_client(**options)),
            )
        client = OpenAIClient(OpenAIConfig(model.key, f"{there}/v1"))
        tours = SamoConnector(
            SamoConfig(token=operator.token, base_url=f"{operators}/export/default.php", pause_s=0)
        )

        def search(wish: TourSearch, timeout_s: float) -> SearchResult:
            if timeout_s < 0.05:
                raise TransientError("no time")
            return tours.search(wish, timeout_s=timeout_s)

        facts = Sources(search)
        replies = (LlmReplyProvider(lambda: client, facts, built_in), RulesReplyProvider(facts))
        yield Desk(
            Assistant(
                NLPProcessor(CombinedEngine(lambda: client, built_in)),
                IntelligentChatProcessor(ProviderChain(replies)),
            ),
            model,
            operator,
        )
    cache.clear()


def is_elsewhere(request: Any) -> bool:
    return request.query.get("STATEINC", VIETNAM) != VIETNAM


def test_all_at_once_drip_and_the_client_is_answered_in_time(desk: Desk) -> None:
    desk.model.fail_next("drip", times=9, delay_s=0.02)
    desk.operator.fail_next("drip", times=9, delay_s=0.02)

    said, seconds = desk.answer()

    assert [run.provider for run in said.runs] == ["openai", "rules"]
    assert (said.hand_over, said.violations) == ("search_down", ())
    assert seconds < IN_ALL + LATE


def test_a_dripping_model_leaves_the_rules_time_to_search(desk: Desk) -> None:
    desk.model.fail_next("drip", times=9, delay_s=0.02)

    said, seconds = desk.answer()

    assert (said.provider, said.question) == ("rules", "choice")
    assert said.offers
    assert seconds < IN_ALL + LATE


def test_a_slow_operator_leaves_the_model_its_last_word(desk: Desk) -> None:
    def script(body: Any) -> Any:
        if "tools" not in body:
            return {"intent": "tour_request"}
        if body["messages"][-1]["role"] != "tool":
            return SEARCH
        assert "does not answer" in body["messages"][-1]["content"]
        return says("Менеджер проверит и ответит вам здесь.", needs_human=True)

    desk.model.script = script
    desk.operator.fail_next("slow", times=9, delay_s=3)

    said, seconds = desk.answer()

    assert (said.provider, said.hand_over) == ("openai", "model")
    assert seconds < IN_ALL + LATE


def test_rounds_of_tools_have_one_time_for_all(desk: Desk) -> None:
    desk.model.script = lambda body: SEARCH
    desk.model.fail_next("slow", times=9, delay_s=0.3)

    said, seconds = desk.answer()

    assert said.provider == "rules"
    assert said.runs[0].outcome in ("BadAnswer", "TransientError")
    assert seconds < IN_ALL + LATE


def test_two_countries_share_the_time_and_the_first_one_is_shown(desk: Desk) -> None:
    """The rules alone: what has come by then is an answer."""
    desk.model.fail_next("500", times=9)
    desk.operator.fail_next("slow", times=9, delay_s=3, when=is_elsewhere)

    said, seconds = desk.answer(countries=["VN", "TR"])

    assert said.provider == "rules"
    assert {offer.country for offer in said.offers} == {"VN"}
    assert seconds < IN_ALL + LATE
