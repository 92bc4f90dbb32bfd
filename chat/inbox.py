from __future__ import annotations

from collections.abc import Iterable

from chat.models import Conversation
from chat.services.changes import apply_deletion, apply_delivery_update, apply_edit
from chat.services.echo import receive_echo
from chat.services.inbound import receive_message
from integrations.channels.base import (
    DeliveryUpdate,
    InboundDeletion,
    InboundEcho,
    InboundEdit,
    InboundItem,
)
from integrations.models import InboxEvent, IntegrationAccount
from integrations.registry import channel_connector


def handle_channel_event(event: InboxEvent) -> bool:
    """Take in all that an event of a messaging channel says; False if none of it was new."""
    return take_in(event.account, channel_connector(event.account).parse(event.body))


def take_in(
    account: IntegrationAccount,
    items: Iterable[InboundItem],
    conversation: Conversation | None = None,
) -> bool:
    """Take in what a channel says; False if none of it was new.

    `conversation`: the locked one they all belong to, where the caller has it.
    """
    # All of them, also behind one that is new.
    return max([_take(account, item, conversation) for item in items], default=False)


def _take(
    account: IntegrationAccount, item: InboundItem, conversation: Conversation | None
) -> bool:
    match item:
        case InboundEcho():
            return receive_echo(account, item)
        case InboundEdit():
            return apply_edit(account, item)
        case InboundDeletion():
            return apply_deletion(account, item)
        case DeliveryUpdate():
            return apply_delivery_update(account, item)
    return receive_message(account, item, conversation=conversation)
