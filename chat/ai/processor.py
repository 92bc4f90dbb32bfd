"""Should we answer, who, and with what: the one place that decides about automatic answers."""

from __future__ import annotations

from chat.ai.base import ReplyProvider, ReplyRequest, ReplySuggestion
from chat.ai.wordless import answer_to_files
from chat.models import Conversation

Mode = Conversation.Mode


class IntelligentChatProcessor:
    def __init__(self, provider: ReplyProvider) -> None:
        self._provider = provider

    def answer(self, mode: str, request: ReplyRequest) -> ReplySuggestion | None:
        """Propose an answer with what the gate says of it, or None where a person speaks."""
        if mode == Mode.HUMAN:
            return None
        if not request.text.strip() and request.attachments:
            return answer_to_files(request)
        return self._provider.suggest(request)

    def may_send(self, mode: str, suggestion: ReplySuggestion) -> bool:
        """Whether the answer goes out by itself; otherwise it waits as a draft."""
        return mode == Mode.BOT and not suggestion.violations
