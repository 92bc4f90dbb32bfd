"""Understanding by a model: what is believed of its answer, and how the rules complete it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.ai.agent import built_in
from chat.ai.nlp import Fact, NLPProcessor, Understanding
from chat.ai.nlp.model import CombinedEngine, ModelEngine, combined
from chat.ai.nlp.schema import understanding_of
from integrations.fakes.base import as_transport
from integrations.fakes.openai import FakeOpenAI
from integrations.llm.base import BadAnswer, Refused
from integrations.llm.openai import OpenAIClient, OpenAIConfig
from integrations.transport.errors import ConfigError

pytestmark = pytest.mark.once

TODAY = dt.date(2026, 11, 25)
UNSURE = "Вьетнам?"


def fact(name: str, value: Any, quote: str, confidence: float = 0.9) -> dict[str, Any]:
    return {"name": name, "value": value, "quote": quote, "confidence": confidence}


def answer(*facts: dict[str, Any], intent: str = "tour_request") -> dict[str, Any]:
    return {"intent": intent, "confidence": 0.9, "language": "ru", "facts": list(facts)}


@pytest.fixture
def fake() -> Iterator[FakeOpenAI]:
    cache.clear()
    yield FakeOpenAI(lambda body: answer(fact("countries", ["VN"], "Вьетнам")))
    cache.clear()


@pytest.fixture
def client(fake: FakeOpenAI) -> OpenAIClient:
    return OpenAIClient(OpenAIConfig(fake.key, "http://openai.test/v1"), as_transport(fake))


def test_facts_come_with_quotes(client: OpenAIClient, fake: FakeOpenAI) -> None:
    understood = ModelEngine(lambda: client, built_in).understand(UNSURE, asked_on=TODAY)

    assert understood == Understanding(
        "tour_request", 0.9, (Fact("countries", ["VN"], "Вьетнам", 0.9),), "ru"
    )
    system, user = fake.requests[0].json()["messages"]
    assert "Today is 2026-11-25 (Wednesday)" in system["content"]
    assert user["content"] == "<client>Вьетнам?</client>"


@pytest.mark.parametrize(
    "wrong",
    [
        fact("countries", ["VN"], "Турция"),
        fact("countries", ["Vietnam"], "Вьетнам"),
        fact("countries", "VN", "Вьетнам"),
        fact("date_from", "2026-11-24", "Вьетнам"),
        fact("date_from", "12 января", "Вьетнам"),
        fact("date_to", "2031-01-01", "Вьетнам"),
        fact("adults", 0, "Вьетнам"),
        fact("adults", True, "Вьетнам"),
        fact("nights_min", 7.5, "Вьетнам"),
        fact("children_ages", [5, 40], "Вьетнам"),
        fact("meal", "Всё включено", "Вьетнам"),
        fact("currency", "GBP", "Вьетнам"),
        fact("hotel", "Rixos", "Вьетнам"),
        fact("countries", ["VN"], ""),
    ],
)
def test_a_fact_that_does_not_hold_is_left_out(wrong: dict[str, Any]) -> None:
    understood = understanding_of(answer(wrong), UNSURE, TODAY)

    assert understood
    assert understood.facts == ()


@pytest.mark.parametrize("frame", [{}, {"intent": "buy"}, {"intent": "other", "facts": 1}])
def test_an_answer_in_another_frame_is_none(frame: dict[str, Any]) -> None:
    assert understanding_of(frame, UNSURE, TODAY) is None


@pytest.mark.parametrize(
    ("fault", "error"), [("refusal", Refused), ("prose", BadAnswer), ("wrong_shape", BadAnswer)]
)
def test_the_model_alone_tells_what_went_wrong(
    client: OpenAIClient, fake: FakeOpenAI, fault: str, error: type[Exception]
) -> None:
    fake.fail_next(fault)

    with pytest.raises(error):
        ModelEngine(lambda: client, built_in).understand(UNSURE, asked_on=TODAY)


def test_without_a_key_the_model_alone_says_so() -> None:
    with pytest.raises(ConfigError):
        ModelEngine(lambda: None, built_in).understand(UNSURE, asked_on=TODAY)


def test_a_message_the_rules_are_sure_of_is_not_sent_anywhere(
    client: OpenAIClient, fake: FakeOpenAI
) -> None:
    text = "Здравствуйте! Хотим во Вьетнам с 12 января на 10 ночей из Алматы, двое взрослых"

    engine = CombinedEngine(lambda: client, built_in)
    understood = NLPProcessor(engine).understand(text, asked_on=TODAY)

    assert understood.slots()["countries"] == ["VN"]
    assert fake.requests == []


def test_the_clients_name_is_not_sent(client: OpenAIClient, fake: FakeOpenAI) -> None:
    fake.script = lambda body: answer(intent="other")
    engine = NLPProcessor(CombinedEngine(lambda: client, built_in))

    engine.understand("Айгерим тут, подробнее", asked_on=TODAY, names=("Айгерим",))

    assert "‹NAME1› тут" in fake.requests[0].json()["messages"][-1]["content"]


@pytest.mark.parametrize("fault", ["refusal", "length", "wrong_shape"])
def test_a_reading_that_is_no_use_is_metered(
    client: OpenAIClient, fake: FakeOpenAI, fault: str
) -> None:
    fake.fail_next(fault)

    text = "можно подробнее про всякое"
    understood = CombinedEngine(lambda: client, built_in).understand(text, asked_on=TODAY)

    assert [run.usage.prompt_tokens for run in understood.runs] == [120]


@pytest.mark.parametrize(
    "fault", ["429", "500", "401", "timeout", "no_connection", "refusal", "prose", "truncated"]
)
def test_whatever_fails_there_the_rules_have_understood(
    client: OpenAIClient, fake: FakeOpenAI, fault: str
) -> None:
    fake.fail_next(fault)

    text = "можно подробнее про всякое"
    alone = NLPProcessor().understand(text, asked_on=TODAY)

    assert CombinedEngine(lambda: client, built_in).understand(text, asked_on=TODAY) == alone
    assert len(fake.requests) == 1


def test_rules_fill_what_the_model_left_and_count_days_and_sums_themselves() -> None:
    by_rules = Understanding(
        "tour_request",
        0.75,
        (
            Fact("adults", 2, "двое", 0.9),
            Fact("date_from", "2027-01-12", "12 января", 0.9),
            Fact("stars_min", 5, "пятёрка", 0.8),
        ),
        "ru",
    )
    by_model = Understanding(
        "tour_request",
        0.95,
        (
            Fact("countries", ["VN"], "Вьетнам", 0.9),
            Fact("date_from", "2027-01-13", "12 января", 0.9),
            Fact("stars_min", 4, "пятёрка", 0.9),
        ),
        "ru",
    )

    facts = {one.name: (one.value, one.confidence) for one in combined(by_model, by_rules).facts}

    assert facts == {
        "adults": (2, 0.9),
        "countries": (["VN"], 0.9),
        "date_from": ("2027-01-12", 0.5),
        "stars_min": (4, 0.5),
    }


def test_where_they_disagree_about_the_intent_nobody_is_sure() -> None:
    by_rules = Understanding("tour_request", 0.7, (Fact("adults", 2, "двое", 0.9),), "ru")
    by_model = Understanding("complaint", 0.95, (), "ru")

    assert combined(by_model, by_rules) == Understanding("complaint", 0.5, (), "ru")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(
    value=JSON,
    name=st.sampled_from(["date_from", "adults", "countries", "children_ages", "meal", "phone"]),
)
def test_no_value_breaks_the_reading(value: Any, name: str) -> None:
    understood = understanding_of(answer(fact(name, value, "Вьетнам")), UNSURE, TODAY)

    assert understood
    assert {one.name for one in understood.facts} <= {name}
