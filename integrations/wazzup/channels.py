"""The channels of a Wazzup24 connection: rows of their own, kept true by its list and its calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from common.phones import mask_phone
from integrations.channels.wazzup.client import ChannelInfo
from integrations.channels.wazzup.events import ChannelEvent
from integrations.channels.wazzup.transports import OF_CHAT_TYPE, messenger_of
from integrations.models import IntegrationAccount
from integrations.registry import wazzup_client
from integrations.wazzup.states import advice_for

Kind, State = IntegrationAccount.Kind, IntegrationAccount.State
# Who tells people, in plain words, that a connection or a channel needs them; wiring fills it.
alarms: list[Callable[[IntegrationAccount, str], None]] = []


def ensure_channel(
    owner: IntegrationAccount, channel_id: str, chat_type: str
) -> IntegrationAccount:
    """Return the channel's row; one that was never listed is made, so that no message is lost."""
    transport = OF_CHAT_TYPE.get(chat_type, "")
    return _known(owner, channel_id) or _made(owner, channel_id, transport, "")


def _known(owner: IntegrationAccount, channel_id: str) -> IntegrationAccount | None:
    channels = IntegrationAccount.objects.select_related("parent")
    return channels.filter(parent=owner, external_id=channel_id[:80]).first()


def _made(
    owner: IntegrationAccount, channel_id: str, transport: str, title: str
) -> IntegrationAccount:
    messenger = messenger_of(transport)
    name = title or f"{messenger.title} · {channel_id[:4]}"
    if IntegrationAccount.objects.filter(kind=Kind.WAZZUP_CHANNEL, name=name).exists():
        name = f"{name} · {channel_id[:8]}"
    channel, _is_new = IntegrationAccount.objects.get_or_create(
        parent=owner,
        external_id=channel_id[:80],
        defaults={
            "kind": Kind.WAZZUP_CHANNEL,
            "name": name[:80],
            "config": {"transport": transport, "messenger": messenger.name},
        },
    )
    return channel


def sync_channels(owner: IntegrationAccount) -> int:
    """Ask for the list and take it over; return how many there are. Raises a ConnectorError.

    The network comes first, outside of any transaction.
    """
    listed = wazzup_client(owner).channels()
    now = timezone.now()
    for info in listed:
        _take_over(owner, info, now)
    ids = [info.channel_id for info in listed]
    missing = IntegrationAccount.objects.filter(parent=owner).exclude(external_id__in=ids)
    for channel in missing:
        _set_state(channel.pk, "gone", now)
    return len(listed)


def _take_over(owner: IntegrationAccount, info: ChannelInfo, now: datetime) -> None:
    messenger = messenger_of(info.transport)
    title = info.name or f"{messenger.title} {_shown(info.plain_id)}".strip()
    channel = _known(owner, info.channel_id) or _made(owner, info.channel_id, info.transport, title)
    facts = {
        "transport": info.transport,
        "messenger": messenger.name,
        "plain_id": info.plain_id,
    }
    _set_state(channel.pk, info.state, now, facts)


def _shown(plain_id: str) -> str:
    return mask_phone(f"+{plain_id}") if plain_id.isdecimal() else plain_id


def apply_channel_state(owner: IntegrationAccount, event: ChannelEvent) -> bool:
    """Take over what Wazzup24 says of a channel. False if we know better: calls come in any order.

    The QR code that may come along lets its reader into the phone; nothing of it is kept.
    """
    channel = ensure_channel(owner, event.channel_id, "")
    facts = {"tier": event.tier} if event.tier else {}
    return _set_state(channel.pk, event.state, event.at, facts)


@transaction.atomic
def _set_state(
    channel_id: int, state: str, at: datetime, facts: Mapping[str, str] | None = None
) -> bool:
    """Write a state; raise the alarm once, when the channel stops working."""
    channel = IntegrationAccount.objects.select_for_update(no_key=True).get(pk=channel_id)
    known: dict[str, Any] = channel.config
    if at.isoformat() < known.get("state_at", ""):
        return False
    with override(settings.LANGUAGE_CODE):
        advice = advice_for(state)
    was = channel.state
    channel.config = {
        **known,
        **(facts or {}),
        "channel_state": state,
        "state_at": at.isoformat(),
    }
    channel.state, channel.last_error = (State.BROKEN if advice else State.OK), advice[:300]
    if not advice:
        channel.last_ok_at = at
    channel.save(update_fields=["config", "state", "last_error", "last_ok_at", "updated_at"])
    if advice and was != State.BROKEN and channel.is_enabled:
        for tell in alarms:
            tell(channel, advice)
    return True
