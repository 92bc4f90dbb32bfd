"""The outbox handler behind every automatic answer.

Topic `chat.respond`, payload `{"conversation": id}`, merged per conversation: it reads what the
customer has said since the last time, takes the facts over into the lead, and lets the bot answer
where the bot speaks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import timezone

from chat.ai.base import ReplyRequest, ReplySuggestion
from chat.ai.inquiry import InquiryProcessor
from chat.ai.nlp import NLPProcessor, Understanding
from chat.ai.processor import IntelligentChatProcessor
from chat.models import AiSuggestion, Conversation, Message
from chat.services.analysis import analyse_lead, summary_of
from chat.services.modes import hand_over
from chat.services.outbound import send_bot_answer
from chat.services.runs import may_spend, save_runs
from integrations.delivery.handlers import Outgoing
from leads.models import Client, Lead, LeadStage
from leads.selectors import current_facts
from leads.services import (
    BOT,
    NewFact,
    add_identity,
    advance_lead,
    describe_lead,
    forget_facts,
    record_facts,
)

LANGUAGES = ("ru", "kk", "en")
# Shorter texts («ок», «10», a lone city) say little about the language of the talk.
LEAST_LETTERS, LEAST_WORDS = 5, 3
HISTORY = 12


@dataclass(frozen=True)
class Thought:
    """What the bot made of the messages up to `message`."""

    message: Message
    understanding: Understanding
    all_facts: Mapping[str, Any]
    stale: set[str]
    language: str
    suggestion: ReplySuggestion | None


class Respond:
    def __init__(self, nlp: NLPProcessor, processor: IntelligentChatProcessor) -> None:
        self._nlp = nlp
        self._inquiries = InquiryProcessor()
        self._processor = processor

    def perform(self, outgoing: Outgoing) -> Thought | None:
        conversation = _conversation(outgoing)
        burst = _unread(conversation)
        if not burst:
            return None
        text = "\n".join(message.text for message in burst)
        asked_on = timezone.localdate(burst[-1].sent_at)
        understanding = self._nlp.understand(text, asked_on=asked_on)
        understanding = self._inquiries.in_context(understanding, conversation.question, text)
        known = current_facts(conversation.lead_id) if conversation.lead_id else {}
        all_facts, stale = self._inquiries.merge(known, understanding.facts)
        language = _language(conversation, understanding, text)
        request = _request(conversation, text, understanding, all_facts, language)
        suggestion = self._processor.answer(conversation.mode, request)
        return Thought(burst[-1], understanding, all_facts, stale, language, suggestion)

    def apply(self, outgoing: Outgoing, result: Thought | None) -> None:
        if result is None:
            return
        conversation = Conversation.objects.select_for_update(no_key=True).get(
            pk=outgoing.payload["conversation"]
        )
        newest = _unread(conversation)[-1:]
        if not newest or newest[0].pk != result.message.pk:
            # A newer message overtook this answer; its own row will see all of them.
            return
        conversation.understood_id = result.message.pk
        conversation.language = result.language
        if conversation.lead:
            _take_over_facts(conversation.lead, conversation.client, result)
        if result.suggestion:
            save_runs(conversation, result.suggestion.runs)
            self._answer(conversation, result, result.suggestion)
        conversation.save()
        if conversation.lead_id:
            analyse_lead(conversation.lead_id)

    def _answer(
        self, conversation: Conversation, thought: Thought, suggestion: ReplySuggestion
    ) -> None:
        if conversation.mode == Conversation.Mode.HUMAN:
            return
        is_sent = self._processor.may_send(conversation.mode, suggestion)
        _save_suggestion(conversation, thought, suggestion, is_sent=is_sent)
        if not is_sent:
            return
        conversation.question = suggestion.question
        conversation.misunderstood = (
            0 if suggestion.is_understood else conversation.misunderstood + 1
        )
        if suggestion.needs_human:
            hand_over(conversation)
        send_bot_answer(conversation, suggestion.text, answers=thought.message)
        if conversation.lead_id:
            advance_lead(conversation.lead_id, LeadStage.Code.CONSULTATION, actor=BOT)

    def give_up(self, outgoing: Outgoing, error_kind: str, message: str) -> None:
        """The customer keeps waiting, so a person has to see the conversation as unanswered."""
        hand_over(
            Conversation.objects.select_for_update(no_key=True).get(
                pk=outgoing.payload["conversation"]
            )
        )

    def is_repeatable(self, outgoing: Outgoing) -> bool:
        return True


def _conversation(outgoing: Outgoing) -> Conversation:
    conversations = Conversation.objects.select_related("client", "lead")
    return conversations.get(pk=outgoing.payload["conversation"])


def _unread(conversation: Conversation) -> list[Message]:
    return list(
        conversation.messages.filter(
            author=Message.Author.CUSTOMER, pk__gt=conversation.understood_id
        ).order_by("pk")
    )


def _language(conversation: Conversation, understanding: Understanding, text: str) -> str:
    is_long = not conversation.understood_id or len(text.split()) >= LEAST_WORDS
    is_telling = is_long and sum(letter.isalpha() for letter in text) >= LEAST_LETTERS
    if is_telling and understanding.language in LANGUAGES:
        return understanding.language
    return conversation.language


def _request(
    conversation: Conversation,
    text: str,
    understanding: Understanding,
    all_facts: Mapping[str, Any],
    language: str,
) -> ReplyRequest:
    has_phone = any(fact.name == "phone" for fact in understanding.facts)
    return ReplyRequest(
        text=text,
        understanding=understanding,
        facts=all_facts,
        language=language,
        question=conversation.question,
        misunderstood=conversation.misunderstood,
        is_first=not conversation.messages.filter(
            author__in=(Message.Author.BOT, Message.Author.STAFF)
        ).exists(),
        history=_history(conversation),
        client_names=(conversation.client.name,),
        may_spend=may_spend(conversation),
        has_phone=has_phone or conversation.client.identities.filter(kind="phone").exists(),
        now=timezone.localtime(),
    )


def _history(conversation: Conversation) -> tuple[tuple[str, str], ...]:
    """The last words before the unanswered ones, without notes to colleagues."""
    said = conversation.messages.filter(
        delivery__in=(Message.Delivery.RECEIVED, Message.Delivery.SENT)
    ).exclude(author=Message.Author.CUSTOMER, pk__gt=conversation.understood_id)
    rows = said.order_by("-pk").values_list("author", "text")[:HISTORY]
    return tuple(rows)[::-1]


def _take_over_facts(lead: Lead, client: Client, thought: Thought) -> None:
    before = summary_of(current_facts(lead.pk))
    forget_facts(lead.pk, thought.stale, actor=BOT)
    new = [
        NewFact(fact.name, fact.value, fact.quote, fact.confidence)
        for fact in thought.understanding.facts
    ]
    record_facts(lead.pk, new, actor=BOT)
    for fact in thought.understanding.facts:
        if fact.name == "phone":
            add_identity(client, "phone", str(fact.value))
    describe_lead(lead.pk, before=before, after=summary_of(current_facts(lead.pk)))


def _save_suggestion(
    conversation: Conversation, thought: Thought, suggestion: ReplySuggestion, *, is_sent: bool
) -> None:
    Outcome = AiSuggestion.Outcome
    AiSuggestion.objects.update_or_create(
        answers=thought.message,
        defaults={
            "conversation": conversation,
            "provider": suggestion.provider,
            "intent": suggestion.intent,
            "confidence": suggestion.confidence,
            "text": suggestion.text,
            "facts": {
                "offers": [offer.as_dict() for offer in suggestion.offers],
                "gate": [asdict(violation) for violation in suggestion.violations],
            },
            "needs_human": suggestion.needs_human,
            "outcome": Outcome.SENT if is_sent else Outcome.DRAFT,
        },
    )
