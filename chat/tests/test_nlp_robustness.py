"""The rules meet any text: nothing is raised, and time grows with length only."""

from __future__ import annotations

import datetime as dt
import json
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chat.ai.nlp import NLPProcessor, Understanding
from chat.ai.nlp.batch import understand_lines
from chat.ai.nlp.rules import RulesEngine
from chat.ai.nlp.types import SLOT_NAMES

pytestmark = pytest.mark.once

ASKED_ON = dt.date(2026, 5, 20)
INTENTS = {
    "tour_request",
    "booking_status",
    "payment",
    "documents_visa",
    "complaint",
    "human_agent",
    "greeting",
    "thanks",
    "cancel",
    "other_question",
    "other",
}
PIECES = [
    "2",
    "10",
    "+",
    "-",
    ",",
    ".",
    " ",
    "\n",
    "взрослых",
    "ребенок",
    "лет",
    "с",
    "по",
    "до",
    "июля",
    "10.07",
    "тыс",
    "$",
    "млн",
    "от",
    "не",
    "Турция",
    "из",
    "Алматы",
    "ночей",
    "*",
    "\x00",
    "\u202e",
    "👨‍👩‍👧",
    "٣",
    "²",
    "İ",
    "ß",
    "полтора",
    "через",
    "недели",
    "и",
    "или",
    "года",
    "87011112233",
    "5️⃣",
    "½",
    "на двоих",
    "конец",
    "зимой",
    "20",
    "числа",
    "звезд",
    "б\u0301",
    "ﬁ",
]


@pytest.fixture(scope="module")
def engine() -> RulesEngine:
    return RulesEngine()


def check(engine: RulesEngine, text: str, asked_on: dt.date = ASKED_ON) -> None:
    understood = engine.understand(text, asked_on=asked_on)

    assert understood.intent in INTENTS
    assert {fact.name for fact in understood.facts} <= set(SLOT_NAMES)
    assert all(fact.quote in text for fact in understood.facts)
    assert json.loads(json.dumps(understood.slots())) == understood.slots()


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=4000))
def test_any_text_is_understood_somehow(engine: RulesEngine, text: str) -> None:
    check(engine, text)


@settings(max_examples=400, deadline=None)
@given(
    text=st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join),
    asked_on=st.dates(),
)
def test_any_mix_of_our_words_is_understood_somehow(
    engine: RulesEngine, text: str, asked_on: dt.date
) -> None:
    check(engine, text, asked_on)


@settings(max_examples=150, deadline=None)
@given(text=st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
@example(text="взрослых2")
def test_words_run_together_are_understood_somehow(engine: RulesEngine, text: str) -> None:
    check(engine, text)


@pytest.mark.parametrize(
    "piece", [*PIECES, "1,", "10 ", "5-", "a", "я ", "турц ", "10 и ", "нячнаг ", "2+"]
)
def test_long_repetitions_take_no_longer_than_their_length(engine: RulesEngine, piece: str) -> None:
    text = (piece * 4000)[:4000]
    engine.understand(text, asked_on=ASKED_ON)
    started = time.process_time()

    engine.understand(text, asked_on=ASKED_ON)

    assert time.process_time() - started < 1


def test_usual_message_takes_a_few_milliseconds(engine: RulesEngine) -> None:
    text = "Хотим в Турцию из Алматы с 10 по 20 июля, 2 взрослых и ребенок 5 лет, до 1,5 млн тг"
    engine.understand(text, asked_on=ASKED_ON)
    started = time.process_time()

    for _ in range(20):
        engine.understand(text, asked_on=ASKED_ON)

    assert (time.process_time() - started) / 20 < 0.05


def test_failing_engine_gives_other_without_facts() -> None:
    class BrokenEngine:
        def understand(self, text: str, *, asked_on: dt.date) -> Understanding:
            raise RuntimeError("broken")

    understood = NLPProcessor(BrokenEngine()).understand("Тур в Турцию", asked_on=ASKED_ON)

    assert understood == Understanding("other", 0.0, (), "ru")


def test_lines_are_answered_in_order_and_bad_ones_are_numbered() -> None:
    lines = [
        '{"id": "b", "text": "Тур в Египет", "asked_on": "2026-05-20"}\n',
        "not json\n",
        "\n",
        '{"id": "x", "text": 5, "asked_on": "2026-05-20"}\n',
        '{"id": "x", "text": "ok", "asked_on": "soon"}\n',
        '{"text": "ok", "asked_on": "2026-05-20"}\n',
        '{"id": "a", "text": "Спасибо", "asked_on": "2026-05-20"}\n',
    ]
    problems: list[tuple[int, str]] = []

    answers = list(
        understand_lines(
            lines, NLPProcessor(), lambda number, what: problems.append((number, what))
        )
    )

    assert [json.loads(answer) for answer in answers] == [
        {"id": "b", "intent": "tour_request", "slots": {"countries": ["EG"]}},
        {"id": "a", "intent": "thanks", "slots": {}},
    ]
    assert problems == [
        (2, "not JSON"),
        (4, "no text"),
        (5, "asked_on is not a date like 2026-05-20"),
        (6, "no id"),
    ]
