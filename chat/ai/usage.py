"""What asking a model took."""

from __future__ import annotations

from dataclasses import dataclass, field

from integrations.llm.base import BadAnswer, LlmResult, Refused
from integrations.transport.errors import ConnectorError


@dataclass(frozen=True)
class Usage:
    """What a model's answer took; zero where no model was asked."""

    agent: str = ""
    prompt_version: str = ""
    model: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def plus(self, result: LlmResult) -> Usage:
        return Usage(
            self.agent,
            self.prompt_version,
            result.model,
            self.prompt_tokens + result.prompt_tokens,
            self.completion_tokens + result.completion_tokens,
        )


class TryFailed(Exception):
    """A provider could not answer. `usage`: what the try took all the same."""

    def __init__(self, error: ConnectorError, usage: Usage) -> None:
        super().__init__(error.message)
        self.error, self.usage = error, usage


def spent_on(error: ConnectorError, usage: Usage) -> Usage:
    """What was taken before the failure, and by the answer that was none."""
    spent = error.spent if isinstance(error, BadAnswer | Refused) else None
    return usage.plus(spent) if spent else usage


@dataclass(frozen=True)
class Run:
    """One provider's try. `outcome`: ok, gate, internal, or the name of the connector's error."""

    provider: str
    outcome: str
    latency_ms: int
    usage: Usage = field(default_factory=Usage)
    detail: str = ""
