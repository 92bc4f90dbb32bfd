"""Canned replies: variables filled from the client and the lead, never sent half-filled."""

from __future__ import annotations

import re

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from chat.ai.inquiry import Inquiry
from chat.models import Conversation
from common.errors import InvalidInput
from leads.selectors import current_facts

# What staff write in braces. Russian words: they are typed by people, not by programs.
VARIABLES = ("имя", "менеджер", "страна", "даты", "ночей", "туристы", "бюджет")
_VARIABLE = re.compile(rf"\{{({'|'.join(VARIABLES)})\}}", re.IGNORECASE)


def filled(text: str, conversation: Conversation, user: User) -> str:
    """Fill in what is known; a variable nothing is known for stays, and blocks sending."""
    values = _values(conversation, user)
    return _VARIABLE.sub(lambda found: values[found[1].lower()] or found[0], text)


def _values(conversation: Conversation, user: User) -> dict[str, str]:
    facts = current_facts(conversation.lead_id) if conversation.lead_id else {}
    inquiry, language = Inquiry(facts), conversation.language
    return {
        "имя": conversation.client.name,
        "менеджер": user.get_full_name(),
        "страна": inquiry.places(language),
        "даты": inquiry.dates(language),
        "ночей": inquiry.nights_text(),
        "туристы": inquiry.party(),
        "бюджет": inquiry.budget(language),
    }


def refuse_unfilled(text: str) -> None:
    """Raise InvalidInput for a text that still holds a variable."""
    if missing := _VARIABLE.search(text):
        raise InvalidInput(
            _("Fill in %(variable)s first: nothing is known for it.") % {"variable": missing[0]},
            code="unfilled",
            field="text",
        )
