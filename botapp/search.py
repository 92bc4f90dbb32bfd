"""The search behind the guided dialogue: seconds of network, in the worker, without a lock."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone, translation

from botapp.models import Dialogue
from botapp.results import Found, show_failure, show_results
from botapp.steps import with_defaults
from chat.ai.inquiry import Inquiry
from chat.models import Conversation
from integrations.delivery.handlers import Outgoing
from integrations.tours.base import EmptyReason, SearchResult, TourOffer, TourSearch
from integrations.transport.errors import ConnectorError
from leads.selectors import current_facts

MOST_OFFERS = 15
# No further search is begun after this: the lease of the row is 45 s.
BEGIN_WITHIN_S = 14.0


@dataclass
class _Answers:
    offers: list[TourOffer] = field(default_factory=list)
    reason: EmptyReason | None = None


class SearchTours:
    """Topic `botapp.search_tours`, payload `{"dialogue": id, "search": number}`."""

    def __init__(self, search: Callable[[TourSearch], SearchResult]) -> None:
        self._search = search

    def perform(self, outgoing: Outgoing) -> Found | None:
        """What was found; None when the operator does not answer."""
        dialogue = Dialogue.objects.select_related("conversation").get(
            pk=outgoing.payload["dialogue"]
        )
        conversation = dialogue.conversation
        known = current_facts(conversation.lead_id) if conversation.lead_id else {}
        with translation.override(conversation.language):
            facts, assumed = with_defaults(known)
        try:
            return self._find(Inquiry(facts), assumed)
        except ConnectorError:
            return None

    def _find(self, inquiry: Inquiry, assumed: list[str]) -> Found:
        city = str(inquiry.facts["departure_city"])
        if inquiry.window(timezone.localdate()) is None:
            return Found((), None, assumed, city, is_past=True)
        started = time.monotonic()
        answers = self._ask(inquiry, started, with_budget=True)
        is_over_budget = answers.reason == EmptyReason.OVER_BUDGET and not answers.offers
        if is_over_budget:
            answers = self._ask(inquiry, started, with_budget=False)
        cheapest = sorted(answers.offers, key=_price)[:MOST_OFFERS]
        return Found(tuple(cheapest), answers.reason, assumed, city, is_over_budget)

    def _ask(self, inquiry: Inquiry, started: float, *, with_budget: bool) -> _Answers:
        answers = _Answers()
        for search in inquiry.searches(timezone.localdate(), with_budget=with_budget):
            if time.monotonic() - started < BEGIN_WITHIN_S:
                result = self._search(search)
                answers.offers += result.offers
                answers.reason = answers.reason or result.empty_reason
        return answers

    def apply(self, outgoing: Outgoing, result: Found | None) -> None:
        found = _locked(outgoing)
        if found is None:
            return
        conversation, dialogue = found
        with translation.override(conversation.language):
            if result is None:
                show_failure(conversation, dialogue)
            else:
                show_results(conversation, dialogue, result)

    def give_up(self, outgoing: Outgoing, error_kind: str, message: str) -> None:
        self.apply(outgoing, None)

    def is_repeatable(self, outgoing: Outgoing) -> bool:
        return True


def _locked(outgoing: Outgoing) -> tuple[Conversation, Dialogue] | None:
    """The talk that waits for this search; None when it has begun another one meanwhile."""
    dialogue = Dialogue.objects.get(pk=outgoing.payload["dialogue"])
    conversation = Conversation.objects.select_for_update(no_key=True).get(
        pk=dialogue.conversation_id
    )
    dialogue.refresh_from_db()
    return (conversation, dialogue) if dialogue.search_no == outgoing.payload["search"] else None


def _price(offer: TourOffer) -> Decimal:
    return offer.amount_in("KZT") or offer.price
