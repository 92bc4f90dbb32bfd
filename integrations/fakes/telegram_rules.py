"""What the Bot API refuses, in its own words: https://core.telegram.org/bots/api"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024
KEY_LIMIT, DATA_LIMIT_BYTES, MOST_KEYS = 64, 64, 100
ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip
_URL = re.compile(r"(?:https?://[^/\s]+\.[^/\s]{2,}|tg://)\S*")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


class Refusal(Exception):
    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


def bad(description: str) -> Refusal:
    return Refusal(400, f"Bad Request: {description}")


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def check_text(fields: Mapping[str, Any]) -> None:
    text = fields.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad("message text is empty")
    if units(text) > TEXT_LIMIT:
        raise bad("message is too long")
    if "parse_mode" in fields:
        _check_markup(text, fields["parse_mode"])


def _check_markup(text: str, mode: str) -> None:
    if mode == "HTML" and re.search(r"<(?!/?(?:b|i|u|s|a|code|pre)\b)", text):
        raise bad("can't parse entities: Unsupported start tag")


def check_caption(fields: Mapping[str, Any]) -> None:
    if units(str(fields.get("caption", ""))) > CAPTION_LIMIT:
        raise bad("message caption is too long")


def check_keyboard(markup: Any) -> None:
    if markup is None:
        return
    if isinstance(markup, str):
        markup = json.loads(markup)
    rows = markup.get("inline_keyboard")
    if rows is None:
        _check_reply_keyboard(markup)
        return
    keys = [key for row in rows for key in row]
    if len(keys) > MOST_KEYS or any(len(row) > 8 for row in rows):
        raise bad("too many inline keyboard buttons")
    for key in keys:
        _check_key(key)


def _check_key(key: Mapping[str, Any]) -> None:
    if not str(key.get("text", "")).strip() or units(key["text"]) > KEY_LIMIT:
        raise bad("BUTTON_TEXT_INVALID")
    kinds = [name for name in ("callback_data", "url") if name in key]
    if len(kinds) != 1:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed")
    if "callback_data" in key and not 1 <= len(key["callback_data"].encode()) <= DATA_LIMIT_BYTES:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in key and not _URL.fullmatch(key["url"]):
        raise bad(f"inline keyboard button URL '{key['url']}' is invalid: Wrong HTTP URL")


def _check_reply_keyboard(markup: Mapping[str, Any]) -> None:
    if "remove_keyboard" in markup or "force_reply" in markup:
        return
    keys = [key for row in markup.get("keyboard", []) for key in row]
    if not keys or any(not str(key.get("text", "")).strip() for key in keys):
        raise bad("reply keyboard button is invalid")


def check_commands(commands: Any) -> None:
    for one in commands:
        if not _COMMAND.fullmatch(one["command"]):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(one["description"]) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
