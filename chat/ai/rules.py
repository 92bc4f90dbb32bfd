"""Answers without a model: greets, asks the next missing thing, shows the operator's own rows.

It cannot fail for lack of a provider; every number in its texts comes from the request or from a
search result.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from django.utils import translation

from chat.ai import texts
from chat.ai.base import ANSWER_WITHIN_S, Passage, ReplyRequest, ReplySuggestion, Sources
from chat.ai.inquiry import Inquiry
from chat.ai.tools import own_bookings
from chat.ai.tour_search import search_in_turn
from chat.models import AiSuggestion
from integrations.tours.base import EmptyReason, TourOffer
from integrations.transport.errors import ConnectorError

HandOver = AiSuggestion.HandOver
SHOWN = 3
# What it takes to put the found tours into words and through the gate.
WORDS_S = 0.5
MISUNDERSTANDINGS_BEFORE_HUMAN = 2
# Questions about a booking, money or papers need facts that only a person has.
FOR_A_PERSON = {
    "human_agent": (texts.handing_over, HandOver.ASKED),
    "complaint": (texts.complaint, HandOver.COMPLAINT),
    "booking_status": (texts.manager_will_check, HandOver.NO_FACTS),
    "payment": (texts.manager_will_check, HandOver.NO_FACTS),
    "documents_visa": (texts.manager_will_check, HandOver.NO_FACTS),
    "cancel": (texts.manager_will_check, HandOver.NO_FACTS),
}


_CHOICE = re.compile(
    r"\b(?:перв|втор|трет|нрав|подход|подойд|бер[уеё]м?\b|хочу|хотим|давайте|бронир|этот|вариант|"
    r"[123]\b|first|second|third|like|take|book|бірінші|екінші|үшінші|ұна|аламыз|аламын)",
    re.IGNORECASE,
)


def new_facts(request: ReplyRequest) -> bool:
    """Whether the message changes the wish, so that another search is due."""
    return any(fact.name != "phone" for fact in request.understanding.facts)


def _price(offer: TourOffer) -> Decimal:
    return offer.amount_in("KZT") or offer.price


class RulesReplyProvider:
    name = "rules"

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def is_ready(self, request: ReplyRequest) -> bool:
        return True

    def suggest(self, request: ReplyRequest) -> ReplySuggestion:
        with translation.override(request.language):
            suggestion = self._answer(request)
            greeting = texts.greeting() if request.is_first else ""
            text = suggestion.text
            if suggestion.needs_human:
                text = texts.to_person(text, request.opens_at, request.language)
        text = f"{greeting} {text}" if greeting else text
        return replace(suggestion, text=text)

    def _answer(self, request: ReplyRequest) -> ReplySuggestion:
        intent = request.understanding.intent
        if request.question == "choice" and _CHOICE.search(request.text) and not new_facts(request):
            return self._chosen(request)
        if passage := self._known(request):
            return self._quoted(request, passage)
        if intent == "booking_status" and (own := own_bookings(request, self._sources)):
            return self._told(request, own)
        if intent in FOR_A_PERSON:
            sentence, reason = FOR_A_PERSON[intent]
            return self._say(request, sentence(), hand_over=reason)
        if intent == "thanks":
            return self._say(request, texts.you_are_welcome())
        if intent == "other_question" and not request.is_first:
            return self._say(request, texts.manager_will_check(), hand_over=HandOver.NO_FACTS)
        if intent == "other" and request.question:
            return self._not_understood(request)
        return self._continue(request)

    def _known(self, request: ReplyRequest) -> Passage | None:
        found = self._sources.answering(request)
        # A Russian text is no answer in another language; a person can translate it.
        return next((one for one in found if one.language == request.language), None)

    def _quoted(self, request: ReplyRequest, passage: Passage) -> ReplySuggestion:
        """What the knowledge base says, and the open question again."""
        asked = request.question if request.question not in ("", "choice") else ""
        text = f"{passage.text}\n\n{texts.question(asked)}" if asked else passage.text
        suggestion = self._say(request, text, question=request.question)
        return replace(suggestion, passages=(passage,), confidence=passage.score)

    def _told(self, request: ReplyRequest, own: Sequence[Passage]) -> ReplySuggestion:
        """What the client's bookings say; a person looks at the question all the same."""
        text = "\n".join([*(one.text for one in own), texts.manager_will_check()])
        suggestion = self._say(request, text, hand_over=HandOver.NO_FACTS)
        return replace(suggestion, passages=tuple(own))

    def _chosen(self, request: ReplyRequest) -> ReplySuggestion:
        text = texts.manager_will_book()
        if request.has_phone:
            return self._say(request, text, hand_over=HandOver.CHOICE)
        text = f"{text} {texts.question('phone')}"
        return self._say(request, text, question="phone", hand_over=HandOver.CHOICE)

    def _not_understood(self, request: ReplyRequest) -> ReplySuggestion:
        if request.misunderstood + 1 >= MISUNDERSTANDINGS_BEFORE_HUMAN:
            return self._say(request, texts.handing_over(), hand_over=HandOver.MISUNDERSTOOD)
        text = f"{texts.not_understood()} {texts.question(request.question)}"
        return self._say(request, text, question=request.question, is_understood=False)

    def _continue(self, request: ReplyRequest) -> ReplySuggestion:
        inquiry = Inquiry(request.facts)
        if question := inquiry.next_question():
            return self._say(request, texts.question(question), question=question)
        searches = inquiry.searches(request.now.date())
        if not searches:
            text = f"{texts.dates_have_passed()} {texts.question('dates')}"
            return self._say(request, text, question="dates")
        return self._offer(request, inquiry)

    def _offer(self, request: ReplyRequest, inquiry: Inquiry) -> ReplySuggestion:
        try:
            offers, reason = self._cheapest(inquiry, request, with_budget=True)
            lead_in = texts.found(request.facts, request.language)
            if reason == EmptyReason.OVER_BUDGET:
                offers, reason = self._cheapest(inquiry, request, with_budget=False)
                lead_in = texts.only_dearer(inquiry, request.language)
        except ConnectorError:
            return self._say(request, texts.search_unavailable(), hand_over=HandOver.SEARCH_DOWN)
        if not offers:
            text = texts.nothing_found(reason, request.facts)
            return self._say(request, text, question="dates")
        text = texts.offers(lead_in, offers, request.language)
        return self._say(request, text, question="choice", offers=offers)

    def _cheapest(
        self, inquiry: Inquiry, request: ReplyRequest, *, with_budget: bool
    ) -> tuple[tuple[TourOffer, ...], EmptyReason | None]:
        searches = inquiry.searches(request.now.date(), with_budget=with_budget)
        deadline = request.deadline.part(ANSWER_WITHIN_S, keep_s=WORDS_S)
        results = search_in_turn(self._sources.search_tours, searches, deadline)
        offers = sorted((offer for result in results for offer in result.offers), key=_price)
        reason = next((result.empty_reason for result in results if result.empty_reason), None)
        return tuple(offers[:SHOWN]), None if offers else reason

    def _say(
        self,
        request: ReplyRequest,
        text: str,
        *,
        question: str = "",
        hand_over: str = "",
        is_understood: bool = True,
        offers: tuple[TourOffer, ...] = (),
    ) -> ReplySuggestion:
        return ReplySuggestion(
            text=text,
            intent=request.understanding.intent,
            confidence=request.understanding.intent_confidence,
            provider=self.name,
            question=question,
            hand_over=hand_over,
            is_understood=is_understood,
            offers=offers,
        )
