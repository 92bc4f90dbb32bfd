"""Events of Wazzup24: the inbox handler that finds the channel and hands each to its service."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from chat.models import Conversation
from chat.services.changes import apply_deletion, apply_delivery_update, apply_edit
from chat.services.echo import receive_echo
from chat.services.inbound import receive_message
from common.phones import normalize_phone
from integrations.channels.base import (
    DeliveryUpdate,
    InboundDeletion,
    InboundEcho,
    InboundEdit,
)
from integrations.channels.wazzup.events import (
    ChannelEvent,
    MessageEvent,
    TemplateEvent,
    read_event,
)
from integrations.models import InboxEvent, IntegrationAccount
from integrations.wazzup.channels import apply_channel_state, ensure_channel
from integrations.wazzup.templates import apply_template_status
from leads.services import add_identity


def handle_wazzup_event(event: InboxEvent) -> bool:
    """Take in one element of a call; False for kinds we don't use and for what is known."""
    account, said = event.account, read_event(event.body)
    match said:
        case MessageEvent():
            return _take_message(account, said)
        case DeliveryUpdate():
            return apply_delivery_update(account, said)
        case ChannelEvent():
            return apply_channel_state(account, said)
        case TemplateEvent():
            return apply_template_status(account, said)
    return False


@transaction.atomic
def _take_message(account: IntegrationAccount, event: MessageEvent) -> bool:
    """A change may come before what it changes, and is then all we shall ever see of it."""
    channel = ensure_channel(account, event.channel_id, event.chat_type)
    is_new = _receive(channel, event)
    if event.is_deleted:
        return _delete(channel, event) or is_new
    if event.is_edited:
        return is_new or _edit(channel, event)
    if event.failure:
        message = event.message
        failed = DeliveryUpdate(message.external_id, "failed", message.sent_at, event.failure)
        return apply_delivery_update(account, failed) or is_new
    return is_new


def _receive(channel: IntegrationAccount, event: MessageEvent) -> bool:
    text = event.message.text or (event.old_text if event.is_deleted else "")
    said = replace(event.message, text=text or _words_for(event.unshown))
    if event.is_echo:
        return receive_echo(channel, InboundEcho(said, event.author_name, event.author_id))
    is_handled = event.is_deleted or event.is_system
    is_new = receive_message(channel, said, is_handled=is_handled)
    if is_new and said.sender.phone and not said.group:
        _note_phone(channel, event)
    return is_new


def _note_phone(channel: IntegrationAccount, event: MessageEvent) -> None:
    """Messengers that tell the number let us see that two clients are one person."""
    phone = normalize_phone(event.message.sender.phone)
    if phone is None or channel.messenger == "whatsapp":
        return
    talks = Conversation.objects.select_related("client")
    talk = talks.get(account=channel, external_id=event.message.chat_id)
    add_identity(talk.client, "phone", phone)


def _edit(channel: IntegrationAccount, event: MessageEvent) -> bool:
    said = event.message
    return apply_edit(channel, InboundEdit(said.external_id, said.chat_id, said.text, said.sent_at))


def _delete(channel: IntegrationAccount, event: MessageEvent) -> bool:
    said = event.message
    return apply_deletion(channel, InboundDeletion(said.external_id, said.chat_id, said.sent_at))


def _words_for(kind: str) -> str:
    """What stands in the thread for something without words."""
    if not kind:
        return ""
    known = {
        "missing_call": _("[Missed call]"),
        "vcard": _("[Contact]"),
        "geo": _("[Place]"),
        "system": _("[Message of the messenger itself]"),
    }
    return known.get(kind, _("[A message this messenger can't pass on: look in the phone]"))
