"""The port to language models: one question with its answer, no prompts and no policy here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from integrations.transport.errors import PermanentError, TransientError


@dataclass(frozen=True)
class ToolCall:
    """What the model wants to be done. `arguments` is valid JSON by then, not yet trusted."""

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class LlmMessage:
    """`tool_calls` of an assistant's message; `tool_call_id` of the answer to one of them."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str = ""


@dataclass(frozen=True)
class Tool:
    """`parameters` is a JSON schema of an object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class LlmResult:
    """`content` is the JSON object that fits the schema, or None where tools are called instead.

    Tokens as the provider counts them, for the meter.
    """

    content: Mapping[str, Any] | None
    tool_calls: tuple[ToolCall, ...]
    model: str
    prompt_tokens: int
    completion_tokens: int
    latency_ms: int


@dataclass(frozen=True)
class LlmQuestion:
    """`schema`: a strict JSON schema of the wanted object; `timeout_s` bounds the whole call.

    `model`: another one than the account's.
    """

    messages: Sequence[LlmMessage]
    schema: Mapping[str, Any]
    timeout_s: float
    tools: Sequence[Tool] = field(default=())
    max_tokens: int = 800
    model: str = ""


class LlmClient(Protocol):
    """Raises the ConnectorError family, Refused and BadAnswer among it."""

    def complete(self, question: LlmQuestion) -> LlmResult: ...

    def check(self) -> str:
        """Make one cheap call to prove that address and key work; say what was seen."""
        ...


class Refused(PermanentError):
    """The model declined to answer for reasons of its own. `spent`: what that took."""

    spent: LlmResult | None = None


class BadAnswer(TransientError):
    """An answer came and can't be used: cut off, no JSON, or not of the wanted shape.

    `spent`: what it took; whoever cuts an answer off is billed for it.
    """

    spent: LlmResult | None = None
