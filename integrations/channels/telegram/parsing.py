"""Telegram's updates in our words: https://core.telegram.org/bots/api#update

Only talks of two are read here; groups and service messages give nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from integrations.channels.base import (
    AttachmentKind,
    InboundAttachment,
    InboundEdit,
    InboundItem,
    InboundMessage,
    Sender,
    UnreadableEvent,
)

Json = Mapping[str, Any]
# Field of a message -> our kind, for files. `animation` also comes with `document`: once is enough.
FILES: Sequence[tuple[str, AttachmentKind]] = (
    ("animation", "video"),
    ("document", "document"),
    ("voice", "voice"),
    ("audio", "audio"),
    ("video", "video"),
    ("video_note", "video"),
    ("sticker", "sticker"),
)
WITHOUT_WORDS = ("poll", "dice", "game", "story", "invoice", "checklist", "paid_media")


def items_of(body: str) -> Sequence[InboundItem]:
    """What a stored update says to us. Raises UnreadableEvent."""
    try:
        update = json.loads(body)
        if message := update.get("message"):
            return _message_items(message)
        if edited := update.get("edited_message"):
            return _edit_items(edited)
        return ()
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise UnreadableEvent("The stored update has another shape.") from error


def _message_items(message: Json) -> Sequence[InboundItem]:
    attachments = tuple(_attachments(message))
    text = words_of(message)
    is_content = text or attachments or any(name in message for name in WITHOUT_WORDS)
    if message["chat"]["type"] != "private" or not is_content:
        return ()
    return (
        InboundMessage(
            external_id=str(message["message_id"]),
            chat_id=str(message["chat"]["id"]),
            sender=sender_of(message["from"]),
            text=text,
            sent_at=_moment(message["date"]),
            attachments=attachments,
            reply_to=str(message.get("reply_to_message", {}).get("message_id", "")),
            album=str(message.get("media_group_id", ""))[:80],
        ),
    )


def _edit_items(message: Json) -> Sequence[InboundItem]:
    if message["chat"]["type"] != "private":
        return ()
    return (
        InboundEdit(
            external_id=str(message["message_id"]),
            chat_id=str(message["chat"]["id"]),
            text=words_of(message),
            edited_at=_moment(message.get("edit_date", message["date"])),
        ),
    )


def words_of(message: Json) -> str:
    text = str(message.get("text") or message.get("caption") or "")
    # PostgreSQL can't hold it, and nobody types it.
    return text.replace("\x00", "")


def sender_of(person: Json) -> Sender:
    name = f"{person.get('first_name', '')} {person.get('last_name', '')}".replace("\x00", "")
    return Sender(external_id=str(person["id"]), name=name.strip()[:120])


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _attachments(message: Json) -> list[InboundAttachment]:
    if photos := message.get("photo"):
        # The same picture in several sizes; the last is the largest.
        return [_file("photo", photos[-1])]
    for name, kind in FILES:
        if name in message:
            return [_file(kind, message[name])]
    if "venue" in message:
        venue = message["venue"]
        return [_place(venue["location"], str(venue.get("title", ""))[:200])]
    if "location" in message:
        return [_place(message["location"], "")]
    if "contact" in message:
        return [_contact(message["contact"])]
    return []


def _file(kind: AttachmentKind, file: Json) -> InboundAttachment:
    return InboundAttachment(
        kind=kind,
        reference=str(file["file_id"]),
        name=str(file.get("file_name", "")).replace("\x00", "")[:200],
        mime=str(file.get("mime_type", ""))[:100],
        size=file.get("file_size"),
    )


def _place(location: Json, title: str) -> InboundAttachment:
    details = {"latitude": location["latitude"], "longitude": location["longitude"]}
    return InboundAttachment(kind="location", details={**details, "title": title})


def _contact(contact: Json) -> InboundAttachment:
    name = f"{contact.get('first_name', '')} {contact.get('last_name', '')}".strip()[:200]
    phone = str(contact.get("phone_number", ""))[:40]
    return InboundAttachment(kind="contact", details={"name": name, "phone": phone})
