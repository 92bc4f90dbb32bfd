"""Answers by a language model: it may search tours, and its text still has to pass the gate."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chat.ai.base import ReplyRequest, ReplySuggestion, SearchTours, Usage
from chat.ai.inquiry import Inquiry
from chat.ai.privacy import Mask
from chat.ai.prompts import ANSWER_SCHEMA, CONSULTANT_VERSION, consultant_messages
from common.breaker import Breaker
from integrations.llm.base import (
    BadAnswer,
    LlmClient,
    LlmMessage,
    LlmQuestion,
    LlmResult,
    Refused,
    Tool,
    ToolCall,
)
from integrations.tours.base import TourOffer
from integrations.transport.errors import ConfigError, ConnectorError

# The whole chain has 15 s; the rules after us need the rest.
TOTAL_S, ROUNDS, SHOWN = 10.0, 4, 5
SEARCH = Tool(
    "search_tours",
    "Search the operator's tours for what is known of the inquiry. Returns rows with prices.",
    {"type": "object", "properties": {}, "required": [], "additionalProperties": False},
)


class LlmReplyProvider:
    """`client` returns None where no model is configured."""

    name = "openai"

    def __init__(self, client: Callable[[], LlmClient | None], search: SearchTours) -> None:
        self._client, self._search = client, search
        self._breaker = Breaker("openai")

    def is_ready(self, request: ReplyRequest) -> bool:
        return request.may_spend and not self._breaker.is_open() and self._client() is not None

    def suggest(self, request: ReplyRequest) -> ReplySuggestion:
        """Raises the ConnectorError family; what went wrong also counts for the breaker."""
        try:
            suggestion = self._talk(request)
        except (Refused, BadAnswer):
            # The service works; this one question it could not answer.
            raise
        except ConnectorError as error:
            self._breaker.failed(for_good=isinstance(error, ConfigError))
            raise
        self._breaker.succeeded()
        return suggestion

    def _talk(self, request: ReplyRequest) -> ReplySuggestion:
        client, ends_at = self._client(), time.monotonic() + TOTAL_S
        if client is None:
            raise ConfigError("No language model is configured")
        inquiry, mask = Inquiry(request.facts), Mask(request.client_names)
        messages = consultant_messages(request, inquiry.next_question() or "", mask)
        offers: list[TourOffer] = []
        usage = Usage(prompt_version=CONSULTANT_VERSION)
        for _round in range(ROUNDS):
            result = self._ask(client, messages, ends_at, may_search=not inquiry.next_question())
            usage = usage.plus(result)
            if result.content is not None:
                return self._suggestion(request, result.content, offers, usage, mask)
            messages.append(LlmMessage("assistant", tool_calls=result.tool_calls))
            messages += [self._run(call, inquiry, request, offers) for call in result.tool_calls]
        raise BadAnswer("The model went on calling tools")

    def _ask(
        self, client: LlmClient, messages: Sequence[LlmMessage], ends_at: float, *, may_search: bool
    ) -> LlmResult:
        left = ends_at - time.monotonic()
        if left <= 0.5:
            raise BadAnswer("The model took too long")
        tools = [SEARCH] if may_search else []
        return client.complete(LlmQuestion(list(messages), ANSWER_SCHEMA, left, tools))

    def _run(
        self, call: ToolCall, inquiry: Inquiry, request: ReplyRequest, offers: list[TourOffer]
    ) -> LlmMessage:
        if call.name != SEARCH.name or inquiry.next_question():
            return LlmMessage("tool", '{"error": "no such tool now"}', tool_call_id=call.id)
        found = [
            offer
            for search in inquiry.searches(request.now.date())
            for offer in self._search(search).offers[:SHOWN]
        ]
        offers += found
        rows = json.dumps([_row(offer) for offer in found], ensure_ascii=False)
        return LlmMessage("tool", rows, tool_call_id=call.id)

    def _suggestion(
        self,
        request: ReplyRequest,
        content: Mapping[str, Any],
        offers: Sequence[TourOffer],
        usage: Usage,
        mask: Mask,
    ) -> ReplySuggestion:
        text, question = content.get("text"), content.get("question")
        if not isinstance(text, str) or not text.strip() or not isinstance(question, str):
            raise BadAnswer("The model's answer has another shape")
        confidence = content.get("confidence")
        return ReplySuggestion(
            text=mask.show(text).strip(),
            intent=request.understanding.intent,
            confidence=float(confidence) if isinstance(confidence, int | float) else 0.5,
            provider=self.name,
            question=question,
            hand_over="model" if content.get("needs_human") is True else "",
            offers=tuple(offers),
            usage=usage,
        )


def _row(offer: TourOffer) -> dict[str, Any]:
    tenge = offer.amount_in("KZT")
    return {
        "hotel": offer.hotel,
        "stars": offer.stars,
        "resort": offer.resort,
        "meal": offer.meal,
        "check_in": offer.check_in.isoformat(),
        "nights": offer.nights,
        "price": f"{int(offer.price)} {offer.currency}",
        "price_in_tenge": f"{int(tenge)} KZT" if tenge is not None else None,
    }
