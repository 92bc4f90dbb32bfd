"""A Wazzup24 account for tests: the fake server, and a worker that does at once what waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.test import Client as Browser
from django.utils import timezone

from chat.models import Conversation, Message
from integrations import registry
from integrations.accounts import wazzup_account
from integrations.delivery import outbox, sweep
from integrations.fakes.wazzup import FakeWazzup
from integrations.models import InboxEvent, IntegrationAccount, OutboxMessage
from integrations.wazzup.channels import sync_channels

PHONE = "77010000001"


class Wazzup:
    """`events()` sends what the fake has to say and lets the worker do everything."""

    def __init__(self, transport: str = "whatsapp") -> None:
        for cached in (registry.demo_wazzup, registry._demo_wazzup):
            cached.cache_clear()
        self.fake: FakeWazzup = registry.demo_wazzup()
        self.fake.channels.clear()
        self.fake.templates.clear()
        self.account = wazzup_account()
        secret = self.account.secrets["webhook_secrets"][0]
        self.fake.calls.uri = (
            f"https://desk.example.com/webhooks/wazzup/{self.account.public_id}/{secret}/"
        )
        self.fake.calls.post = self._post
        self.channel_id = self.add_channel(transport)

    def add_channel(self, transport: str, plain_id: str = "77270000000") -> str:
        channel_id = self.fake.add_channel(transport, plain_id)
        sync_channels(self.account)
        return channel_id

    @property
    def channel(self) -> IntegrationAccount:
        return IntegrationAccount.objects.get(external_id=self.channel_id)

    def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        answer = Browser().post(
            urlsplit(url).path,
            body,
            content_type=headers["content-type"],
            headers={name: value for name, value in headers.items() if name != "content-type"},
        )
        return answer.status_code

    def client_writes(self, text: str = "Здравствуйте", **more: Any) -> dict[str, Any]:
        chat_id = more.pop("chat_id", PHONE)
        channel_id = more.pop("channel_id", self.channel_id)
        said = self.fake.calls.client_writes(channel_id, chat_id, text, **more)
        self.events()
        return said

    def staff_writes(self, text: str, **more: Any) -> dict[str, Any]:
        said = self.fake.calls.staff_writes_on_phone(self.channel_id, PHONE, text, **more)
        self.events()
        return said

    def events(self) -> None:
        self.fake.calls.flush()
        work()

    @property
    def talk(self) -> Conversation:
        return Conversation.objects.select_related("account__parent", "client", "lead").get(
            external_id=f"whatsapp:{PHONE}", account__external_id=self.channel_id
        )

    def said(self, author: str) -> list[Message]:
        return list(self.talk.messages.filter(author=author).order_by("pk"))

    def texts_at_wazzup(self) -> list[str]:
        return [message["text"] for message in self.fake.sent if "text" in message]


def work() -> None:
    """Do everything that is due, as often as something new becomes due."""
    for _round in range(20):
        InboxEvent.objects.filter(status="pending", attempts=0).update(next_try_at=_past())
        OutboxMessage.objects.filter(status="pending", attempts=0).update(next_try_at=_past())
        if not sweep.sweep_inbox() + sweep.sweep_outbox():
            return


def retry_due() -> None:
    """Let the time of the next tries come."""
    OutboxMessage.objects.filter(status="pending").update(next_try_at=_past())
    for pk in OutboxMessage.objects.filter(status="pending").values_list("pk", flat=True):
        outbox.deliver(pk)


def _past() -> Any:
    return timezone.now() - timedelta(seconds=10)
