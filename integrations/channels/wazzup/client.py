"""A client of Wazzup24's public API v3: https://wazzup24.com/help/api-en/

Typed at the edges, no policy: what a refusal means for a conversation is decided elsewhere. There
is no history and no list of chats in this API: what a webhook did not bring is gone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integrations.channels.wazzup.errors import raise_for_answer
from integrations.transport.errors import AmbiguousError, TransientError
from integrations.transport.http import Answer, Transport, build_client, fetch

BASE_URL = "https://api.wazzup24.com/v3"
# Two tries of a message must end before the lease of its outbox row: 2 x 15 s and a pause.
TIMEOUT_S = 15.0
PAGE = 100
# What one call takes at most; more is refused as a whole.
MOST_ITEMS = 100

Row = Mapping[str, Any]


@dataclass(frozen=True)
class WazzupConfig:
    api_key: str
    base_url: str = BASE_URL


@dataclass(frozen=True)
class SentMessage:
    """`chat_id` is the canonical one; for some messengers it is only known from here."""

    message_id: str
    chat_id: str


@dataclass(frozen=True)
class ChannelInfo:
    channel_id: str
    transport: str
    plain_id: str
    state: str
    name: str


@dataclass(frozen=True)
class TemplateInfo:
    """`code` is the text with its `{{1}}`; `status` is lower case: only `approved` may be sent."""

    template_id: str
    title: str
    code: str
    status: str
    category: str
    language: str
    channel_ids: tuple[str, ...]
    rejected_reason: str


@dataclass(frozen=True)
class WebhookSettings:
    uri: str
    subscriptions: Mapping[str, bool]


def _no_limit() -> None:
    return None


class WazzupClient:
    """`before_call` waits for the right to make one more call, shared by all workers."""

    def __init__(
        self,
        config: WazzupConfig,
        transport: Transport | None = None,
        before_call: Callable[[], None] = _no_limit,
    ) -> None:
        self._base_url = config.base_url.rstrip("/")
        self._before_call = before_call
        headers = {"Authorization": f"Bearer {config.api_key}"}
        self._http = build_client(timeout_s=TIMEOUT_S, transport=transport, headers=headers)

    # --- channels, templates, unanswered ---

    def channels(self) -> list[ChannelInfo]:
        rows = _rows(self._call("GET", "/channels"))
        return [
            ChannelInfo(
                channel_id=_text(row, "channelId"),
                transport=_text(row, "transport").lower(),
                plain_id=_text(row, "plainId"),
                # Webhooks and this list spell states differently.
                state=_text(row, "state").lower(),
                name=_text(row, "name"),
            )
            for row in rows
            if _text(row, "channelId")
        ]

    def templates(self) -> list[TemplateInfo]:
        return [
            _template(row) for row in self._pages("/templates/whatsapp") if "templateGuid" in row
        ]

    def unanswered(self, user_id: str) -> int:
        content = _content(self._call("GET", f"/unanswered/{user_id}"))
        count = content.get("counterV2", 0) if isinstance(content, dict) else 0
        return int(count or 0)

    # --- messages ---

    def send(self, body: Row) -> SentMessage:
        """POST one message. Not safe to repeat: Wazzup24 knows `crmMessageId` for 60 s only.

        Raises AmbiguousError when the answer was lost or is a 5xx: it may have been done;
        TransientError (no connection, RateLimited): it was certainly not.
        """
        answer = self._call("POST", "/message", body)
        content = _content(answer)
        row = content if isinstance(content, dict) else {}
        return SentMessage(_text(row, "messageId"), _text(row, "chatId"))

    def edit(self, message_id: str, body: Row) -> None:
        self._call("PATCH", f"/message/{message_id}", body)

    def delete(self, message_id: str) -> None:
        self._call("DELETE", f"/message/{message_id}")

    # --- webhooks ---

    def webhooks(self) -> WebhookSettings:
        content = _content(self._call("GET", "/webhooks"))
        row = content if isinstance(content, dict) else {}
        flags = row.get("subscriptions")
        return WebhookSettings(
            uri=_text(row, "webhooksUri"),
            subscriptions={
                # Documented as "true", live as booleans; live the templates' flag has this name.
                "templateStatus" if name == "wabaTemplatesStatus" else name: value in (True, "true")
                for name, value in (flags.items() if isinstance(flags, dict) else ())
            },
        )

    def set_webhooks(self, uri: str, subscriptions: Mapping[str, bool]) -> None:
        """Wazzup24 calls the address during this call and wants a 200."""
        self._call("PATCH", "/webhooks", {"webhooksUri": uri, "subscriptions": dict(subscriptions)})

    # --- our people and clients there; closed to a sidecar key ---

    def users(self) -> list[Row]:
        return list(self._pages("/users", is_paged=False))

    def save_users(self, users: Sequence[Row]) -> None:
        self._save("/users", users)

    def delete_users(self, ids: Sequence[str]) -> None:
        self._call("PATCH", "/users/bulk_delete", list(ids))

    def contacts(self) -> Iterator[Row]:
        return self._pages("/contacts")

    def save_contacts(self, contacts: Sequence[Row]) -> None:
        self._save("/contacts", contacts)

    def delete_contacts(self, ids: Sequence[str]) -> None:
        self._call("PATCH", "/contacts/bulk_delete", list(ids))

    def deals(self) -> Iterator[Row]:
        return self._pages("/deals")

    def save_deals(self, deals: Sequence[Row]) -> None:
        self._save("/deals", deals)

    def _save(self, path: str, items: Sequence[Row]) -> None:
        """The last of two items with one id wins: the same id twice in a call is an error 500."""
        unique = list({item["id"]: item for item in items}.values())
        for start in range(0, len(unique), MOST_ITEMS):
            self._call("POST", path, unique[start : start + MOST_ITEMS])

    def _pages(self, path: str, *, is_paged: bool = True) -> Iterator[Row]:
        offset = 0
        while True:
            query = {"offset": str(offset), "limit": str(PAGE)} if is_paged else None
            rows = _rows(self._call("GET", path, params=query))
            yield from rows
            offset += PAGE
            if not is_paged or len(rows) < PAGE:
                return

    def _call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        # Only a new message must not be made twice.
        is_repeatable = (method, path) != ("POST", "/message")
        self._before_call()
        answer = fetch(
            self._http,
            method,
            self._base_url + path,
            params=params,
            json=body,
            idempotent=is_repeatable,
        )
        if answer.status >= 500 and not is_repeatable:
            raise AmbiguousError(f"Wazzup24 answered HTTP {answer.status}")
        raise_for_answer(answer)
        return answer


def _content(answer: Answer) -> Any:
    """The JSON of an answer, or None: some of the successes have no body or one of words."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def _rows(answer: Answer) -> list[Row]:
    """A list, bare or under `data`; rows of another shape are left out."""
    content = _content(answer)
    found = content.get("data") if isinstance(content, dict) else content
    if not isinstance(found, list):
        raise TransientError("Wazzup24 answered something that is not a list")
    return [row for row in found if isinstance(row, dict)]


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else "" if value is None else str(value)


def _template(row: Row) -> TemplateInfo:
    channels = row.get("channels")
    return TemplateInfo(
        template_id=_text(row, "templateGuid"),
        title=_text(row, "title") or _text(row, "name"),
        code=_text(row, "templateCode"),
        status=_text(row, "status").lower(),
        category=_text(row, "category").lower(),
        language=_text(row, "language"),
        channel_ids=tuple(
            _text(one, "channelId") if isinstance(one, dict) else str(one)
            for one in (channels if isinstance(channels, list) else ())
        ),
        rejected_reason=_text(row, "rejected_reason"),
    )
