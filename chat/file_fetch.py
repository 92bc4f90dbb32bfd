"""The outbox handler that brings a client's file into our own storage."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from chat.file_types import LIMIT_BYTES
from chat.models import Attachment
from chat.services.files import keep_content, mark_refused, mark_stored
from common.errors import InvalidInput
from integrations.delivery.handlers import Outgoing
from integrations.registry import channel_connector


@dataclass(frozen=True)
class Fetched:
    attachment: Attachment
    stored_as: str = ""
    refusal: str = ""


class FetchFile:
    """Topic `chat.fetch_file`, payload `{"attachment": id}`."""

    def perform(self, outgoing: Outgoing) -> Fetched:
        attachment = _attachment(outgoing)
        if attachment.state == Attachment.State.STORED:
            return Fetched(attachment, str(attachment.file.name))
        if (attachment.size or 0) > LIMIT_BYTES:
            return Fetched(attachment, refusal=_("The file is larger than 20 MB."))
        connector = channel_connector(attachment.message.conversation.account)
        fetched = connector.fetch_file(attachment.reference, max_bytes=LIMIT_BYTES)
        try:
            return Fetched(attachment, keep_content(attachment, fetched.content))
        except InvalidInput as error:
            return Fetched(attachment, refusal=error.message)

    def apply(self, outgoing: Outgoing, result: Fetched) -> None:
        if result.refusal:
            mark_refused(result.attachment, result.refusal)
        else:
            mark_stored(result.attachment, result.stored_as)

    def give_up(self, outgoing: Outgoing, error_kind: str, message: str) -> None:
        mark_refused(_attachment(outgoing), _("The file could not be fetched."))

    def is_repeatable(self, outgoing: Outgoing) -> bool:
        return True


def _attachment(outgoing: Outgoing) -> Attachment:
    attachments = Attachment.objects.select_related("message__conversation__account")
    return attachments.get(pk=outgoing.payload["attachment"])
