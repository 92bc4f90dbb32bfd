from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from botapp.lock import only_poller
from botapp.polling import Poller
from botapp.process import process_of
from integrations.accounts import telegram_account, telegram_uses_webhook
from integrations.models import IntegrationAccount

LOCK_WAIT_S = 5.0


async def _poll(account: IntegrationAccount, *, once: bool) -> None:
    poller = Poller(account, once=once)
    poller.stop_on_signals()
    await poller.run()


class Command(BaseCommand):
    """Ask Telegram for updates until SIGTERM. One process per bot; a second one waits."""

    help = "Telegram: получает сообщения опросом. Работает, пока не остановят."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="Забрать, что ждёт, и закончить.")
        parser.add_argument(
            "--wait", action="store_true", help="Без подключения ждать, пока оно появится."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # The token stands in every address that the library's client would log.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        account = self._account(is_patient=options["wait"])
        process_of(account)
        while True:
            with only_poller(account.pk) as is_ours:
                if is_ours:
                    asyncio.run(_poll(account, once=options["once"]))
                    return
            if options["once"]:
                raise CommandError("Бот уже запущен в другом процессе.")
            time.sleep(LOCK_WAIT_S)

    def _account(self, *, is_patient: bool) -> IntegrationAccount:
        while (account := telegram_account()) is None:
            if not is_patient:
                raise CommandError("Нет подключения Telegram: задайте TELEGRAM_BOT_TOKEN.")
            close_old_connections()
            time.sleep(LOCK_WAIT_S)
        if telegram_uses_webhook(account) and not is_patient:
            raise CommandError("Выбран режим webhook (TELEGRAM_MODE): опрос не нужен.")
        return account
