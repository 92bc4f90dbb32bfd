"""Should we answer, who, and with what: the one place that decides about automatic answers."""

from __future__ import annotations

from dataclasses import replace

from django.utils import translation

from chat.ai import texts
from chat.ai.base import ReplyProvider, ReplyRequest, ReplySuggestion
from chat.ai.wordless import answer_to_files
from chat.models import AiSuggestion, Conversation

Mode = Conversation.Mode
HandOver = AiSuggestion.HandOver


class IntelligentChatProcessor:
    def __init__(self, provider: ReplyProvider) -> None:
        self._provider = provider

    def answer(self, mode: str, request: ReplyRequest) -> ReplySuggestion | None:
        """Propose an answer with what the gate says of it, or None where a person speaks."""
        if mode == Mode.HUMAN:
            return None
        if not request.text.strip() and request.attachments:
            return answer_to_files(request)
        suggestion = self._provider.suggest(request)
        reason = "" if suggestion.needs_human else _limit_reached(request, suggestion)
        return _passed_on(request, suggestion, reason) if reason else suggestion

    def may_send(self, mode: str, suggestion: ReplySuggestion) -> bool:
        """Whether the answer goes out by itself; otherwise it waits as a draft."""
        return mode == Mode.BOT and not suggestion.violations


def _limit_reached(request: ReplyRequest, suggestion: ReplySuggestion) -> str:
    if request.limits.turns >= request.limits.most_turns:
        return HandOver.MANY_TURNS
    if suggestion.confidence < request.limits.least_confidence:
        return HandOver.LOW_CONFIDENCE
    return ""


def _passed_on(request: ReplyRequest, suggestion: ReplySuggestion, reason: str) -> ReplySuggestion:
    """Say that a manager will answer instead of what the bot would have said."""
    with translation.override(request.language):
        text = texts.to_person(texts.handing_over(), request.opens_at, request.language)
    return replace(suggestion, text=text, hand_over=reason, question="", offers=(), violations=())
