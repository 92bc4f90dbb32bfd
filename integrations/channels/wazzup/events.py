"""Reads what `webhook.split` has stored: one element of a call each.

https://wazzup24.com/help/api-en/webhooks/. A message comes again with the same id when it was
changed or taken back; unknown kinds of messages are shown as such and never break anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from integrations.channels.base import (
    AttachmentKind,
    DeliveryStatus,
    DeliveryUpdate,
    InboundAttachment,
    InboundMessage,
    Sender,
    UnreadableEvent,
)
from integrations.channels.wazzup.errors import sentence_of
from integrations.channels.wazzup.transports import GROUPS

ATTACHMENTS: dict[str, AttachmentKind] = {
    "image": "photo",
    "audio": "voice",
    "video": "video",
    "document": "document",
    "vcard": "document",
}
STATUSES: dict[str, DeliveryStatus] = {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
    "error": "failed",
}
CLOCKS_DIFFER = timedelta(minutes=1)
_PLACE = re.compile(r"(-?\d{1,2}\.\d+)[,;\s]+(-?\d{1,3}\.\d+)")

Element = Mapping[str, Any]


@dataclass(frozen=True)
class MessageEvent:
    """`message` as said or, if changed, as it stands now.

    `unshown`: the type of something that has no words and no file. `old_text`: what a message that
    was taken back had said. `is_system`: the messenger itself speaks, not the client.
    """

    channel_id: str
    chat_type: str
    message: InboundMessage
    is_echo: bool
    is_edited: bool
    is_deleted: bool
    is_system: bool = False
    old_text: str = ""
    unshown: str = ""
    author_name: str = ""
    author_id: str = ""
    failure: str = ""


@dataclass(frozen=True)
class ChannelEvent:
    channel_id: str
    state: str
    tier: str
    at: datetime


@dataclass(frozen=True)
class TemplateEvent:
    template_id: str
    status: str


WazzupEvent = MessageEvent | DeliveryUpdate | ChannelEvent | TemplateEvent


def read_event(body: str) -> WazzupEvent | None:
    """Return what an event says, or None for kinds we don't use. Raises UnreadableEvent."""
    try:
        content = json.loads(body)
        ((name, element),) = content.items()
        reader = _READERS.get(name)
        return reader(element) if reader else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableEvent(f"Wazzup24's event has another shape ({error!r:.80})") from None


def _message(element: Element) -> MessageEvent:
    kind = str(element.get("type", "")).lower()
    chat_type, chat_id = str(element["chatType"]).lower(), str(element["chatId"])
    if not chat_id or not element["messageId"]:
        raise ValueError("no id")
    contact = element.get("contact")
    contact = contact if isinstance(contact, dict) else {}
    is_group = chat_type in GROUPS
    text, attachments = _content(kind, element)
    name = str(contact.get("name") or "")
    message = InboundMessage(
        external_id=str(element["messageId"])[:200],
        chat_id=f"{chat_type}:{chat_id}"[:200],
        sender=Sender(
            external_id=address_of(chat_type, chat_id),
            name=("" if is_group else name)[:120],
            phone=_phone(chat_type, chat_id, contact),
        ),
        text=text,
        sent_at=_moment(element.get("dateTime")),
        attachments=attachments,
        reply_to=_quoted(element.get("quotedMessage")),
        group=chat_id if is_group else "",
        author_name=name[:120] if is_group else "",
    )
    old = element.get("oldInfo")
    error = element.get("error")
    is_error = element.get("status") == "error"
    return MessageEvent(
        channel_id=str(element["channelId"]),
        chat_type=chat_type,
        message=message,
        is_echo=element.get("isEcho") is True,
        is_edited=element.get("isEdited") is True,
        is_deleted=element.get("isDeleted") is True,
        is_system=kind == "system",
        old_text=str(old.get("oldText") or "") if isinstance(old, dict) else "",
        unshown="" if text or attachments else kind or "unknown",
        author_name=str(element.get("authorName") or "")[:120],
        author_id=str(element.get("authorId") or "")[:100],
        failure=_failure(error) if is_error else "",
    )


def address_of(chat_type: str, chat_id: str) -> str:
    """The client's address: a phone in WhatsApp; elsewhere ids that mean nothing outside."""
    if chat_type in ("whatsapp", "viber"):
        return f"+{chat_id}" if chat_id.isdecimal() else chat_id
    return chat_id if chat_type == "instagram" else f"wazzup:{chat_type}:{chat_id}"[:200]


def _phone(chat_type: str, chat_id: str, contact: Element) -> str:
    if chat_type == "whatsapp" and chat_id.isdecimal():
        return f"+{chat_id}"
    number = str(contact.get("phone") or "").lstrip("+")
    return f"+{number}" if number.isdecimal() else ""


def _content(kind: str, element: Element) -> tuple[str, tuple[InboundAttachment, ...]]:
    text = element.get("text")
    text = text if isinstance(text, str) else ""
    address = element.get("contentUri")
    if isinstance(address, str) and address:
        name = address.partition("?")[0].rpartition("/")[2][:200]
        found: AttachmentKind = ATTACHMENTS.get(kind, "document")
        is_sticker = kind == "image" and name.endswith(".was")
        found = "sticker" if is_sticker else found
        return text, (InboundAttachment(kind=found, reference=address, name=name),)
    if kind == "geo" and (place := _PLACE.search(text)):
        details = {"latitude": float(place[1]), "longitude": float(place[2])}
        return "", (InboundAttachment(kind="location", details=details),)
    return text, ()


def _quoted(quoted: Any) -> str:
    """Their documents don't say how a quote looks; its id has been seen."""
    return str(quoted.get("messageId") or "")[:200] if isinstance(quoted, dict) else ""


def _status(element: Element) -> DeliveryUpdate | None:
    status = STATUSES.get(str(element["status"]).lower())
    if status is None:
        return None
    return DeliveryUpdate(
        external_id=str(element["messageId"])[:200],
        status=status,
        at=_moment(element.get("timestamp")),
        reason=_failure(element.get("error")) if status == "failed" else "",
    )


def _failure(error: Any) -> str:
    code = error.get("error") if isinstance(error, dict) else error
    return sentence_of(str(code or ""))


def _channel(element: Element) -> ChannelEvent:
    return ChannelEvent(
        channel_id=str(element["channelId"]),
        state=str(element["state"]).lower(),
        tier=str(element.get("tier") or "").upper(),
        at=_stamp(element.get("timestamp")),
    )


def _stamp(milliseconds: Any) -> datetime:
    """Now, where it says none or one of the future: nothing could follow on that for long."""
    now = datetime.now(UTC)
    try:
        at = datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return now
    return at if at <= now + CLOCKS_DIFFER else now


def _template(element: Element) -> TemplateEvent:
    return TemplateEvent(str(element["templateGuid"]), str(element["status"]).lower())


def _moment(value: Any) -> datetime:
    """The messenger's time; now, where it says none or one of the future."""
    now = datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(cast(str, value))
    except (ValueError, TypeError):
        return now
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(moment, now)


_READERS: dict[str, Any] = {
    "messages": _message,
    "statuses": _status,
    "channelsUpdates": _channel,
    "templateStatus": _template,
}
