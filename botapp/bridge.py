"""The only border between the library's async world and our rows.

A handler is an ordinary function of one `Turn`. It runs in the thread, and so in the transaction,
of whoever processes the stored update; nothing in it talks to Telegram: what the bot does are rows.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from asgiref.sync import sync_to_async
from django.utils import translation
from telegram import Update
from telegram.ext import CallbackContext

from chat.models import Conversation
from chat.services.inbound import ensure_conversation
from integrations.channels.base import InboundItem, Sender
from integrations.channels.telegram.parsing import items_of
from integrations.models import IntegrationAccount

LANGUAGES = ("ru", "kk", "en")
Callback = Callable[[Update, Any], Coroutine[Any, Any, None]]


@dataclass
class Turn:
    """One update of a chat, as a handler sees it."""

    account: IntegrationAccount
    update: Update
    body: str

    @property
    def chat_id(self) -> str:
        chat = self.update.effective_chat
        assert chat is not None
        return str(chat.id)

    @property
    def sender(self) -> Sender:
        person = self.update.effective_user
        assert person is not None
        return Sender(external_id=str(person.id), name=person.full_name.replace("\x00", "")[:120])

    @cached_property
    def items(self) -> list[InboundItem]:
        return list(items_of(self.body))

    @cached_property
    def conversation(self) -> Conversation:
        """The locked conversation of a client's chat, made on first sight."""
        spoken = (getattr(self.update.effective_user, "language_code", "") or "")[:2]
        language = spoken if spoken in LANGUAGES else LANGUAGES[0]
        return ensure_conversation(self.account, self.chat_id, self.sender, language=language)


def argument(turn: Turn) -> str:
    """What stands behind a command."""
    message = turn.update.effective_message
    words = (message.text or "").split(maxsplit=1) if message else []
    return words[1].strip() if len(words) > 1 else ""


Handler = Callable[[Turn], None]


def callback(handler: Handler) -> Callback:
    """A handler as the library wants it."""

    async def call(update: Update, context: CallbackContext[Any, Any, Any, Any]) -> None:
        turn = Turn(context.bot_data["account"], update, context.bot_data["body"])
        await sync_to_async(handler, thread_sensitive=True)(turn)

    return call


def spoken(handler: Handler) -> Handler:
    """Run a client's handler in the language of the talk."""

    def run(turn: Turn) -> None:
        with translation.override(turn.conversation.language):
            handler(turn)

    return run
