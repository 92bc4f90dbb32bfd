from __future__ import annotations

from celery import shared_task

from chat.services import bot_return
from common.locks import run_once


@shared_task(name="chat.return_bots")
def return_bots() -> None:
    with run_once("return-bots", ttl_s=300) as is_ours:
        if is_ours:
            bot_return.return_bots()
