"""The outbox handlers that hand messages to their channel, and change them there."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from django.db import transaction
from django.utils.translation import gettext as _

from chat.listeners import on_settled
from chat.models import Attachment, Conversation, Message
from chat.public_files import public_address
from chat.services.changes import settle_early_reports
from chat.services.feed import announce
from chat.services.reach import mark_gone, move_chat
from chat.services.templates import checked_values
from chat.services.windows import refuse_broken_channel, refuse_closed
from common.errors import DomainError
from integrations.channels.base import (
    AttachmentKind,
    Button,
    OutboundFile,
    OutboundMessage,
    OutboundTemplate,
    Receipt,
)
from integrations.delivery.handlers import Outgoing
from integrations.registry import channel_connector
from integrations.transport.errors import (
    PermanentError,
    RecipientGone,
    RecipientMoved,
    TransientError,
)

Delivery = Message.Delivery
# An edit waits for its message: they travel in two lines.
NOT_SENT_YET_S = 1.0


def _message(outgoing: Outgoing) -> Message:
    messages = Message.objects.select_related("conversation__account", "reply_to", "template")
    return messages.get(pk=outgoing.payload["message"])


def _outbound(message: Message) -> OutboundMessage:
    attachment = message.attachments.first()
    return OutboundMessage(
        chat_id=message.conversation.external_id,
        text=message.text,
        file=_file(attachment) if attachment else None,
        template=_template(message),
        author_id=str(message.user_id or ""),
        reply_to=(message.reply_to.external_id or "") if message.reply_to else "",
        buttons=tuple(tuple(Button(*one) for one in row) for row in message.buttons),
    )


def _template(message: Message) -> OutboundTemplate | None:
    if message.template is None:
        return None
    return OutboundTemplate(message.template.external_id, tuple(message.template_values))


def _file(attachment: Attachment) -> OutboundFile:
    with attachment.file.open("rb") as stored:
        content = stored.read()
    kind = cast(AttachmentKind, attachment.kind)
    address = public_address(attachment)
    return OutboundFile(kind, attachment.name, attachment.mime, content, address)


def _refuse_late(message: Message) -> None:
    """What waited too long in the queue must not vanish at the messenger."""
    conversation = message.conversation
    try:
        if message.template:
            refuse_broken_channel(conversation)
            # It may have been given more places meanwhile.
            checked_values(message.template, message.template_values)
        else:
            refuse_closed(conversation)
    except DomainError as refused:
        raise PermanentError(refused.message) from None


def in_words(error_kind: str, message: str) -> str:
    """Why a message was not sent, for somebody who has never seen an error code."""
    known = {
        "ambiguous": _("The connection broke: nobody knows whether it arrived. Ask the client."),
        "exhausted": _("The channel does not answer for a long time. Try once more later."),
        "config": _("The channel refuses our key. An administrator has to look at it."),
        "internal": _("An error in the program. An administrator sees it in the exchange."),
    }
    return known.get(error_kind, message)


class SendMessage:
    """Topic `chat.send_message`, payload `{"message": id}`."""

    def perform(self, outgoing: Outgoing) -> Receipt:
        message = _message(outgoing)
        _refuse_late(message)
        connector = channel_connector(message.conversation.account)
        out = _outbound(message)
        try:
            return connector.send(out, key=outgoing.id)
        except RecipientMoved as moved:
            move_chat(message.conversation_id, moved.chat_id)
            return connector.send(replace(out, chat_id=moved.chat_id), key=outgoing.id)
        except RecipientGone as gone:
            said = mark_gone(message.conversation_id, gone.reason)
            raise RecipientGone(said, reason=gone.reason) from None

    def apply(self, outgoing: Outgoing, result: Receipt) -> None:
        # A message never changes its conversation: the join can't lose it while the lock waits.
        talks = Conversation.objects.select_for_update(no_key=True, of=("self",))
        talks.get(messages=outgoing.payload["message"])
        message = _message(outgoing)
        # An echo or a report may have been faster than the answer.
        if message.delivery in (Delivery.PENDING, Delivery.FAILED):
            message.delivery, message.delivery_error = Delivery.SENT, ""
        message.external_id = result.external_id or message.external_id
        message.save(update_fields=["delivery", "delivery_error", "external_id"])
        account = message.conversation.account
        transaction.on_commit(lambda: settle_early_reports(account, result.external_id))
        announce(message.conversation_id, "message.changed", message.pk)
        _tell_settled(message)

    def give_up(self, outgoing: Outgoing, error_kind: str, message: str) -> None:
        row = _message(outgoing)
        row.delivery = Delivery.FAILED
        row.delivery_error = in_words(error_kind, message)
        row.save(update_fields=["delivery", "delivery_error"])
        announce(row.conversation_id, "message.changed", row.pk)
        _tell_settled(row)

    def is_repeatable(self, outgoing: Outgoing) -> bool:
        connector = channel_connector(_message(outgoing).conversation.account)
        return connector.capabilities.repeats_safely


def _tell_settled(message: Message) -> None:
    for tell in on_settled:
        tell(message)


class EditMessage:
    """Topic `chat.edit_message`, payload `{"message": id}`, merged: the row says what it shows."""

    def perform(self, outgoing: Outgoing) -> None:
        message = _message(outgoing)
        connector = channel_connector(message.conversation.account)
        if not connector.capabilities.edits or message.delivery in (
            Delivery.FAILED,
            Delivery.CANCELLED,
        ):
            return
        if not message.external_id:
            raise TransientError("The message has no id yet.", retry_after=NOT_SENT_YET_S)
        connector.edit(message.external_id, _outbound(message))

    def apply(self, outgoing: Outgoing, result: None) -> None:
        pass

    def give_up(self, outgoing: Outgoing, error_kind: str, message: str) -> None:
        pass

    def is_repeatable(self, outgoing: Outgoing) -> bool:
        return True
