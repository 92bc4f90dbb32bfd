from __future__ import annotations

from celery import shared_task

from botapp import notices, watch
from common.locks import run_once


@shared_task(name="botapp.tell_of_waiting")
def tell_of_waiting() -> None:
    with run_once("bot-waiting", ttl_s=50) as is_ours:
        if is_ours:
            notices.tell_of_waiting()


@shared_task(name="botapp.send_morning_summary")
def send_morning_summary() -> None:
    with run_once("bot-morning", ttl_s=600) as is_ours:
        if is_ours:
            notices.send_morning_summary()


@shared_task(name="botapp.watch")
def watch_bot() -> None:
    with run_once("bot-watch", ttl_s=50) as is_ours:
        if is_ours:
            watch.watch()
