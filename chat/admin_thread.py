"""The page where a manager talks with one client."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chat import selectors
from chat.models import AiSuggestion, Conversation
from chat.services.drafts import reject_draft, send_draft
from chat.services.modes import set_mode
from chat.services.outbound import send_reply
from chat.thread_view import bubbles, neighbours, side_context
from common.errors import Conflict, DomainError, InvalidInput
from live.selectors import latest_cursor

MOST_CHANGES = 100
CLIENT_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")
may_view = permission_required("chat.view_conversation", raise_exception=True)
may_change = permission_required("chat.change_conversation", raise_exception=True)


def _conversation(request: HttpRequest, conversation_id: int) -> Conversation:
    conversation = selectors.find_conversation(conversation_id, request.user)
    if conversation is None:
        raise Http404
    return conversation


@require_GET
@may_view
def thread_page(request: HttpRequest, conversation_id: int) -> HttpResponse:
    return _page(request, _conversation(request, conversation_id))


def _page(
    request: HttpRequest, conversation: Conversation, *, text: str = "", status: int = 200
) -> HttpResponse:
    # Before the messages: what comes while they are read is told again, never missed.
    cursor = latest_cursor()
    page = selectors.thread(conversation.pk)
    context = {
        **admin.site.each_context(request),
        **_parts(request, conversation),
        "title": str(conversation.client),
        "cursor": str(cursor),
        "bubbles": bubbles(conversation, page.messages),
        "has_earlier": page.has_earlier,
        "neighbours": neighbours(conversation.pk, request.user),
        "client_key": uuid.uuid4(),
        "text": text,
    }
    return render(request, "admin/chat/thread.html", context, status=status)


def _parts(request: HttpRequest, conversation: Conversation) -> dict[str, Any]:
    """What the parts that refresh by themselves need."""
    return {
        "conversation": conversation,
        "lead": conversation.lead,
        "modes": Conversation.Mode.choices,
        "draft": selectors.waiting_draft(conversation.pk),
        "may_change": request.user.has_perm("chat.change_conversation"),
        **side_context(conversation, request.user),
    }


@require_GET
@may_view
def earlier_messages(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """A fragment: the messages just before an id, and the button for those before them."""
    before = _number(request.GET.get("before", ""))
    if before is None:
        raise Http404
    conversation = _conversation(request, conversation_id)
    page = selectors.thread(conversation.pk, before)
    context = {
        "conversation": conversation,
        "bubbles": bubbles(conversation, page.messages),
        "has_earlier": page.has_earlier,
    }
    return render(request, "admin/chat/messages.html", context)


@require_GET
@may_view
def updates(request: HttpRequest, conversation_id: int) -> JsonResponse:
    """Messages that are new or named as changed, and the parts around them as they are now."""
    conversation = _conversation(request, conversation_id)
    after = _number(request.GET.get("after", "")) or 0
    named = [_number(text) for text in request.GET.getlist("changed")[:MOST_CHANGES]]
    found = selectors.thread_changes(conversation.pk, after, [pk for pk in named if pk])
    context = _parts(request, conversation)
    parts = ("head", "draft", "side")
    return JsonResponse(
        {
            "messages": [
                {"id": bubble.message.pk, "html": _html(request, "bubble", {"bubble": bubble})}
                for bubble in bubbles(conversation, found)
            ],
            "parts": {name: _html(request, f"thread_{name}", context) for name in parts},
        }
    )


@require_GET
@may_view
def neighbour_list(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """A fragment: the list of conversations beside the thread."""
    _conversation(request, conversation_id)
    context = {"neighbours": neighbours(conversation_id, request.user)}
    return render(request, "admin/chat/thread_list.html", context)


def _html(request: HttpRequest, name: str, context: dict[str, Any]) -> str:
    return render_to_string(f"admin/chat/{name}.html", context, request)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


@require_POST
@may_change
def reply(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Send the manager's answer; the same `client_key` again is the same message."""
    conversation = _conversation(request, conversation_id)
    text, key = request.POST.get("text", ""), request.POST.get("client_key", "")
    try:
        if not CLIENT_KEY.fullmatch(key):
            raise InvalidInput(_("Open the page again and send once more."), code="client_key")
        message = send_reply(conversation.pk, text, user=request.user, client_key=key)  # type: ignore[arg-type]  # staff only
    except DomainError as error:
        if _is_script(request):
            return _problem(error)
        # The page comes back with what was typed: a refusal must not cost the manager's words.
        messages.error(request, error.message)
        return _page(request, conversation, text=text, status=400)
    return _done(request, conversation_id, {"message": message.pk})


@require_POST
@may_change
def mode(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Say who speaks from now on: the bot, its drafts, or a person."""
    _conversation(request, conversation_id)
    wish = request.POST.get("mode", "")
    if wish not in Conversation.Mode.values:
        return _refused(request, conversation_id, InvalidInput(_("Choose who speaks.")))
    set_mode(conversation_id, wish, user=request.user)  # type: ignore[arg-type]  # staff only
    return _done(request, conversation_id, {"mode": wish})


@require_POST
@may_change
def draft(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Send or reject the bot's draft."""
    _conversation(request, conversation_id)
    number = _number(request.POST.get("suggestion", ""))
    known = AiSuggestion.objects.filter(pk=number or 0, conversation=conversation_id)
    if number is None or not known.exists():
        raise Http404
    act = {"send": send_draft, "reject": reject_draft}.get(request.POST.get("action", ""))
    if act is None:
        return _refused(request, conversation_id, InvalidInput(_("Choose what to do.")))
    try:
        act(number, user=request.user)  # type: ignore[arg-type]  # staff only
    except DomainError as error:
        return _refused(request, conversation_id, error)
    return _done(request, conversation_id, {})


def _is_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _done(request: HttpRequest, conversation_id: int, answer: dict[str, Any]) -> HttpResponse:
    if _is_script(request):
        return JsonResponse(answer)
    return HttpResponseRedirect(reverse("admin:chat_conversation_thread", args=[conversation_id]))


def _refused(request: HttpRequest, conversation_id: int, error: DomainError) -> HttpResponse:
    if _is_script(request):
        return _problem(error)
    messages.error(request, error.message)
    return _done(request, conversation_id, {})


def _problem(error: DomainError) -> JsonResponse:
    status = 409 if isinstance(error, Conflict) else 400
    return JsonResponse({"code": error.code, "detail": error.message}, status=status)
