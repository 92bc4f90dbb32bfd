"""Files of messages: noted with the message, fetched by the worker, kept or refused."""

from __future__ import annotations

import secrets

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from chat.file_types import LIMIT_BYTES, is_kept, suffix_of, type_of
from chat.models import Attachment, Message
from chat.services.feed import announce
from chat.topics import FETCH_FILE
from common.errors import InvalidInput
from integrations.channels.base import InboundMessage
from integrations.delivery.outbox import enqueue

State = Attachment.State
# What messengers take as a photo; the rest goes as a file.
PHOTOS = ("image/jpeg", "image/png", "image/webp")
PHOTO_LIMIT_BYTES = 5 * 1024 * 1024


def add_attachments(message: Message, inbound: InboundMessage) -> None:
    """Note what came with a message; enqueue `chat.fetch_file` for each that has content."""
    for found in inbound.attachments:
        attachment = Attachment.objects.create(
            message=message,
            kind=found.kind,
            state=State.PENDING if found.reference else State.NO_FILE,
            external_id=inbound.external_id,
            reference=found.reference,
            name=found.name[:200],
            mime=found.mime[:100],
            size=found.size,
            details=dict(found.details),
        )
        if found.reference:
            enqueue(FETCH_FILE, f"attachment:{attachment.pk}", {"attachment": attachment.pk})


def last_words(message: Message) -> str:
    """What a list of chats shows of a message."""
    if message.text:
        return message.text[:120]
    attachment = message.attachments.first()
    return attachment.get_kind_display() if attachment else ""


def keep_content(attachment: Attachment, content: bytes) -> str:
    """Put content into the storage and return its name there. Raises InvalidInput.

    The type is what the content says, whatever the client's device called it.
    """
    mime = type_of(content)
    if len(content) > LIMIT_BYTES:
        raise InvalidInput(_("The file is larger than 20 MB."), code="too_large", field="files")
    if not is_kept(mime):
        raise InvalidInput(_("Files of this type are not kept."), code="type", field="files")
    attachment.mime, attachment.size = mime, len(content)
    name = attachment.file.field.generate_filename(
        attachment, f"{secrets.token_hex(16)}{suffix_of(mime)}"
    )
    return str(attachment.file.storage.save(name, ContentFile(content)))


def attach_file(message: Message, name: str, content: bytes) -> Attachment:
    """Keep a file that goes out with a message of ours. Raises InvalidInput."""
    attachment = Attachment(message=message, name=name[:200], state=State.STORED)
    attachment.file.name = keep_content(attachment, content)
    is_photo = attachment.mime in PHOTOS and len(content) <= PHOTO_LIMIT_BYTES
    attachment.kind = Attachment.Kind.PHOTO if is_photo else Attachment.Kind.DOCUMENT
    attachment.save()
    return attachment


@transaction.atomic
def mark_stored(attachment: Attachment, stored_as: str) -> None:
    attachment.file.name, attachment.state, attachment.refusal = stored_as, State.STORED, ""
    attachment.save(update_fields=["file", "state", "refusal", "mime", "size"])
    announce(attachment.message.conversation_id, "message.changed", attachment.message_id)


@transaction.atomic
def mark_refused(attachment: Attachment, reason: str) -> None:
    attachment.state, attachment.refusal = State.REFUSED, reason[:300]
    attachment.save(update_fields=["state", "refusal"])
    announce(attachment.message.conversation_id, "message.changed", attachment.message_id)
