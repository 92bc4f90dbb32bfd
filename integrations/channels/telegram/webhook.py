"""Updates as rows of the inbox, whether Telegram calls us or we ask for them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from integrations.transport.webhook import (
    WebhookEvent,
    WebhookRequest,
    require_secret,
    whole_body,
)

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - a name, no secret
# Where an update says in which chat it happened.
WITH_CHAT = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "my_chat_member",
    "chat_member",
)


class TelegramWebhook:
    """https://core.telegram.org/bots/api#setwebhook: the secret comes in a header."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = secrets

    def verify(self, request: WebhookRequest) -> None:
        require_secret(request.headers.get(SECRET_HEADER, ""), self._secrets)

    def split(self, body: bytes) -> Sequence[WebhookEvent]:
        try:
            update = json.loads(body)
            return [event_of(update)]
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
            return [whole_body(body)]


def event_of(update: Mapping[str, Any]) -> WebhookEvent:
    """The row of one update: unique by its number, in order within its chat."""
    number = int(update["update_id"])
    return WebhookEvent(str(number), chat_of(update), json.dumps(update, ensure_ascii=True))


def chat_of(update: Mapping[str, Any]) -> str:
    if query := update.get("callback_query"):
        place = query.get("message") or {}
        return str(place.get("chat", query["from"])["id"])
    for name in WITH_CHAT:
        if name in update:
            return str(update[name]["chat"]["id"])
    return "other"
