"""Wazzup24's calls to us: https://wazzup24.com/help/api-en/webhooks/

Nothing is signed. The address we register ends with a secret; a crmKey, where Wazzup knows one,
comes as a bearer token on top. One body may hold messages, statuses and channel changes at once,
so it is cut into one event per element: a broken one does not hold up the others, and a repeat of
any of them is recognised.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from integrations.transport.webhook import (
    Rejected,
    WebhookEvent,
    WebhookRequest,
    require_secret,
    whole_body,
)

LISTS = ("messages", "statuses", "channelsUpdates", "templateStatus")


class WazzupWebhook:
    def __init__(self, secrets: Sequence[str], crm_key: str = "") -> None:
        self._secrets, self._crm_key = secrets, crm_key

    def verify(self, request: WebhookRequest) -> None:
        require_secret(request.secret, self._secrets)
        if not self._crm_key:
            return
        scheme, _space, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Rejected
        require_secret(token.strip(), [self._crm_key])

    def split(self, body: bytes) -> Sequence[WebhookEvent]:
        try:
            content = json.loads(body)
        except (ValueError, RecursionError):
            return [whole_body(body)]
        if not isinstance(content, dict):
            return [whole_body(body)]
        if content.get("test") is True and len(content) == 1:
            return []
        return [_event(name, element) for name, element in _elements(content)]


def _elements(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in content.items():
        # Both an object and a list have been seen of `templateStatus`.
        is_list = name in LISTS and isinstance(value, list)
        for element in value if is_list else [value]:
            yield name, element


def _event(name: str, element: Any) -> WebhookEvent:
    """The key holds what is new in a repeat of the same id (edited, deleted, another status)."""
    text = json.dumps({name: element})
    digest = hashlib.sha256(json.dumps(element, sort_keys=True).encode()).hexdigest()
    key, order = "", "other"
    if isinstance(element, dict):
        key, order = _key_and_order(name, element)
    return WebhookEvent(f"{name[:20]}:{key}:{digest[:24]}"[:200], order[:200], text)


def _key_and_order(name: str, element: Mapping[str, Any]) -> tuple[str, str]:
    def word(field: str) -> str:
        return str(element.get(field, ""))[:80].replace("\x00", "")

    if name == "messages":
        return word("messageId"), ":".join(map(word, ("channelId", "chatType", "chatId")))
    if name == "statuses":
        return word("messageId"), f"status:{word('messageId')}"
    if name == "channelsUpdates":
        return word("channelId"), f"channel:{word('channelId')}"
    return word("templateGuid"), name[:40]
