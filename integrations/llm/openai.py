"""OpenAI and servers that speak its chat completions API.

https://platform.openai.com/docs/api-reference/chat/create. The official SDK does the protocol; its
retries are off, because the chain of providers decides what comes next.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import openai
from openai.types.chat import ChatCompletion, ChatCompletionMessage

from integrations.llm.base import BadAnswer, LlmMessage, LlmQuestion, LlmResult, Refused, ToolCall
from integrations.transport.errors import (
    AuthFailed,
    ConnectorError,
    InvalidRequest,
    RateLimited,
    TransientError,
)
from integrations.transport.http import Transport, build_client

LONGEST_WAIT_S = 60.0


@dataclass(frozen=True)
class OpenAIConfig:
    api_key: str
    base_url: str = "https://api.openai.com/v1"
    model: str = "gpt-4o"
    proxy: str | None = None


class OpenAIClient:
    def __init__(self, config: OpenAIConfig, transport: Transport | None = None) -> None:
        self._model = config.model
        self._sdk = openai.OpenAI(
            api_key=config.api_key,
            base_url=config.base_url,
            max_retries=0,
            http_client=build_client(proxy=config.proxy, transport=transport),
        )

    def complete(self, question: LlmQuestion) -> LlmResult:
        started = time.monotonic()
        answer = self._ask(question)
        latency_ms = int((time.monotonic() - started) * 1000)
        usage = answer.usage
        spent = LlmResult(
            content=None,
            tool_calls=(),
            model=answer.model,
            prompt_tokens=usage.prompt_tokens if usage else 0,
            completion_tokens=usage.completion_tokens if usage else 0,
            latency_ms=latency_ms,
        )
        try:
            return _read(answer, spent)
        except (Refused, BadAnswer) as error:
            error.spent = spent
            raise

    def check(self) -> str:
        try:
            models = self._sdk.models.list(timeout=10.0)
        except openai.OpenAIError as error:
            raise _translated(error) from None
        names = {model.id for model in models.data}
        return f"{self._model} is there" if self._model in names else f"no {self._model} here"

    def _ask(self, question: LlmQuestion) -> ChatCompletion:
        body: dict[str, Any] = {
            "model": question.model or self._model,
            "messages": [_as_json(message) for message in question.messages],
            "max_completion_tokens": question.max_tokens,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": question.schema},
            },
        }
        if question.tools:
            body["tools"] = [
                {
                    "type": "function",
                    "function": {
                        "name": tool.name,
                        "description": tool.description,
                        "parameters": tool.parameters,
                        "strict": True,
                    },
                }
                for tool in question.tools
            ]
        try:
            answer = self._sdk.chat.completions.create(**body, timeout=question.timeout_s)
        except openai.OpenAIError as error:
            # "from None": the SDK's exception carries the request with the key and the texts.
            raise _translated(error) from None
        except ValueError:
            raise BadAnswer("OpenAI answered something that is not JSON") from None
        if not isinstance(answer, ChatCompletion):
            raise BadAnswer("OpenAI answered something that is not JSON")
        return answer


def _read(answer: ChatCompletion, spent: LlmResult) -> LlmResult:
    choice = answer.choices[0] if answer.choices else None
    if choice is None:
        raise BadAnswer("OpenAI answered without a choice")
    if choice.message.refusal:
        raise Refused("The model refused")
    if choice.finish_reason not in ("stop", "tool_calls"):
        raise BadAnswer(f"The answer ended with {choice.finish_reason}")
    calls = _tool_calls(choice.message)
    content = None if calls else _json_object(choice.message.content or "")
    return replace(spent, content=content, tool_calls=calls)


def _translated(error: openai.OpenAIError) -> ConnectorError:
    if isinstance(error, openai.RateLimitError):
        return RateLimited("OpenAI asks to slow down", retry_after=_retry_after(error))
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return AuthFailed("OpenAI refused the key")
    if isinstance(error, openai.APITimeoutError):
        return TransientError("OpenAI did not answer in time")
    if isinstance(error, openai.APIConnectionError):
        return TransientError("No connection to OpenAI")
    if isinstance(error, openai.InternalServerError):
        return TransientError(f"OpenAI answered HTTP {error.status_code}")
    if isinstance(error, openai.APIStatusError):
        return InvalidRequest(f"OpenAI answered HTTP {error.status_code}")
    return BadAnswer(f"OpenAI's answer can't be read ({type(error).__name__})")


def _retry_after(error: openai.APIStatusError) -> float | None:
    value = error.response.headers.get("retry-after", "")
    return min(float(value), LONGEST_WAIT_S) if value.isdecimal() else None


def _as_json(message: LlmMessage) -> dict[str, Any]:
    row: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        row["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": json.dumps(dict(call.arguments))},
            }
            for call in message.tool_calls
        ]
    if message.tool_call_id:
        row["tool_call_id"] = message.tool_call_id
    return row


def _tool_calls(message: ChatCompletionMessage) -> tuple[ToolCall, ...]:
    calls = [call for call in message.tool_calls or [] if call.type == "function"]
    return tuple(
        ToolCall(call.id, call.function.name, _json_object(call.function.arguments))
        for call in calls
    )


def _json_object(text: str) -> Mapping[str, Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise BadAnswer("The model's answer is not JSON") from None
    if not isinstance(content, dict):
        raise BadAnswer("The model's answer is not an object")
    return cast(Mapping[str, Any], content)
