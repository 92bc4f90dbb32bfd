"""Sending an approved template from the thread: the way to a client whose window has closed."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat.models import Conversation
from chat.services.templates import (
    budget_left,
    send_template,
    suggested_values,
    templates_for,
)
from chat.web import CLIENT_KEY, conversation_or_404, done, may_change, number, person, refused
from common.errors import DomainError, InvalidInput
from integrations.models import MessageTemplate
from integrations.registry import channel_capabilities

MOST_PLACES = 20


@dataclass(frozen=True)
class Offered:
    """A template as the page offers it: `places` are (field name, what is known for it)."""

    template: MessageTemplate
    places: list[tuple[str, str]]


def offered_templates(request: HttpRequest, conversation: Conversation) -> dict[str, object]:
    """What the page needs to offer templates; nothing where the messenger has none."""
    if not channel_capabilities(conversation.account).templates:
        return {"has_templates": False}
    offered = [
        Offered(
            template,
            [
                (f"value_{place}", value)
                for place, value in enumerate(
                    suggested_values(template, conversation, person(request)), 1
                )
            ],
        )
        for template in templates_for(conversation)
    ]
    return {
        "has_templates": True,
        "offered": offered,
        "budget_left": budget_left(conversation.account),
    }


@require_POST
@may_change
def template(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Send a template; the same `client_key` is the same message."""
    conversation_or_404(request, conversation_id)
    key, chosen = request.POST.get("client_key", ""), number(request.POST.get("template", ""))
    values = []
    for place in range(1, MOST_PLACES + 1):
        if (value := request.POST.get(f"value_{place}")) is None:
            break
        values.append(value)
    try:
        if not CLIENT_KEY.fullmatch(key):
            raise InvalidInput(_("Open the page again and send once more."), code="client_key")
        message = send_template(
            conversation_id, chosen or 0, values, user=person(request), client_key=key
        )
    except DomainError as error:
        return refused(request, conversation_id, error)
    messages.success(request, _("The template is on its way."))
    return done(request, conversation_id, {"message": message.pk})
