"""An honest answer to a message without words: the assistant neither listens nor looks."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from chat.ai.base import ReplyRequest, ReplySuggestion
from chat.models import AiSuggestion

TO_LISTEN = {"voice", "audio", "video"}


def answer_to_files(request: ReplyRequest) -> ReplySuggestion:
    """Voice is asked for in words; what a person has to look at is handed over."""
    kinds = set(request.attachments)
    with translation.override(request.language):
        if kinds <= {"sticker"}:
            text = _("Write to me in a few words where and when you would like to go.")
        elif kinds <= TO_LISTEN:
            text = _(
                "I can't listen to recordings yet. Please write it in words, and I will answer at "
                "once. If you would rather be heard, write “manager”, and a person will listen."
            )
        else:
            text = _("Thank you, I have it. A manager will look at it and answer you here.")
    return ReplySuggestion(
        text=text,
        intent="attachment",
        confidence=1.0,
        provider="rules",
        question=request.question,
        hand_over="" if kinds <= TO_LISTEN | {"sticker"} else AiSuggestion.HandOver.NO_FACTS,
    )
