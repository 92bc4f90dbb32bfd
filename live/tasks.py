from celery import shared_task

from live import services


@shared_task(name="live.prune_live_events")
def prune_live_events() -> None:
    services.prune()
