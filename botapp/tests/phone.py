"""A client with a phone, a fake Bot API behind it, and ourselves with a worker in between."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client as Http
from django.utils import timezone

from botapp.polling import Poller
from botapp.process import process_of
from chat.models import Conversation, Message
from integrations.delivery import inbox, outbox
from integrations.fakes.telegram import FakeTelegram
from integrations.models import InboxEvent, IntegrationAccount, OutboxMessage
from leads.models import Lead
from leads.selectors import current_facts

# For tests whose subject is how updates come as well as what is done with them.
both_modes = pytest.mark.parametrize("world", ["polling", "webhook"], indirect=True)
SECRET = "HTTP_X_TELEGRAM_BOT_API_SECRET_TOKEN"


@dataclass
class World:
    fake: FakeTelegram
    account: IntegrationAccount
    mode: str

    def __post_init__(self) -> None:
        process_of(self.account)
        self.http = Http()
        if self.mode == "webhook":
            self.fake.webhook = {"url": "https://desk.example.com/hook"}
            self.fake.on_update = self.call_us

    @property
    def webhook_url(self) -> str:
        return f"/webhooks/telegram/{self.account.public_id}/"

    def call_us(self, update: dict[str, Any]) -> None:
        """Telegram calls our webhook, with the secret it was given."""
        secret = {SECRET: self.account.secrets["webhook_secrets"][0]}
        answer = self.http.post(
            self.webhook_url, json.dumps(update), content_type="application/json", **secret
        )
        assert answer.status_code == 200

    def phone(self, chat_id: int, name: str = "Айгуль", language: str = "ru") -> Phone:
        self.fake.person(chat_id, name, language)
        return Phone(self, chat_id)

    def run(self) -> None:
        """Bring in what waits, and do all that a worker would."""
        if self.mode == "polling":
            self.poll()
        self.work()

    def poll(self) -> None:
        async_to_sync(_poll)(self.account)

    def work(self, limit: int = 500) -> None:
        for _turn in range(limit):
            if not (self._process() or self._deliver()):
                return
        raise AssertionError("the worker never comes to an end")

    def _process(self) -> bool:
        events = InboxEvent.objects.filter(status="pending", next_try_at__lte=timezone.now())
        return sum(inbox.process(pk) for pk in _ids(events)) > 0

    def _deliver(self) -> bool:
        rows = OutboxMessage.objects.filter(status="pending", next_try_at__lte=timezone.now())
        return sum(outbox.deliver(pk) for pk in _ids(rows)) > 0


def _ids(rows: Any) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


async def _poll(account: IntegrationAccount) -> None:
    await Poller(account, once=True).run()


@dataclass
class Phone:
    world: World
    chat_id: int

    @property
    def fake(self) -> FakeTelegram:
        return self.world.fake

    def writes(self, text: str = "", **content: Any) -> dict[str, Any]:
        update = self.fake.writes(self.chat_id, text, **content)
        self.world.run()
        return update

    def presses(self, *labels: str) -> None:
        for label in labels:
            self.fake.presses(self.chat_id, label.replace("_", "\xa0"))
            self.world.run()

    def edits(self, message_id: int, text: str) -> None:
        self.fake.edits(self.chat_id, message_id, text)
        self.world.run()

    @property
    def shown(self) -> list[dict[str, Any]]:
        return self.fake.sent_to(self.chat_id)

    @property
    def texts(self) -> list[str]:
        return [message.get("text", "") for message in self.shown]

    @property
    def last(self) -> str:
        return self.texts[-1]

    def keys(self, back: int = 1) -> list[str]:
        markup = self.shown[-back].get("reply_markup") or {}
        return [key["text"] for row in markup.get("inline_keyboard", []) for key in row]

    @property
    def talk(self) -> Conversation:
        return Conversation.objects.select_related("lead", "client").get(
            external_id=str(self.chat_id)
        )

    @property
    def lead(self) -> Lead:
        lead = self.talk.lead
        assert lead
        return lead

    @property
    def facts(self) -> dict[str, Any]:
        return dict(current_facts(self.lead.pk))

    @property
    def own_words(self) -> list[str]:
        """What the client wrote, as the thread in the back office keeps it."""
        messages = self.talk.messages.filter(author=Message.Author.CUSTOMER)
        return list(messages.order_by("pk").values_list("text", flat=True))
