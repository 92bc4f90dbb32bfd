"""Free words in the middle of the guided search: what they said is not asked again by keys.

Attached to `chat.respond` in the wiring.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import translation

from botapp import steps, texts
from botapp.dialogs import ask_anew, dialogue_of
from botapp.models import Dialogue
from botapp.results import show_offers
from chat.ai.base import ReplySuggestion
from chat.ai.inquiry import Inquiry
from chat.models import Conversation, Message
from chat.services.outbound import send_bot_answer
from integrations.models import IntegrationAccount


def say_with_keys(
    conversation: Conversation,
    answers: Message,
    suggestion: ReplySuggestion,
    facts: Mapping[str, Any],
) -> bool:
    """Say the rules' answer with keys where there are better ones. False: let it go as it is."""
    is_ours = conversation.account.kind == IntegrationAccount.Kind.TELEGRAM
    if not is_ours or suggestion.provider != "rules" or suggestion.needs_human:
        return False
    with translation.override(conversation.language):
        if suggestion.offers:
            _say_offers(conversation, answers, suggestion)
            return True
        return _continue(conversation, answers, suggestion, facts)


def _say_offers(conversation: Conversation, answers: Message, suggestion: ReplySuggestion) -> None:
    dialogue = dialogue_of(conversation)
    dialogue.step = ""
    dialogue.search_no += 1
    found = texts.found(len(suggestion.offers), [], is_over_budget=False)
    send_bot_answer(conversation, found, answers=answers)
    show_offers(conversation, dialogue, suggestion.offers)


def _continue(
    conversation: Conversation,
    answers: Message,
    suggestion: ReplySuggestion,
    facts: Mapping[str, Any],
) -> bool:
    """Ask the next step under fresh keys, if the guided search is on and that is all there is."""
    dialogue = Dialogue.objects.filter(conversation=conversation).exclude(step="").first()
    if dialogue is None or suggestion.question != Inquiry(facts).next_question():
        return False
    if not suggestion.question or not suggestion.is_understood:
        return False
    following = steps.next_step(facts, dialogue.skipped)
    if following is None:
        return False
    if dialogue.step != following.name:
        dialogue.trail = [*dialogue.trail, dialogue.step]
    dialogue.step = following.name
    ask_anew(conversation, dialogue, answers)
    return True
