"""Answers by a language model: it may use tools, and its text still has to pass the gate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from chat.ai.agent import CONSULTANT, QUICK, Agent, Agents
from chat.ai.base import Passage, ReplyRequest, ReplySuggestion, Sources
from chat.ai.privacy import Mask
from chat.ai.prompts import ANSWER_SCHEMA, reply_messages
from chat.ai.tools import Toolbox
from chat.ai.usage import TryFailed, Usage, spent_on
from common.breaker import Breaker
from integrations.llm.base import (
    BadAnswer,
    LlmClient,
    LlmMessage,
    LlmQuestion,
    LlmResult,
    Refused,
)
from integrations.transport.deadline import Deadline
from integrations.transport.errors import ConfigError, ConnectorError

# The rules after us may have to search for tours, and the model has to say what its search found.
TOTAL_S, RULES_S, LAST_WORD_S, LEAST_S, ROUNDS = 10.0, 3.0, 2.5, 0.5, 4


class LlmReplyProvider:
    """`client` returns None where no model is configured."""

    name = "openai"

    def __init__(
        self, client: Callable[[], LlmClient | None], sources: Sources, agents: Agents
    ) -> None:
        self._client, self._sources, self._agents = client, sources, agents
        self._breaker = Breaker("openai")

    def is_ready(self, request: ReplyRequest) -> bool:
        return request.may_spend and not self._breaker.is_open() and self._client() is not None

    def suggest(self, request: ReplyRequest) -> ReplySuggestion:
        """Raises TryFailed or a ConnectorError; what went wrong also counts for the breaker."""
        client = self._client()
        if client is None:
            raise ConfigError("No language model is configured")
        agent, passages = self._agent(request)
        try:
            suggestion = self._talk(client, agent, request, passages)
        except TryFailed as failed:
            # After a refusal or a bad answer the service works; this question it could not answer.
            if not isinstance(failed.error, Refused | BadAnswer):
                self._breaker.failed(for_good=isinstance(failed.error, ConfigError))
            raise
        self._breaker.succeeded()
        return suggestion

    def _agent(self, request: ReplyRequest) -> tuple[Agent, tuple[Passage, ...]]:
        """«Быстрые ответы» where the knowledge base answers, else the consultant.

        Raises BadAnswer if both are switched off or have spent what they may.
        """
        passages = self._sources.answering(request)
        wanted = (QUICK, CONSULTANT) if passages else (CONSULTANT,)
        agent = next((one for code in wanted if (one := self._agents(code))), None)
        if agent is None:
            raise BadAnswer("No agent may answer now")
        return agent, passages

    def _talk(
        self, client: LlmClient, agent: Agent, request: ReplyRequest, passages: tuple[Passage, ...]
    ) -> ReplySuggestion:
        deadline = request.deadline.part(TOTAL_S, keep_s=RULES_S)
        tools = Toolbox(request, self._sources, deadline.part(TOTAL_S, keep_s=LAST_WORD_S))
        mask = Mask(request.client_names)
        tools.passages += passages
        messages = reply_messages(agent, request, tools.missing, passages, mask)
        usage = Usage(agent.code, agent.version)
        try:
            for _round in range(ROUNDS):
                result = _ask(client, agent, messages, tools, deadline)
                usage = usage.plus(result)
                if result.content is not None:
                    suggestion = _suggestion(result.content, request, tools, mask)
                    return replace(suggestion, provider=self.name, usage=usage)
                messages.append(LlmMessage("assistant", tool_calls=result.tool_calls))
                messages += [_masked(tools.run(call), mask) for call in result.tool_calls]
            raise BadAnswer("The model went on calling tools")
        except ConnectorError as error:
            raise TryFailed(error, spent_on(error, usage)) from None


def _masked(message: LlmMessage, mask: Mask) -> LlmMessage:
    return replace(message, content=mask.hide(message.content))


def _ask(
    client: LlmClient, agent: Agent, messages: list[LlmMessage], tools: Toolbox, deadline: Deadline
) -> LlmResult:
    left = deadline.left_s()
    if left <= LEAST_S:
        raise BadAnswer("The model took too long")
    open_tools = [tool for tool, _act in tools.open()]
    question = LlmQuestion(
        list(messages), ANSWER_SCHEMA, left, open_tools, agent.max_tokens, agent.model
    )
    return client.complete(question)


def _suggestion(
    content: Mapping[str, Any], request: ReplyRequest, tools: Toolbox, mask: Mask
) -> ReplySuggestion:
    text, question = content.get("text"), content.get("question")
    if not isinstance(text, str) or not text.strip() or not isinstance(question, str):
        raise BadAnswer("The model's answer has another shape")
    confidence = content.get("confidence")
    needs_human = tools.is_person_called or content.get("needs_human") is True
    return ReplySuggestion(
        text=mask.show(text).strip(),
        intent=request.understanding.intent,
        confidence=float(confidence) if isinstance(confidence, int | float) else 0.5,
        provider="",
        question=question,
        hand_over="model" if needs_human else "",
        offers=tuple(tools.offers),
        passages=tuple(tools.passages),
    )
