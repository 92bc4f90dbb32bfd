"""What the chat's pages of the back office share: rights, numbers, answers to forms and scripts."""

from __future__ import annotations

import re
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from chat import selectors
from chat.models import Conversation
from common.errors import Conflict, DomainError, NotAllowed
from common.web import is_script

CLIENT_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")
may_view = permission_required("chat.view_conversation", raise_exception=True)
may_change = permission_required("chat.change_conversation", raise_exception=True)


def person(request: HttpRequest) -> User:
    """The colleague behind a request; `site.admin_view` lets nobody else in."""
    return cast(User, request.user)


def conversation_or_404(request: HttpRequest, conversation_id: int) -> Conversation:
    conversation = selectors.find_conversation(conversation_id, request.user)
    if conversation is None:
        raise Http404
    return conversation


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def numbers(texts: list[str], most: int) -> list[int]:
    return [found for text in texts[:most] if (found := number(text))]


def done(request: HttpRequest, conversation_id: int, answer: dict[str, Any]) -> HttpResponse:
    if is_script(request):
        return JsonResponse(answer)
    return HttpResponseRedirect(reverse("admin:chat_conversation_thread", args=[conversation_id]))


def refused(request: HttpRequest, conversation_id: int, error: DomainError) -> HttpResponse:
    if is_script(request):
        return problem(error)
    messages.error(request, error.message)
    return done(request, conversation_id, {})


def problem(error: DomainError) -> JsonResponse:
    status = 409 if isinstance(error, Conflict) else 400
    status = 403 if isinstance(error, NotAllowed) else status
    return JsonResponse({"code": error.code, "detail": error.message}, status=status)
