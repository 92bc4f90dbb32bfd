"""What the bot notes for staff in a lead's history: in the house's language, not the client's."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

from chat.models import Conversation
from leads.services import BOT, add_note


def note_for_staff(conversation: Conversation, text: str | Promise, **values: object) -> None:
    if conversation.lead_id:
        with translation.override(settings.LANGUAGE_CODE):
            said = str(text) % {name: str(value) for name, value in values.items()}
            add_note(conversation.lead_id, said, actor=BOT)
