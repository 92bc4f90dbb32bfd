"""A Bot API server: chats, messages, updates and what it refuses.

https://core.telegram.org/bots/api. `writes`, `presses` and the like are the person with the phone:
their updates wait for getUpdates, or go to `on_update` at once while a webhook is set.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from integrations.fakes.base import FakeRequest, FakeResponse, FakeServer, Fault
from integrations.fakes.telegram_rules import (
    ACTIONS,
    Refusal,
    bad,
    check_caption,
    check_commands,
    check_keyboard,
    check_text,
)

Json = dict[str, Any]
BOT_USERNAME = "crystalbay_test_bot"
LONGEST_POLL_S = 2.0


class FakeTelegram(FakeServer):
    def __init__(self, token: str = "7000000001:" + "A" * 35) -> None:  # noqa: S107 - invented
        super().__init__()
        self.token = token
        self.bot = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "Crystal Bay",
            "username": BOT_USERNAME,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }
        self.on_update: Callable[[Json], None] | None = None
        self.chats: dict[int, Json] = {}
        self.messages: dict[int, dict[int, Json]] = {}
        self.files: dict[str, tuple[bytes, str]] = {}
        self.answered: list[Json] = []
        self.actions: list[Json] = []
        self.commands: dict[str, Any] = {}
        self.descriptions: dict[str, str] = {}
        self.webhook: Json = {"url": ""}
        self.refusals: list[str] = []
        self.polled: list[int] = []
        self._updates: list[Json] = []
        self._next_update, self._next_query = 1, 1
        self._gone: dict[int, str] = {}
        self._lock = threading.RLock()
        self._news = threading.Condition(self._lock)

    # --- the person with the phone ---

    def person(self, chat_id: int, name: str = "Айгуль", language: str = "ru") -> Json:
        """Open a talk of two with somebody; nothing is sent yet."""
        with self._lock:
            chat = {"id": chat_id, "type": "private", "first_name": name}
            self.chats.setdefault(chat_id, {**chat, "language_code": language})
            self.messages.setdefault(chat_id, {})
            return self.chats[chat_id]

    def group(self, chat_id: int, title: str = "Продажи") -> None:
        self.chats[chat_id] = {"id": chat_id, "type": "supergroup", "title": title}
        self.messages.setdefault(chat_id, {})

    def writes(self, chat_id: int, text: str = "", *, sender: int = 0, **content: Any) -> Json:
        """Somebody writes to the bot; `content` is what a Bot API message holds besides."""
        words: Json = {"text": text} if text else {}
        if text.startswith("/"):
            length = len(text.split()[0])
            words["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        with self._lock:
            message = self._put(chat_id, self._author(sender or chat_id), {**words, **content})
        return self._update({"message": message})

    def edits(self, chat_id: int, message_id: int, text: str) -> Json:
        with self._lock:
            message = {**self.messages[chat_id][message_id], "text": text, "edit_date": _now()}
            self.messages[chat_id][message_id] = message
        return self._update({"edited_message": message})

    def presses(self, chat_id: int, label: str, *, sender: int = 0, message_id: int = 0) -> Json:
        """Press the newest key whose label begins so (or any key of one message)."""
        with self._lock:
            found, key = self._key(chat_id, label, message_id)
        return self.sends_callback(chat_id, found, key["callback_data"], sender=sender)

    def sends_callback(self, chat_id: int, message: Json, data: str, *, sender: int = 0) -> Json:
        """A press with any data, also such as no key ever had."""
        with self._lock:
            query = {
                "id": str(self._next_query),
                "from": self._author(sender or chat_id),
                "message": message,
                "chat_instance": "1",
                "data": data,
            }
            self._next_query += 1
        return self._update({"callback_query": query})

    def blocks(self, chat_id: int, description: str = "bot was blocked by the user") -> None:
        self._gone[chat_id] = description

    def unblocks(self, chat_id: int) -> None:
        self._gone.pop(chat_id, None)

    def keeps_file(self, file_id: str, content: bytes, path: str) -> None:
        self.files[file_id] = (content, path)

    def sent_to(self, chat_id: int) -> list[Json]:
        """What the bot has written into a chat and not taken back, oldest first."""
        own = self.messages.get(chat_id, {}).values()
        return [one for one in own if one["from"]["id"] == self.bot["id"]]

    def _author(self, person_id: int) -> Json:
        chat = self.chats.get(person_id) or self.person(person_id)
        return {
            "id": person_id,
            "is_bot": False,
            "first_name": chat.get("first_name", "Гость"),
            "language_code": chat.get("language_code", "ru"),
        }

    def _key(self, chat_id: int, label: str, message_id: int) -> tuple[Json, Json]:
        for message in reversed(self.sent_to(chat_id)):
            if message_id and message["message_id"] != message_id:
                continue
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for key in row:
                    if key["text"].startswith(label) and "callback_data" in key:
                        return message, key
        raise LookupError(f"no key {label!r} in chat {chat_id}")

    def _update(self, content: Json) -> Json:
        """Hand an update out; the webhook is called without the lock, it may call us back."""
        with self._news:
            update = {"update_id": self._next_update, **content}
            self._next_update += 1
            push = self.on_update if self.webhook["url"] else None
            if push is None:
                self._updates.append(update)
                self._news.notify_all()
        if push:
            push(update)
        return update

    def _put(self, chat_id: int, author: Json, content: Json) -> Json:
        chat = self.chats.get(chat_id) or self.person(chat_id)
        talk = self.messages.setdefault(chat_id, {})
        shown = {name: value for name, value in chat.items() if name != "language_code"}
        message = {
            "message_id": len(talk) + 1,
            "date": _now(),
            "chat": shown,
            "from": author,
            **content,
        }
        talk[message["message_id"]] = message
        return message

    # --- the server ---

    def respond(self, request: FakeRequest) -> FakeResponse:
        prefix, _, rest = request.path.lstrip("/").partition("/")
        if prefix == "file":
            return self._file(rest)
        if prefix != f"bot{self.token}":
            return _refused(Refusal(401, "Unauthorized"))
        method = getattr(self, f"_call_{_snake(rest)}", None)
        if method is None:
            return _refused(Refusal(404, "Not Found"))
        try:
            return FakeResponse.of_json({"ok": True, "result": method(_fields(request))})
        except Refusal as refusal:
            self.refusals.append(f"{rest}: {refusal.description}")
            return _refused(refusal)

    def respond_faulty(self, request: FakeRequest, fault: Fault) -> FakeResponse:
        """As Telegram says them: the pause of a 429 stands in the body."""
        if fault.name == "429":
            wait = fault.retry_after or 1
            said = f"Too Many Requests: retry after {wait}"
            return _refused(Refusal(429, said, retry_after=wait))
        if fault.name.isdecimal():
            return _refused(Refusal(int(fault.name), "Internal Server Error"))
        return super().respond_faulty(request, fault)

    def _file(self, rest: str) -> FakeResponse:
        token, _, path = rest.partition("/")
        found = [content for content, known in self.files.values() if known == path]
        if token != f"bot{self.token}" or not found:
            return _refused(Refusal(404, "Not Found"))
        return FakeResponse(200, {"content-type": "application/octet-stream"}, found[0])

    def _call_get_me(self, fields: Json) -> Json:
        return self.bot

    def _call_get_updates(self, fields: Json) -> list[Json]:
        if self.webhook["url"]:
            said = "Conflict: can't use getUpdates method while webhook is active"
            raise Refusal(409, said)
        offset = int(fields.get("offset", 0))
        wait = min(float(fields.get("timeout", 0)), LONGEST_POLL_S)
        with self._news:
            self.polled.append(offset)
            # What an offset has passed is confirmed and never given out again.
            self._updates = [one for one in self._updates if one["update_id"] >= offset]
            deadline = time.monotonic() + wait
            while not self._updates and (left := deadline - time.monotonic()) > 0:
                self._news.wait(left)
            return self._updates[: int(fields.get("limit", 100))]

    def _call_send_message(self, fields: Json) -> Json:
        check_text(fields)
        return self._sent(fields, {"text": fields["text"]})

    def _call_send_photo(self, fields: Json) -> Json:
        return self._sent_file(fields, "photo")

    def _call_send_document(self, fields: Json) -> Json:
        return self._sent_file(fields, "document")

    def _call_send_voice(self, fields: Json) -> Json:
        return self._sent_file(fields, "voice")

    def _sent_file(self, fields: Json, kind: str) -> Json:
        check_caption(fields)
        name, content = fields.get(kind, ("", b""))
        if not content:
            raise bad(f"there is no {kind} in the request")
        file_id = f"sent-{len(self.files)}"
        self.files[file_id] = (content, f"{kind}/{name}")
        file = {"file_id": file_id, "file_unique_id": file_id, "file_name": name}
        return self._sent(fields, {kind: [file] if kind == "photo" else file})

    def _sent(self, fields: Json, content: Json) -> Json:
        with self._lock:
            chat_id = self._chat(fields)
            markup = _loaded(fields.get("reply_markup"))
            check_keyboard(markup)
            if markup:
                content["reply_markup"] = markup
            if reply := _loaded(fields.get("reply_parameters")):
                content["reply_to"] = reply["message_id"]
            return self._put(chat_id, self.bot, content)

    def _chat(self, fields: Json) -> int:
        try:
            chat_id = int(fields["chat_id"])
        except (KeyError, ValueError) as error:
            raise bad("chat_id is empty") from error
        if chat_id in self._gone:
            raise Refusal(403, f"Forbidden: {self._gone[chat_id]}")
        if moved_to := self.chats.get(chat_id, {}).get("moved_to"):
            said = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, said, migrate_to_chat_id=moved_to)
        if chat_id not in self.chats:
            raise bad("chat not found")
        return chat_id

    def _call_edit_message_text(self, fields: Json) -> Json:
        check_text(fields)
        markup = _loaded(fields.get("reply_markup"))
        check_keyboard(markup)
        with self._lock:
            talk = self.messages[self._chat(fields)]
            message = talk.get(int(fields["message_id"]))
            if message is None or message["from"]["id"] != self.bot["id"]:
                raise bad("message to edit not found")
            same_keys = message.get("reply_markup") == markup
            if message.get("text") == fields["text"] and same_keys:
                raise bad("message is not modified")
            message.update(text=fields["text"], reply_markup=markup)
            return message

    def _call_answer_callback_query(self, fields: Json) -> bool:
        if len(fields.get("text", "")) > 200:
            raise bad("MESSAGE_TOO_LONG")
        self.answered.append(fields)
        return True

    def _call_send_chat_action(self, fields: Json) -> bool:
        self._chat(fields)
        if fields.get("action") not in ACTIONS:
            raise bad("wrong parameter action in request")
        self.actions.append(fields)
        return True

    def _call_get_file(self, fields: Json) -> Json:
        found = self.files.get(fields.get("file_id", ""))
        if found is None:
            raise bad("invalid file_id")
        content, path = found
        if len(content) > 20 * 1024 * 1024:
            raise bad("file is too big")
        file_id = fields["file_id"]
        size = len(content)
        return {
            "file_id": file_id, "file_unique_id": file_id, "file_size": size, "file_path": path,
        }  # fmt: skip

    def _call_set_my_commands(self, fields: Json) -> bool:
        commands = _loaded(fields["commands"])
        check_commands(commands)
        self.commands[fields.get("language_code", "")] = commands
        return True

    def _call_set_my_description(self, fields: Json) -> bool:
        if len(fields.get("description", "")) > 512:
            raise bad("BOT_DESCRIPTION_TOO_LONG")
        self.descriptions[fields.get("language_code", "")] = fields.get("description", "")
        return True

    def _call_set_webhook(self, fields: Json) -> bool:
        self.webhook = {"url": fields["url"], "secret_token": fields.get("secret_token", "")}
        return True

    def _call_delete_webhook(self, fields: Json) -> bool:
        self.webhook = {"url": ""}
        return True

    def _call_get_webhook_info(self, fields: Json) -> Json:
        info = {name: value for name, value in self.webhook.items() if name != "secret_token"}
        return {
            "has_custom_certificate": False, "pending_update_count": len(self._updates), **info,
        }  # fmt: skip


def _now() -> int:
    return int(time.time())


def _snake(method: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in method)


def _refused(refusal: Refusal) -> FakeResponse:
    content = {
        "ok": False, "error_code": refusal.status, "description": refusal.description,
    }  # fmt: skip
    if refusal.parameters:
        content["parameters"] = refusal.parameters
    return FakeResponse.of_json(content, refusal.status)


def _loaded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) and value else value


def _fields(request: FakeRequest) -> Json:
    """The parameters, however they were sent: address, JSON, form or form with files."""
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        return {**request.query, **request.json()}
    if kind.startswith("multipart/form-data"):
        return {**request.query, **_parts(kind, request.body)}
    return {**request.query, **dict(parse_qsl(request.body.decode(), keep_blank_values=True))}


_NAMES = re.compile(rb'; (name|filename)="([^"]*)"')


def _parts(kind: str, body: bytes) -> Json:
    """https://www.rfc-editor.org/rfc/rfc7578: names of files are plain UTF-8."""
    boundary = b"--" + kind.partition("boundary=")[2].strip('"').encode()
    found: Json = {}
    for part in body.split(boundary)[1:-1]:
        head, _blank, content = part.partition(b"\r\n\r\n")
        names = {key.decode(): value.decode() for key, value in _NAMES.findall(head)}
        content = content.removesuffix(b"\r\n")
        is_file = "filename" in names
        found[names["name"]] = (names["filename"], content) if is_file else content.decode()
    return found
