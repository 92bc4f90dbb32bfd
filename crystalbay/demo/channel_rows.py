"""The channels of the demo world: the site chat, and WhatsApp and Instagram of a fake Wazzup24."""

from __future__ import annotations

from datetime import datetime

from crystalbay.demo.people import Person
from crystalbay.demo.stories import Line
from integrations.accounts import wazzup_account, wazzup_config, webchat_account
from integrations.fakes.wazzup_demo import INSTAGRAM, TEMPLATE, TEMPLATE_TEXT, WHATSAPP
from integrations.models import IntegrationAccount, MessageTemplate
from integrations.registry import channel_capabilities

Kind, State = IntegrationAccount.Kind, IntegrationAccount.State
# Source of a lead -> id of the channel there, its transport and name.
MESSENGERS = {
    "whatsapp": (WHATSAPP, "wapi", "WhatsApp агентства"),
    "instagram": (INSTAGRAM, "instagram", "Instagram агентства"),
}


class Channels:
    """Where an invented person writes. With a real key nothing is invented behind it."""

    def __init__(self) -> None:
        self._webchat = webchat_account()
        owner = wazzup_account()
        self._by_source: dict[str, IntegrationAccount] = {}
        if wazzup_config(owner) is None:
            self._by_source = {source: _channel(owner, source) for source in MESSENGERS}
            _save_template(owner)

    def of(self, person: Person) -> IntegrationAccount:
        return self._by_source.get(person.source, self._webchat)

    def chat_id(self, person: Person) -> str:
        if person.source not in self._by_source:
            return person.chat_id
        address = dict(person.addresses)[person.source]
        return f"{person.source}:{address.lstrip('+')}"

    def window_closes_at(self, person: Person, lines: list[Line]) -> datetime | None:
        window = channel_capabilities(self.of(person)).window
        said = [line.at for line in lines if line.author == "customer"]
        return max(said) + window if window and said else None


def _channel(owner: IntegrationAccount, source: str) -> IntegrationAccount:
    channel_id, transport, name = MESSENGERS[source]
    channel, _is_new = IntegrationAccount.objects.get_or_create(
        parent=owner,
        external_id=channel_id,
        defaults={
            "kind": Kind.WAZZUP_CHANNEL,
            "name": name,
            "state": State.OK,
            "config": {"transport": transport, "messenger": source, "channel_state": "active"},
        },
    )
    return channel


def _save_template(owner: IntegrationAccount) -> None:
    MessageTemplate.objects.get_or_create(
        account=owner,
        external_id=TEMPLATE,
        defaults={
            "title": "Вернуться к разговору",
            "text": TEMPLATE_TEXT,
            "category": "utility",
            "language": "ru",
            "status": MessageTemplate.Status.APPROVED,
            "channel_ids": [WHATSAPP],
            "variables": ["имя", "страна"],
        },
    )
