"""The library's application: reads an update and finds its handler, and stays off the network."""

from __future__ import annotations

import json
from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    MessageHandler,
    filters,
)
from telegram.request import BaseRequest, RequestData

from botapp.bridge import Callback, Handler, callback, spoken
from botapp.handlers import buttons, clients, members, staff
from integrations.accounts import telegram_config
from integrations.models import IntegrationAccount

AnyApplication = Application[Any, Any, Any, Any, Any, Any]
NEW, EDITED = filters.UpdateType.MESSAGE, filters.UpdateType.EDITED_MESSAGE
PRIVATE, GROUPS = filters.ChatType.PRIVATE, filters.ChatType.GROUPS
COMMANDS: dict[str, Handler] = {
    "start": clients.start,
    "tours": clients.tours,
    "mybookings": clients.my_bookings,
    "operator": clients.operator,
    "language": clients.language,
    "help": clients.help_me,
    "stop": clients.stop,
}


class Offline(BaseRequest):
    """Who the bot is stands in the account; anything else must go through the outbox."""

    def __init__(self, bot: dict[str, Any]) -> None:
        self._bot = bot

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **kw: Any
    ) -> tuple[int, bytes]:
        name = url.rpartition("/")[2]
        if name != "getMe":
            raise RuntimeError(f"{name} was called by a handler; use the outbox")
        return 200, json.dumps({"ok": True, "result": self._bot}).encode()


def build_application(account: IntegrationAccount, body: str) -> AnyApplication:
    """An application for one stored update; its handlers see the account and the update's body."""
    config = telegram_config(account)
    token = config.token if config else "0:none"
    bot = {
        "id": int(token.partition(":")[0]),
        "is_bot": True,
        "first_name": account.name,
        "username": account.config.get("username", "bot"),
    }
    request = Offline(bot)
    builder = Application.builder().token(token).request(request).get_updates_request(request)
    application = builder.updater(None).job_queue(None).build()
    application.bot_data.update(account=account, body=body)
    application.add_handlers(handlers())
    return application


def for_client(handler: Handler) -> Callback:
    return callback(staff.or_client(spoken(handler)))


def handlers() -> list[BaseHandler[Update, Any, Any]]:
    """The first that fits takes an update."""
    commands: list[BaseHandler[Update, Any, Any]] = [
        CommandHandler(name, callback(staff.or_client(spoken(handler))), filters=NEW & PRIVATE)
        for name, handler in COMMANDS.items()
    ]
    return [
        *commands,
        CommandHandler("link", callback(staff.link_group), filters=NEW & GROUPS),
        MessageHandler(NEW & GROUPS & filters.REPLY, callback(staff.reply_in_chat)),
        MessageHandler(NEW & PRIVATE & filters.CONTACT, for_client(clients.contact)),
        MessageHandler(
            NEW & PRIVATE & filters.COMMAND,
            for_client(clients.unknown_command),
        ),
        MessageHandler(NEW & PRIVATE, callback(staff.or_client(clients.words))),
        MessageHandler(EDITED & PRIVATE, callback(clients.changed_words)),
        CallbackQueryHandler(callback(buttons.press)),
        ChatMemberHandler(callback(members.changed), ChatMemberHandler.MY_CHAT_MEMBER),
    ]
