"""Canned replies: variables filled from the client and the lead, never sent half-filled."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from chat.ai.inquiry import Inquiry
from chat.models import CannedReply, Conversation
from common.errors import InvalidInput
from leads.selectors import current_facts

# What staff write in braces. Russian words: they are typed by people, not by programs.
VARIABLES = ("имя", "менеджер", "страна", "даты", "ночей", "туристы", "бюджет")
_BRACES = re.compile(r"\{[^{}]*\}")
_VARIABLE = re.compile(rf"\{{({'|'.join(VARIABLES)})\}}", re.IGNORECASE)


def filled(text: str, conversation: Conversation, user: User) -> str:
    """Fill in what is known; a variable nothing is known for stays, and blocks sending."""
    return _filled(text, values_of(conversation, user))


def _filled(text: str, values: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda found: values[found[1].lower()] or found[0], text)


def values_of(conversation: Conversation, user: User) -> dict[str, str]:
    """What is known now for each of VARIABLES, in the client's language; empty for the rest."""
    facts = current_facts(conversation.lead_id) if conversation.lead_id else {}
    inquiry, language = Inquiry(facts), conversation.language
    return {
        "имя": conversation.client.name,
        "менеджер": user.get_full_name(),
        "страна": _words(lambda: inquiry.places(language)),
        "даты": _words(lambda: inquiry.dates(language)),
        "ночей": _words(inquiry.nights_text),
        "туристы": _words(inquiry.party),
        "бюджет": _words(lambda: inquiry.budget(language)),
    }


def _words(read: Callable[[], str]) -> str:
    """Facts come from outside as JSON: of an unexpected shape, they are as good as unknown."""
    try:
        return read()
    except (ValueError, TypeError, ArithmeticError, AttributeError):
        return ""


def replies_for(conversation: Conversation, user: User) -> list[dict[str, str]]:
    """All canned replies, filled for this conversation, as the composer offers them."""
    values = values_of(conversation, user)
    return [
        {"shortcut": one.shortcut, "title": one.title, "text": _filled(one.text, values)}
        for one in CannedReply.objects.all()
    ]


def unknown_variables(text: str) -> list[str]:
    """Words in braces that nothing will ever be filled in for."""
    return [found for found in _BRACES.findall(text) if not _VARIABLE.fullmatch(found)]


def refuse_unfilled(text: str) -> None:
    """Raise InvalidInput for a text that still holds a variable."""
    if missing := _VARIABLE.search(text):
        raise InvalidInput(
            _("Fill in %(variable)s first: nothing is known for it.") % {"variable": missing[0]},
            code="unfilled",
            field="text",
        )
