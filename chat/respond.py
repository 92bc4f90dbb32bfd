"""The outbox handler behind every automatic answer.

Topic `chat.respond`, payload `{"conversation": id}`, merged per conversation: it reads what the
customer has said since the last time, takes the facts over into the lead, and lets the bot answer
where the bot speaks.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db.models import Count, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from chat.ai.assistant import Assistant, TalkState, Turn
from chat.ai.base import Limits, ReplySuggestion
from chat.listeners import sayers
from chat.models import AiSuggestion, Conversation, Message
from chat.policy import current_mode, next_opening, policy_for, speaking_mode
from chat.services.analysis import analyse_lead, summary_of
from chat.services.inbound import ask_to_respond
from chat.services.modes import hand_over
from chat.services.outbound import send_bot_answer
from chat.services.runs import may_spend, save_runs
from chat.services.windows import may_write
from integrations.delivery.handlers import Outgoing
from leads.models import LeadStage
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

HISTORY = 12
SAVED = ("understood_id", "language", "question", "misunderstood", "updated_at")


@dataclass(frozen=True)
class Thought:
    """What the bot made of the messages up to `message`; `text`: their words as they were."""

    message: Message
    text: str
    turn: Turn


class Respond:
    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def perform(self, outgoing: Outgoing) -> Thought | None:
        conversation = _conversation(outgoing)
        if conversation.is_group:
            return None
        burst = list(_unread(conversation).prefetch_related("attachments"))
        if not burst:
            return None
        text = _words(burst)
        asked_on = timezone.localdate(burst[-1].sent_at)
        turn = self._assistant.take_turn(text, _state(conversation, burst), asked_on=asked_on)
        return Thought(burst[-1], text, turn)

    def apply(self, outgoing: Outgoing, result: Thought | None) -> None:
        if result is None:
            return
        conversation = Conversation.objects.select_for_update(no_key=True).get(
            pk=outgoing.payload["conversation"]
        )
        turn = result.turn
        # What was asked is paid for, whatever becomes of the answer.
        save_runs(conversation, turn.runs)
        unread = list(_unread(conversation))
        if not unread or unread[-1].pk > result.message.pk:
            # A newer message overtook this answer; its own row will see all of them.
            return
        if unread[-1].pk < result.message.pk or _words(unread) != result.text:
            # The client changed or took back words meanwhile: what is left is thought about anew.
            ask_to_respond(conversation)
            return
        conversation.understood_id = result.message.pk
        conversation.language = turn.language
        if conversation.lead_id:
            _take_over_facts(conversation, conversation.lead_id, turn)
        if turn.suggestion:
            self._answer(conversation, result, turn.suggestion)
        conversation.save(update_fields=SAVED)
        if conversation.lead_id:
            analyse_lead(conversation.lead_id)

    def _answer(
        self, conversation: Conversation, thought: Thought, suggestion: ReplySuggestion
    ) -> None:
        mode = current_mode(conversation)
        if mode == Conversation.Mode.HUMAN:
            return
        is_sent = self._assistant.may_send(mode, suggestion) and may_write(conversation)
        _save_suggestion(conversation, thought, suggestion, is_sent=is_sent)
        if not is_sent:
            return
        conversation.question = suggestion.question
        conversation.misunderstood = (
            0 if suggestion.is_understood else conversation.misunderstood + 1
        )
        if suggestion.needs_human:
            hand_over(conversation, suggestion.hand_over)
        facts = thought.turn.facts
        if not any(say(conversation, thought.message, suggestion, facts) for say in sayers):
            send_bot_answer(conversation, suggestion.text, answers=thought.message)
        if conversation.lead_id:
            advance_lead(conversation.lead_id, LeadStage.Code.CONSULTATION, actor=BOT)

    def give_up(self, outgoing: Outgoing, error_kind: str, message: str) -> None:
        """The customer keeps waiting, so a person has to see the conversation as unanswered."""
        conversation = Conversation.objects.select_for_update(no_key=True).get(
            pk=outgoing.payload["conversation"]
        )
        hand_over(conversation, AiSuggestion.HandOver.FAILURE)

    def is_repeatable(self, outgoing: Outgoing) -> bool:
        return True


def _conversation(outgoing: Outgoing) -> Conversation:
    conversations = Conversation.objects.select_related("client")
    return conversations.get(pk=outgoing.payload["conversation"])


def _unread(conversation: Conversation) -> QuerySet[Message]:
    return conversation.messages.filter(
        author=Message.Author.CUSTOMER,
        pk__gt=conversation.understood_id,
        is_handled=False,
        deleted_at=None,
    ).order_by("pk")


def _words(burst: list[Message]) -> str:
    return "\n".join(message.text for message in burst if message.text)


def _state(conversation: Conversation, burst: list[Message]) -> TalkState:
    policy, opens_at = policy_for(conversation.account_id), next_opening(timezone.now())
    spoken, turns = _said_by_us(conversation)
    return TalkState(
        known=current_facts(conversation.lead_id) if conversation.lead_id else {},
        mode=speaking_mode(conversation, policy, opens_at),
        now=timezone.localtime(),
        language=conversation.language,
        question=conversation.question,
        misunderstood=conversation.misunderstood,
        is_new=not conversation.understood_id,
        is_first=not spoken,
        has_phone=conversation.client.identities.filter(kind="phone").exists(),
        history=_history(conversation),
        client_names=(conversation.client.name,),
        may_spend=may_spend(conversation),
        limits=Limits(policy.least_confidence, policy.most_turns, turns),
        opens_at=opens_at,
        client_id=conversation.client_id,
        attachments=tuple(one.kind for message in burst for one in message.attachments.all()),
    )


def _said_by_us(conversation: Conversation) -> tuple[int, int]:
    """How many messages are ours, and how often the bot has answered since a person last spoke.

    Its keys and cards are no answers.
    """
    Author = Message.Author
    ours = conversation.messages.filter(author__in=(Author.BOT, Author.STAFF))
    said = ~Q(delivery=Message.Delivery.CANCELLED)
    last = conversation.messages.filter(said, author=Author.STAFF).order_by("-pk").values("pk")[:1]
    answers = Q(said, author=Author.BOT, answers__isnull=False, pk__gt=Coalesce(Subquery(last), 0))
    counted = ours.aggregate(all=Count("pk"), answers=Count("pk", filter=answers))
    return counted["all"], counted["answers"]


def _history(conversation: Conversation) -> tuple[tuple[str, str], ...]:
    """The last words before the unanswered ones, without notes to colleagues."""
    said = conversation.messages.filter(delivery__in=Message.SEEN_BY_CUSTOMER).exclude(
        author=Message.Author.CUSTOMER, pk__gt=conversation.understood_id
    )
    rows = said.order_by("-pk").values_list("author", "text")[:HISTORY]
    return tuple(rows)[::-1]


def _take_over_facts(conversation: Conversation, lead_id: int, turn: Turn) -> None:
    before = summary_of(current_facts(lead_id))
    forget_facts(lead_id, turn.stale, actor=BOT)
    new = [
        NewFact(fact.name, fact.value, fact.quote, fact.confidence)
        for fact in turn.understanding.facts
    ]
    record_facts(lead_id, new, actor=BOT)
    for fact in turn.understanding.facts:
        if fact.name == "phone":
            add_identity(conversation.client, "phone", str(fact.value))
    after = summary_of(current_facts(lead_id)) if new or turn.stale else before
    describe_lead(lead_id, before=before, after=after)


def _save_suggestion(
    conversation: Conversation, thought: Thought, suggestion: ReplySuggestion, *, is_sent: bool
) -> None:
    Outcome = AiSuggestion.Outcome
    values = {
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
        "hand_over": suggestion.hand_over,
        "outcome": Outcome.SENT if is_sent else Outcome.DRAFT,
    }
    # The conversation is locked: nobody else adds one meanwhile.
    if not AiSuggestion.objects.filter(answers=thought.message).update(**values):
        AiSuggestion.objects.create(answers=thought.message, **values)
