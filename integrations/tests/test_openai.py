"""The OpenAI connector against a server that speaks its HTTP API, with all its faults."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.fakes.base import as_transport
from integrations.fakes.openai import FakeOpenAI
from integrations.llm.base import BadAnswer, LlmMessage, LlmQuestion, Refused, Tool, ToolCall
from integrations.llm.openai import OpenAIClient, OpenAIConfig
from integrations.transport.errors import (
    AuthFailed,
    ConnectorError,
    InvalidRequest,
    RateLimited,
    TransientError,
)

SCHEMA = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
SEARCH = Tool("search", "Finds tours", {"type": "object", "properties": {}})


@pytest.fixture
def fake() -> FakeOpenAI:
    return FakeOpenAI(lambda body: {"text": "Здравствуйте"})


def client(fake: FakeOpenAI, **config: Any) -> OpenAIClient:
    settings = {"api_key": fake.key, "base_url": "http://openai.test/v1"} | config
    return OpenAIClient(OpenAIConfig(**settings), as_transport(fake))


def question(*messages: LlmMessage, **overrides: Any) -> LlmQuestion:
    asked = messages or (LlmMessage("user", "Привет"),)
    return LlmQuestion(**{"messages": asked, "schema": SCHEMA, "timeout_s": 2.0} | overrides)


def test_an_answer_comes_as_an_object_with_its_cost(fake: FakeOpenAI) -> None:
    result = client(fake).complete(question(LlmMessage("system", "Будь вежлив"), max_tokens=50))

    assert result.content == {"text": "Здравствуйте"}
    assert result.tool_calls == ()
    assert (result.model, result.prompt_tokens, result.completion_tokens) == ("gpt-4o", 120, 40)
    sent = fake.requests[0].json()
    assert sent["messages"] == [{"role": "system", "content": "Будь вежлив"}]
    assert sent["max_completion_tokens"] == 50
    assert sent["response_format"]["json_schema"] == {
        "name": "answer", "strict": True, "schema": SCHEMA,
    }  # fmt: skip
    assert "tools" not in sent


def test_a_tool_is_called_and_its_answer_goes_back(fake: FakeOpenAI) -> None:
    fake.script = lambda body: {"tool": "search", "arguments": {"country": "VN"}}
    first = client(fake).complete(question(tools=[SEARCH]))

    assert first.content is None
    assert first.tool_calls == (ToolCall("call_1", "search", {"country": "VN"}),)

    fake.script = lambda body: {"text": "Нашлось"}
    talk = (
        LlmMessage("assistant", tool_calls=first.tool_calls),
        LlmMessage("tool", "[]", tool_call_id="call_1"),
    )
    assert client(fake).complete(question(*talk, tools=[SEARCH])).content == {"text": "Нашлось"}
    assert fake.requests[1].json()["messages"] == [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {
                    "id": "call_1",
                    "type": "function",
                    "function": {"name": "search", "arguments": '{"country": "VN"}'},
                }
            ],
        },
        {"role": "tool", "content": "[]", "tool_call_id": "call_1"},
    ]


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("429", RateLimited),
        ("500", TransientError),
        ("503", TransientError),
        ("401", AuthFailed),
        ("403", AuthFailed),
        ("400", InvalidRequest),
        ("timeout", TransientError),
        ("no_connection", TransientError),
        ("html", BadAnswer),
        ("empty", BadAnswer),
        ("truncated", BadAnswer),
        ("refusal", Refused),
        ("length", BadAnswer),
        ("filtered", BadAnswer),
        ("no_choice", BadAnswer),
        ("prose", BadAnswer),
        ("bad_arguments", BadAnswer),
    ],
)
def test_every_fault_becomes_one_of_our_errors(
    fake: FakeOpenAI, fault: str, error: type[ConnectorError]
) -> None:
    fake.fail_next(fault)

    with pytest.raises(error) as refusal:
        client(fake).complete(question())

    assert fake.key not in str(refusal.value)
    assert len(fake.requests) == 1


def test_retry_after_is_told(fake: FakeOpenAI) -> None:
    fake.fail_next("429", retry_after=7)

    with pytest.raises(RateLimited) as refusal:
        client(fake).complete(question())

    assert refusal.value.retry_after == 7


def test_a_wrong_key_is_told_without_showing_it(fake: FakeOpenAI) -> None:
    with pytest.raises(AuthFailed) as refusal:
        client(fake, api_key="sk-wrong-0123456789abcdef").complete(question())

    assert refusal.value.message == "OpenAI refused the key"
    assert refusal.value.__cause__ is None


def test_the_check_says_whether_the_model_is_there(fake: FakeOpenAI) -> None:
    assert client(fake).check() == "gpt-4o is there"
    assert client(fake, model="gpt-9").check() == "no gpt-9 here"
