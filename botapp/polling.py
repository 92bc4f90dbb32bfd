"""Asks Telegram for updates and stores them. What they mean is the worker's business.

An update is confirmed by the next question only, which is asked after the rows are committed: a
process that dies in between gets it again, and the same row is no second one.
"""

from __future__ import annotations

import asyncio
import functools
import json
import signal
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from asgiref.sync import sync_to_async
from django.db import Error as DatabaseFault
from django.db import close_old_connections, connection, transaction
from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from botapp import process
from botapp.watch import KINDS, repair_webhook
from integrations.accounts import telegram_config, telegram_uses_webhook
from integrations.channels.telegram.connector import TelegramConfig
from integrations.channels.telegram.webhook import event_of
from integrations.delivery.inbox import receive_all
from integrations.models import IntegrationAccount

log = structlog.get_logger(__name__)

LONG_POLL_S = 25
# How soon a wish of the back office is obeyed, with some air below five seconds.
LOOK_EVERY_S = 1.5
PAUSES_S = (1.0, 2.0, 5.0, 10.0, 30.0)


class Poller:
    """`once`: stop when nothing is waiting; for tests and for a look by hand."""

    def __init__(self, account: IntegrationAccount, *, once: bool = False) -> None:
        self._account, self._once = account, once
        self._stop = asyncio.Event()
        self._offset = 0
        self._failures = 0
        self._token = ""

    def stop_on_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stop.set)

    async def run(self) -> None:
        """Poll until somebody wants the process to end; rest while nobody wants it to run."""
        while not self._stop.is_set():
            config = await _in_thread(self._wanted_config)
            if config:
                await self._try(functools.partial(self._poll_while_wanted, config))
            elif self._once:
                return
            else:
                await self._rest(LOOK_EVERY_S)
            if self._once and not self._failures:
                return
        await _in_thread(lambda: process.note(self._account.pk, is_running=False))

    def _wanted_config(self) -> TelegramConfig | None:
        """The present token and address, or None while the bot shall rest."""
        process.note(self._account.pk, is_running=False)
        return self._config()

    def _config(self) -> TelegramConfig | None:
        if not process.is_wanted(self._account.pk):
            return None
        self._account.refresh_from_db()
        if telegram_uses_webhook(self._account):
            return None
        return telegram_config(self._account)

    def _still(self, config: TelegramConfig) -> bool:
        """Whether to go on just so: wanted, and neither token nor mode has changed."""
        process.note(self._account.pk)
        return self._config() == config

    async def _poll_while_wanted(self, config: TelegramConfig) -> None:
        async with bot_of(config) as bot:
            await self._begin(bot)
            while not self._stop.is_set() and await _in_thread(lambda: self._still(config)):
                await self._try(functools.partial(self._poll, bot, config))
                if self._once and not self._failures:
                    return

    async def _begin(self, bot: Bot) -> None:
        """A registered address would keep every update from us."""
        await bot.delete_webhook()
        me = await bot.get_me()
        await _in_thread(lambda: remember_bot(self._account, me.username or ""))

    async def _poll(self, bot: Bot, config: TelegramConfig) -> None:
        asked = asyncio.ensure_future(self._ask(bot))
        while not asked.done():
            await asyncio.wait([asked], timeout=LOOK_EVERY_S)
            if asked.done():
                break
            if self._stop.is_set() or not await _in_thread(lambda: self._still(config)):
                asked.cancel()
                await asyncio.wait([asked])
                return
        updates = asked.result()
        # Rows first. Only then does the next question confirm them.
        await _in_thread(lambda: self._store(updates))
        self._failures = 0
        if updates:
            self._offset = updates[-1]["update_id"] + 1

    async def _ask(self, bot: Bot) -> list[dict[str, Any]]:
        wait = 0 if self._once else LONG_POLL_S
        found = await bot.get_updates(
            offset=self._offset, timeout=wait, allowed_updates=KINDS, read_timeout=wait + 10
        )
        return [_as_json(update) for update in found]

    def _store(self, updates: list[dict[str, Any]]) -> None:
        receive_all(self._account.pk, [event_of(update) for update in updates])
        process.note_success(self._account.pk)

    async def _try(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do it; after a failure say so in the row and wait longer each time."""
        try:
            await act()
        except (TelegramError, DatabaseFault) as error:
            self._failures += 1
            log.warning("poll_failed", reason=type(error).__name__)
            await self._note_failure(error)
            await self._rest(_pause(error, self._failures))

    async def _note_failure(self, error: Exception) -> None:
        try:
            await _in_thread(lambda: process.note_failure(self._account.pk, error))
        except DatabaseFault:
            return

    async def _rest(self, seconds: float) -> None:
        """Wait, but not longer than somebody wants us to stop; and stay alive in the row."""
        until = time.monotonic() + seconds
        while not self._stop.is_set() and (left := until - time.monotonic()) > 0:
            try:
                await asyncio.wait_for(self._stop.wait(), min(left, LOOK_EVERY_S))
            except TimeoutError:
                continue


def bot_of(config: TelegramConfig) -> Bot:
    """The library's client with our time-outs; nothing of the environment's proxies."""
    request = HTTPXRequest(connect_timeout=10, read_timeout=15, httpx_kwargs={"trust_env": False})
    polling = HTTPXRequest(connect_timeout=10, httpx_kwargs={"trust_env": False})
    return Bot(
        config.token,
        base_url=f"{config.base_url}/bot",
        base_file_url=f"{config.base_url}/file/bot",
        request=request,
        get_updates_request=polling,
    )


def remember_bot(account: IntegrationAccount, username: str) -> None:
    """Commands in groups name the bot; links to it do too. A new bot is introduced to Telegram."""
    if username and account.config.get("username") != username:
        account.config["username"] = username
        with transaction.atomic():
            account.save(update_fields=["config", "updated_at"])
            repair_webhook(account)


def _as_json(update: Update) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(update.to_json())
    return content


def _pause(error: Exception, failures: int) -> float:
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        return float(wait if isinstance(wait, int) else wait.total_seconds())
    if isinstance(error, Conflict | InvalidToken):
        return PAUSES_S[-1]
    return PAUSES_S[min(failures, len(PAUSES_S)) - 1]


async def _in_thread(function: Callable[[], Any]) -> Any:
    """The database is asked in one thread of its own, with a connection that is still good."""

    def run() -> Any:
        if not connection.in_atomic_block:
            close_old_connections()
        return function()

    return await sync_to_async(run, thread_sensitive=True)()
