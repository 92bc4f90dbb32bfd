"""The page where a manager talks with one client."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chat import selectors
from chat.admin_list import list_context
from chat.admin_template import offered_templates
from chat.models import AiSuggestion, Conversation, Message
from chat.services.drafts import reject_draft, send_draft
from chat.services.modes import follow_rule, set_mode
from chat.services.notes import write_note
from chat.services.outbound import NewFile, capabilities_of, send_reply
from chat.thread_view import bubbles, side_context, state_context
from chat.web import (
    CLIENT_KEY,
    conversation_or_404,
    done,
    may_change,
    may_view,
    number,
    numbers,
    person,
    problem,
    refused,
)
from common.errors import Conflict, DomainError, InvalidInput
from common.web import is_script
from live.selectors import latest_cursor

MOST_CHANGES = 100
BY_RULE = "rule"


@require_GET
@may_view
def thread_page(request: HttpRequest, conversation_id: int) -> HttpResponse:
    return _page(request, conversation_or_404(request, conversation_id))


def _page(
    request: HttpRequest, conversation: Conversation, *, text: str = "", status: int = 200
) -> HttpResponse:
    # Before the messages: what comes while they are read is told again, never missed.
    cursor = latest_cursor()
    found = number(request.GET.get("message", ""))
    page = (
        selectors.thread_around(conversation.pk, found)
        if found
        else selectors.thread(conversation.pk)
    )
    context = {
        **admin.site.each_context(request),
        **list_context(request, conversation.pk),
        **_parts(request, conversation),
        "title": str(conversation.client),
        "cursor": str(cursor),
        "bubbles": bubbles(conversation, page.messages),
        "has_earlier": page.has_earlier,
        "client_key": uuid.uuid4(),
        **offered_templates(request, conversation),
        "seen": selectors.last_message_id(conversation.pk),
        "found": found,
        "kind": request.POST.get("kind", ""),
        "text": text or selectors.kept_draft(conversation.pk, person(request)),
    }
    return render(request, "admin/chat/thread.html", context, status=status)


def _parts(request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
    """What the parts that refresh by themselves need."""
    return {
        "conversation": conversation,
        "lead": conversation.lead,
        "may_attach": capabilities_of(conversation).files,
        "modes": Conversation.Mode.choices,
        "draft": selectors.waiting_draft(conversation.pk),
        **state_context(conversation, request.user),
        "may_change": request.user.has_perm("chat.change_conversation"),
        **side_context(conversation, request.user),
    }


@require_GET
@may_view
def earlier_messages(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """A fragment: the messages just before an id, and the button for those before them."""
    before = number(request.GET.get("before", ""))
    if before is None:
        raise Http404
    conversation = conversation_or_404(request, conversation_id)
    page = selectors.thread(conversation.pk, before)
    context = {
        "conversation": conversation,
        "may_change": request.user.has_perm("chat.change_conversation"),
        "bubbles": bubbles(conversation, page.messages),
        "has_earlier": page.has_earlier,
    }
    return render(request, "admin/chat/messages.html", context)


@require_GET
@may_view
def updates(request: HttpRequest, conversation_id: int) -> JsonResponse:
    """Messages that are new or named as changed, and the parts around them as they are now."""
    conversation = conversation_or_404(request, conversation_id)
    after = number(request.GET.get("after", "")) or 0
    named = numbers(request.GET.getlist("changed"), MOST_CHANGES)
    found = selectors.thread_changes(conversation.pk, after, named)
    context = _parts(request, conversation)
    parts = ("head", "state", "draft", "side")
    return JsonResponse(
        {
            "messages": [
                {
                    "id": bubble.message.pk,
                    "html": _html(request, "bubble", {**context, "bubble": bubble}),
                }
                for bubble in bubbles(conversation, found)
            ],
            "parts": {name: _html(request, f"thread_{name}", context) for name in parts},
        }
    )


def _html(request: HttpRequest, name: str, context: dict[str, Any]) -> str:
    return render_to_string(f"admin/chat/{name}.html", context, request)


@require_POST
@may_change
def reply(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Send the manager's answer, or keep a note; the same `client_key` is the same message."""
    conversation = conversation_or_404(request, conversation_id)
    text = request.POST.get("text", "")
    try:
        message = _written(request, conversation, text)
    except DomainError as error:
        if is_script(request):
            return problem(error)
        # The page comes back with what was typed: a refusal must not cost the manager's words.
        messages.error(request, error.message)
        status = 409 if isinstance(error, Conflict) else 400
        return _page(request, conversation, text=text, status=status)
    return done(request, conversation_id, {"message": message.pk})


def _written(request: HttpRequest, conversation: Conversation, text: str) -> Message:
    user, key = person(request), request.POST.get("client_key", "")
    if not CLIENT_KEY.fullmatch(key):
        raise InvalidInput(_("Open the page again and send once more."), code="client_key")
    if request.POST.get("kind") == "note":
        return write_note(conversation.pk, text, user=user, client_key=key)
    seen = number(request.POST.get("seen", ""))
    return send_reply(
        conversation.pk,
        text,
        user=user,
        client_key=key,
        seen_id=seen,
        reply_to_id=number(request.POST.get("reply_to", "")),
        files=[NewFile(one.name or "", one.read()) for one in request.FILES.getlist("files")],
    )


@require_POST
@may_change
def mode(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Say who speaks from now on: the bot, its drafts, a person, or as the channel says."""
    conversation_or_404(request, conversation_id)
    wish = request.POST.get("mode", "")
    if wish == BY_RULE:
        follow_rule(conversation_id, user=person(request))
    elif wish in Conversation.Mode.values:
        set_mode(conversation_id, wish, user=person(request))
    else:
        return refused(request, conversation_id, InvalidInput(_("Choose who speaks.")))
    return done(request, conversation_id, {"mode": wish})


@require_POST
@may_change
def draft(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Send or reject the bot's draft."""
    conversation_or_404(request, conversation_id)
    wanted = number(request.POST.get("suggestion", ""))
    known = AiSuggestion.objects.filter(pk=wanted or 0, conversation=conversation_id)
    if wanted is None or not known.exists():
        raise Http404
    act = {"send": send_draft, "reject": reject_draft}.get(request.POST.get("action", ""))
    if act is None:
        return refused(request, conversation_id, InvalidInput(_("Choose what to do.")))
    try:
        act(wanted, user=person(request))
    except DomainError as error:
        return refused(request, conversation_id, error)
    return done(request, conversation_id, {})
