"""The site chat's API: three small endpoints for the page /chat/ and the widget."""

from __future__ import annotations

import json
from typing import Any, cast

import structlog
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET
from redis.exceptions import RedisError
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle, SimpleRateThrottle
from rest_framework.views import APIView

from chat import selectors
from chat.models import Conversation
from chat.policy import current_mode
from chat.services.feed import customer_stream
from common.api import SmallJSONParser, problem
from common.text import clean_message
from integrations.accounts import webchat_account
from integrations.delivery.inbox import receive
from integrations.registry import webchat_connector
from integrations.transport.webhook import Rejected
from live.http import event_stream
from live.selectors import Cursor, latest_cursor

log = structlog.get_logger(__name__)

TEXT_LIMIT = 4000


class Visitor:
    """The unknown person behind a session token."""

    is_authenticated = True

    def __init__(self, chat_id: str) -> None:
        self.chat_id = chat_id


class SessionToken(BaseAuthentication):
    """`Authorization: Bearer <token>`; the token never stands in an address or a log."""

    def authenticate(self, request: Request) -> tuple[Visitor, None]:
        scheme, _separator, token = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            raise AuthenticationFailed(_("Open a chat session first."), code="no_token")
        return Visitor(_chat_id(token.decode("latin-1"))), None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _chat_id(token: str) -> str:
    try:
        return webchat_connector(webchat_account()).verify(token)
    except Rejected as error:
        message = _("This chat session is unknown. Open a new one.")
        raise AuthenticationFailed(message, code="unknown_token") from error


def _visitor(request: Request) -> Visitor:
    return cast(Visitor, request.user)


class HasSession(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, Visitor)


class FailsOpen(SimpleRateThrottle):
    """Lets everybody through while the cache is away: a message must be stored, not refused."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        try:
            return super().allow_request(request, view)
        except (RedisError, ConnectionError) as error:
            log.warning("throttle_without_cache", reason=type(error).__name__)
            return True


class OpenThrottle(FailsOpen, AnonRateThrottle):
    scope = "webchat-open"


class AddressThrottle(FailsOpen, AnonRateThrottle):
    scope = "webchat-address"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class SessionThrottle(FailsOpen):
    scope = "webchat-session"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return self.cache_format % {"scope": self.scope, "ident": _visitor(request).chat_id}


class MessageSerializer(serializers.Serializer[Any]):
    client_id = serializers.RegexField(
        r"\A[A-Za-z0-9_-]{8,64}\Z",
        trim_whitespace=False,
        error_messages={
            "invalid": gettext_lazy("client_id: 8 to 64 letters, digits, hyphens."),
            "required": gettext_lazy("client_id is missing."),
        },
    )
    text = serializers.CharField(trim_whitespace=False, allow_blank=True, max_length=20_000)

    def to_internal_value(self, data: Any) -> Any:
        for name in ("client_id", "text"):
            if name in data and not isinstance(data[name], str):
                raise serializers.ValidationError({name: [_("Text is expected here.")]}, "not_text")
        return super().to_internal_value(data)

    def validate_text(self, text: str) -> str:
        return clean_message(text, limit=TEXT_LIMIT)


class OpenSession(APIView):
    """POST: open a session; the answer holds its token. Nothing is stored until somebody writes."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []
    parser_classes = [SmallJSONParser]
    throttle_classes = [OpenThrottle]

    def post(self, request: Request) -> Response:
        return Response({"token": webchat_connector(webchat_account()).open_session()}, status=201)


class Messages(APIView):
    authentication_classes = [SessionToken]
    permission_classes = [HasSession]
    parser_classes = [SmallJSONParser]

    def get_throttles(self) -> list[Any]:
        return [SessionThrottle(), AddressThrottle()] if self.request.method == "POST" else []

    def post(self, request: Request) -> Response:
        """Accept a message. The same `client_id` again is the same message."""
        form = MessageSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        chat_id, client_id = _visitor(request).chat_id, form.validated_data["client_id"]
        event = {
            "chat_id": chat_id,
            "client_id": client_id,
            "text": form.validated_data["text"],
            "sent_at": timezone.now().isoformat(),
        }
        receive(
            webchat_account(),
            external_id=f"{chat_id}:{client_id}",
            ordering_key=chat_id,
            body=json.dumps(event, ensure_ascii=False),
        )
        return Response({"client_id": client_id, "status": "accepted"}, status=202)

    def get(self, request: Request) -> Response:
        """Read the talk after a message id. Only what the customer may see."""
        after = request.query_params.get("after", "0")
        if not (after.isascii() and after.isdigit() and len(after) <= 18):
            return problem(400, "invalid", _("after: a message number is expected."), field="after")
        cursor = latest_cursor()
        conversation = selectors.webchat_conversation(_visitor(request).chat_id)
        messages = selectors.visible_to_customer(conversation, int(after)) if conversation else []
        # Tells the page whether somebody writes an answer at once, or a person will later.
        is_bot = conversation is None or current_mode(conversation) == Conversation.Mode.BOT
        rows = [_as_json(message) for message in messages]
        return Response({"cursor": str(cursor), "is_bot": is_bot, "messages": rows})


def _as_json(message: Any) -> dict[str, Any]:
    is_own = message.author == "customer"
    return {
        "id": message.pk,
        "author": message.author,
        "client_id": message.external_id if is_own else None,
        "text": message.text,
        "sent_at": message.sent_at.isoformat(),
    }


def _refusal(status: int, code: str, sentence: str) -> JsonResponse:
    return JsonResponse({"status": status, "code": code, "detail": sentence}, status=status)


@csrf_exempt
@require_GET
def events(request: HttpRequest) -> HttpResponseBase:
    """The customer's live stream; 204 where the server can't hold it open: the page polls then."""
    scheme, _separator, token = request.headers.get("Authorization", "").partition(" ")
    try:
        chat_id = webchat_connector(webchat_account()).verify(token)
    except Rejected:
        return _refusal(401, "unknown_token", _("This chat session is unknown. Open a new one."))
    conversation = selectors.webchat_conversation(chat_id)
    if conversation is None:
        return _refusal(404, "no_messages_yet", _("Write a message first."))
    start = Cursor.parse(request.GET.get("cursor", "")) or latest_cursor()
    own = customer_stream(conversation.pk)
    return event_stream(request, start, lambda events: [e for e in events if e.stream == own])
