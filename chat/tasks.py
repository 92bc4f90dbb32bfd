from __future__ import annotations

from celery import shared_task

from chat import wazzup_push
from chat.services import bot_return, changes
from common.locks import run_once


@shared_task(name="chat.return_bots")
def return_bots() -> None:
    with run_once("return-bots", ttl_s=300) as is_ours:
        if is_ours:
            bot_return.return_bots()


@shared_task(name="chat.push_wazzup_directory")
def push_wazzup_directory() -> None:
    with run_once("push-wazzup-directory", ttl_s=900) as is_ours:
        if is_ours:
            wazzup_push.push_directory()


@shared_task(name="chat.forget_early_reports")
def forget_early_reports() -> None:
    with run_once("forget-early-reports", ttl_s=600) as is_ours:
        if is_ours:
            changes.forget_early_reports()
