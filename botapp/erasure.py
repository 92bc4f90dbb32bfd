"""A client wants to be forgotten: a person decides and does it, the request is not lost."""

from __future__ import annotations

from django.utils.translation import gettext as _

from botapp import texts
from chat.models import Conversation
from chat.services.modes import call_person
from chat.services.outbound import send_bot_answer
from leads.services import BOT, add_note


def request_erasure(conversation: Conversation) -> None:
    if conversation.lead_id:
        add_note(conversation.lead_id, _("The client asks to delete their data."), actor=BOT)
    call_person(conversation)
    send_bot_answer(conversation, texts.erase_requested())
