"""The bot's drafts: a person sends them as they are, or throws them away."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _

from chat.models import AiSuggestion, Conversation, Message
from chat.services.feed import STAFF
from chat.services.outbound import send_approved
from common.errors import Conflict
from leads.models import LeadStage
from leads.services import Actor, advance_lead
from live.services import publish

Outcome = AiSuggestion.Outcome


@transaction.atomic
def send_draft(suggestion_id: int, *, user: User) -> Message:
    """Send a draft in the manager's name. Who speaks stays as it is.

    Safe twice: the second call returns the same message. Raises Conflict if the draft has been
    rejected or a newer message made it pointless.
    """
    suggestion, conversation = _locked(suggestion_id)
    key = f"draft-{suggestion.pk}"
    sent = conversation.messages.filter(client_key=key).first()
    if sent:
        return sent
    if is_overtaken(suggestion):
        raise Conflict(_("The conversation has gone on. Write a new answer."), code="overtaken")
    _close(suggestion, Outcome.SENT)
    message = send_approved(conversation, suggestion.text, user=user, client_key=key)
    if conversation.lead_id:
        advance_lead(conversation.lead_id, LeadStage.Code.CONSULTATION, actor=Actor(user, "chat"))
    return message


@transaction.atomic
def reject_draft(suggestion_id: int, *, user: User) -> AiSuggestion:
    """Throw a draft away; the customer still waits. Safe twice. Raises Conflict if it was sent."""
    suggestion, _conversation = _locked(suggestion_id)
    if suggestion.outcome != Outcome.REJECTED:
        _close(suggestion, Outcome.REJECTED)
    return suggestion


def is_overtaken(suggestion: AiSuggestion) -> bool:
    """Whether somebody has answered since, so that the draft would say it twice."""
    later = Message.objects.filter(
        conversation=suggestion.conversation_id, pk__gt=suggestion.answers_id
    )
    answers = later.filter(author__in=(Message.Author.BOT, Message.Author.STAFF))
    return answers.exclude(delivery=Message.Delivery.CANCELLED).exists()


def _locked(suggestion_id: int) -> tuple[AiSuggestion, Conversation]:
    suggestion = AiSuggestion.objects.get(pk=suggestion_id)
    conversation = Conversation.objects.select_for_update(no_key=True).get(
        pk=suggestion.conversation_id
    )
    suggestion.refresh_from_db()
    return suggestion, conversation


def _close(suggestion: AiSuggestion, outcome: str) -> None:
    waiting = AiSuggestion.objects.filter(pk=suggestion.pk, outcome=Outcome.DRAFT)
    if not waiting.update(outcome=outcome):
        raise Conflict(_("A colleague has already dealt with this draft."), code="draft_closed")
    suggestion.outcome = outcome
    publish(STAFF, "draft.closed", conversation=suggestion.conversation_id)
