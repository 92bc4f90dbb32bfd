from __future__ import annotations

from celery import shared_task

from common.locks import run_once
from integrations.delivery import inbox, outbox, sweep
from integrations.models import IntegrationAccount
from integrations.wazzup import care
from integrations.webhooks import spool


@shared_task(name=inbox.TASK)
def process_inbox_events(event_ids: list[int]) -> None:
    for event_id in event_ids:
        inbox.process(event_id)


@shared_task(name=outbox.TASK)
def deliver_outbox_message(message_id: int) -> None:
    outbox.deliver(message_id)


@shared_task(name="integrations.sweep_inbox")
def sweep_inbox() -> None:
    with run_once("sweep-inbox", ttl_s=60) as is_ours:
        if is_ours:
            sweep.sweep_inbox()


@shared_task(name="integrations.sweep_outbox")
def sweep_outbox() -> None:
    with run_once("sweep-outbox", ttl_s=60) as is_ours:
        if is_ours:
            sweep.sweep_outbox()


@shared_task(name="integrations.prune_events")
def prune_events() -> None:
    with run_once("prune-events", ttl_s=600) as is_ours:
        if is_ours:
            sweep.prune_events()


@shared_task(name="integrations.look_after_wazzup")
def look_after_wazzup() -> None:
    with run_once("look-after-wazzup", ttl_s=240) as is_ours:
        if is_ours:
            care.look_after_all()


@shared_task(name=care.TASK)
def look_after_wazzup_account(account_id: int) -> None:
    care.look_after(IntegrationAccount.objects.get(pk=account_id))


@shared_task(name="integrations.store_kept_webhooks")
def store_kept_webhooks() -> None:
    spool.store_kept()
