"""Telegram's Bot API, one call at a time: https://core.telegram.org/bots/api

Texts go without a parse mode: what a person or a model writes can't break the call, and nothing
in it becomes a link or a command of formatting.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from integrations.channels.base import (
    ASK_PHONE,
    Button,
    Capabilities,
    FetchedFile,
    InboundItem,
    OutboundFile,
    OutboundMessage,
    Receipt,
)
from integrations.channels.telegram.parsing import items_of
from integrations.transport.errors import (
    AmbiguousError,
    AuthFailed,
    InvalidRequest,
    PermanentError,
    RateLimited,
    RecipientGone,
    RecipientMoved,
)
from integrations.transport.http import (
    Answer,
    Transport,
    build_client,
    fetch,
    raise_for_status,
)
from integrations.transport.pace import Bucket, Pace

API_URL = "https://api.telegram.org"
TEXT_LIMIT, CAPTION_LIMIT, LABEL_LIMIT, DATA_LIMIT_BYTES = 4096, 1024, 64, 64
FILE_LIMIT_BYTES = 20 * 1024 * 1024
# Kind of a file -> method and its field; everything else goes as a document.
UPLOADS = {"photo": ("sendPhoto", "photo"), "voice": ("sendVoice", "voice")}
# What a client must be able to repeat without doing it twice.
HARMLESS = {
    "sendChatAction", "answerCallbackQuery", "setMyCommands", "setMyDescription", "setWebhook",
}  # fmt: skip
_SURROGATES = dict.fromkeys(range(55296, 57344), "�") | {0: None}


@dataclass(frozen=True)
class TelegramConfig:
    token: str
    base_url: str = API_URL
    timeout_s: float = 15.0

    def __repr__(self) -> str:
        return f"TelegramConfig(base_url={self.base_url!r})"


def chat_pace(chat_id: str) -> Bucket:
    """A group takes 20 messages a minute, a person one a second after a short burst."""
    return Bucket(3.0, burst=3) if chat_id.startswith("-") else Bucket(1.0, burst=5)


class TelegramConnector:
    kind: ClassVar[str] = "telegram"
    capabilities: ClassVar[Capabilities] = Capabilities(
        text_limit=TEXT_LIMIT,
        repeats_safely=False,
        splits_text=True,
        files=True,
        file_limit_bytes=FILE_LIMIT_BYTES,
        edits=True,
        buttons=True,
    )

    def __init__(self, config: TelegramConfig, transport: Transport | None = None) -> None:
        self._path = f"/bot{config.token}"
        self._files_path = f"/file/bot{config.token}"
        self._client = build_client(
            base_url=config.base_url, timeout_s=config.timeout_s, transport=transport
        )
        self._pace = Pace(Bucket(1 / 28, burst=28), chat_pace)

    def parse(self, body: str) -> Sequence[InboundItem]:
        return items_of(body)

    def send(self, message: OutboundMessage, *, key: str) -> Receipt:
        self._pace.wait(message.chat_id)
        fields = _target(message)
        if message.file:
            sent = self._upload(message.file, fields, message.text)
        else:
            sent = self.call("sendMessage", {**fields, **_words(message.text)})
        return Receipt(external_id=str(sent["message_id"]))

    def _upload(self, file: OutboundFile, fields: Mapping[str, Any], caption: str) -> Any:
        method, field = UPLOADS.get(file.kind, ("sendDocument", "document"))
        form = {name: _form_value(value) for name, value in fields.items()}
        if caption:
            form["caption"] = _cut(clean(caption), CAPTION_LIMIT)
        content = (file.name or f"{file.kind}", file.content, file.mime)
        answer = fetch(
            self._client, "POST", f"{self._path}/{method}", fields=form, files={field: content}
        )
        return _result(answer)

    def edit(self, external_id: str, message: OutboundMessage) -> None:
        """https://core.telegram.org/bots/api#editmessagetext"""
        fields = {
            "chat_id": message.chat_id,
            "message_id": int(external_id),
            "reply_markup": {"inline_keyboard": _rows(message.buttons)},
            **_words(message.text),
        }
        self._pace.wait(message.chat_id)
        try:
            self.call("editMessageText", fields, idempotent=True)
        except InvalidRequest:
            # It says so already, is too old or gone: the row in our thread is right anyway.
            return

    def fetch_file(self, reference: str, *, max_bytes: int) -> FetchedFile:
        """https://core.telegram.org/bots/api#getfile"""
        found = self.call("getFile", {"file_id": reference}, idempotent=True)
        if (found.get("file_size") or 0) > max_bytes or not found.get("file_path"):
            raise PermanentError("The file is too large")
        address = f"{self._files_path}/{found['file_path']}"
        answer = fetch(self._client, "GET", address, timeout_s=60.0, max_bytes=max_bytes)
        raise_for_status(answer, "Telegram")
        return FetchedFile(answer.body, answer.headers.get("content-type", ""))

    def call(self, method: str, fields: Mapping[str, Any], *, idempotent: bool = False) -> Any:
        """Make any call of the API and return its result. Raises the ConnectorError family."""
        is_safe = idempotent or method in HARMLESS or method.startswith("get")
        answer = fetch(
            self._client,
            "POST",
            f"{self._path}/{method}",
            json=dict(fields),
            idempotent=is_safe,
        )
        return _result(answer)


def clean(text: str) -> str:
    """What can be sent as UTF-8 without a refusal."""
    return text.translate(_SURROGATES)


def _words(text: str) -> dict[str, Any]:
    text = clean(text)
    if not text.strip():
        raise InvalidRequest("There are no words to send")
    return {"text": text, "link_preview_options": {"is_disabled": True}}


def _target(message: OutboundMessage) -> dict[str, Any]:
    fields: dict[str, Any] = {"chat_id": message.chat_id}
    if message.reply_to.isdecimal():
        quoted = {"message_id": int(message.reply_to), "allow_sending_without_reply": True}
        fields["reply_parameters"] = quoted
    if markup := _markup(message.buttons):
        fields["reply_markup"] = markup
    return fields


def _markup(buttons: Sequence[Sequence[Button]]) -> dict[str, Any]:
    if not buttons:
        return {}
    asking = [one for row in buttons for one in row if one.data == ASK_PHONE]
    if asking:
        key = {"text": _label(asking[0]), "request_contact": True}
        return {"keyboard": [[key]], "one_time_keyboard": True, "resize_keyboard": True}
    return {"inline_keyboard": _rows(buttons)}


def _rows(buttons: Sequence[Sequence[Button]]) -> list[list[dict[str, str]]]:
    return [[_key(one) for one in row] for row in buttons]


def _key(button: Button) -> dict[str, str]:
    if button.url:
        return {"text": _label(button), "url": button.url}
    if not 1 <= len(button.data.encode()) <= DATA_LIMIT_BYTES:
        raise InvalidRequest("The data of a button must have 1 to 64 bytes")
    return {"text": _label(button), "callback_data": button.data}


def _label(button: Button) -> str:
    return _cut(clean(button.label), LABEL_LIMIT).strip() or "…"


def _cut(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units, as Telegram counts; half of an emoji is left out."""
    return text.encode("utf-16-le")[: limit * 2].decode("utf-16-le", "ignore")


def _form_value(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _result(answer: Answer) -> Any:
    """The result, or the error that Telegram describes.

    https://core.telegram.org/bots/api#making-requests
    """
    try:
        content = json.loads(answer.body)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise_for_status(answer, "Telegram")
        raise AmbiguousError("Telegram's answer can't be read")
    if content.get("ok"):
        return content["result"]
    raise _error(answer, str(content.get("description", "")), content.get("parameters") or {})


def _error(answer: Answer, said: str, parameters: Mapping[str, Any]) -> Exception:
    lowered = said.lower()
    if moved_to := parameters.get("migrate_to_chat_id"):
        return RecipientMoved(said, chat_id=str(moved_to))
    if answer.status == 429:
        return RateLimited(said, retry_after=float(parameters.get("retry_after", 1)))
    if answer.status == 403:
        reason = "deactivated" if "deactivated" in lowered else "blocked"
        return RecipientGone(said, reason=reason)
    if answer.status == 400 and ("chat not found" in lowered or "user not found" in lowered):
        return RecipientGone(said)
    if answer.status in (401, 404):
        return AuthFailed(said)
    if answer.status == 400:
        return InvalidRequest(said)
    return _by_status(answer)


def _by_status(answer: Answer) -> Exception:
    try:
        raise_for_status(answer, "Telegram")
    except Exception as error:  # noqa: BLE001 - handed to the caller, which raises it
        return error
    return PermanentError(f"Telegram answered HTTP {answer.status} without success")
