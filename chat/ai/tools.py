"""What a model may ask for while it answers: tours, knowledge, this client's bookings, a person.

The tools take the client and the inquiry from the request, never from the model: it can't look
at another client, whatever it was talked into.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from chat.ai.base import Passage, ReplyRequest, Sources
from chat.ai.inquiry import Inquiry
from chat.ai.tour_search import search_in_turn
from integrations.llm.base import LlmMessage, Tool, ToolCall
from integrations.tours.base import TourOffer
from integrations.transport.deadline import Deadline
from integrations.transport.errors import ConnectorError

SHOWN = 5
LONGEST_QUERY = 300


Act = Callable[[Mapping[str, Any]], Any]


def _schema(**properties: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            name: {"type": "string", "description": words} for name, words in properties.items()
        },
        "required": list(properties),
        "additionalProperties": False,
    }


SEARCH_TOURS = Tool(
    "search_tours",
    "Search the operator's tours for what is known of the inquiry. Returns rows with prices.",
    _schema(),
)
FIND_KNOWLEDGE = Tool(
    "find_knowledge",
    "Look into the agency's knowledge base: visas, documents, payment, rules.",
    _schema(query="what to look for, in the client's language"),
)
CLIENT_BOOKINGS = Tool(
    "client_bookings",
    "Read this client's own bookings: dates, state, what is paid and what is due.",
    _schema(),
)
CALL_PERSON = Tool("call_person", "Call a manager into the conversation.", _schema(reason="why"))


class Toolbox:
    """The tools of one answer, and what they have brought; tours are searched by `deadline`."""

    def __init__(self, request: ReplyRequest, sources: Sources, deadline: Deadline) -> None:
        self._request, self._sources, self._deadline = request, sources, deadline
        self._inquiry = Inquiry(request.facts)
        self.offers: list[TourOffer] = []
        self.passages: list[Passage] = []
        self.is_person_called = False

    @property
    def missing(self) -> str:
        return self._inquiry.next_question() or ""

    def open(self) -> list[tuple[Tool, Act]]:
        """What may be used now: tours are searched once nothing is missing."""
        tools = [
            (FIND_KNOWLEDGE, self._find_knowledge),
            (CLIENT_BOOKINGS, self._client_bookings),
            (CALL_PERSON, self._call_person),
        ]
        return tools if self.missing else [(SEARCH_TOURS, self._search_tours), *tools]

    def run(self, call: ToolCall) -> LlmMessage:
        act = next((act for tool, act in self.open() if tool.name == call.name), None)
        answer = act(call.arguments) if act else {"error": "no such tool now"}
        return LlmMessage("tool", json.dumps(answer, ensure_ascii=False), tool_call_id=call.id)

    def _search_tours(self, _arguments: Mapping[str, Any]) -> list[dict[str, Any]] | dict[str, str]:
        try:
            searches = self._inquiry.searches(self._request.now.date())
            results = search_in_turn(self._sources.search_tours, searches, self._deadline)
        except ConnectorError:
            # The operator's trouble is not the model's: its breaker has nothing to do with it.
            return {"error": "the operator's search does not answer now; call_person"}
        found = [offer for result in results for offer in result.offers[:SHOWN]]
        self.offers += found
        return [_row(offer) for offer in found]

    def _find_knowledge(self, arguments: Mapping[str, Any]) -> list[str]:
        query = str(arguments.get("query") or self._request.text)[:LONGEST_QUERY]
        found = self._sources.find_passages(query, self._request.language)
        self.passages += found
        return [one.text for one in found]

    def _client_bookings(self, _arguments: Mapping[str, Any]) -> list[str]:
        found = own_bookings(self._request, self._sources)
        self.passages += found
        return [one.text for one in found]

    def _call_person(self, _arguments: Mapping[str, Any]) -> dict[str, str]:
        self.is_person_called = True
        return {"status": "a manager will answer here"}


def own_bookings(request: ReplyRequest, sources: Sources) -> list[Passage]:
    """Nobody's for a talk without a client."""
    if request.client_id is None:
        return []
    return list(sources.tell_bookings(request.client_id, request.language))


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
