from __future__ import annotations

from celery import shared_task

from bookings.models import CatalogueSync
from bookings.services import catalogue
from bookings.services.pruning import prune_offers
from common.locks import run_once

# Under the time limit of a task: a long sync goes on in the next one.
BUDGET_S = 40.0


@shared_task(name=catalogue.TASK)
def sync_catalogue(sync_id: int) -> None:
    with run_once("sync-catalogue", ttl_s=110) as is_ours:
        has_more = is_ours and catalogue.continue_sync(sync_id, BUDGET_S)
    if has_more:
        sync_catalogue.apply_async((sync_id,), countdown=1)


@shared_task(name="bookings.start_nightly_sync")
def start_nightly_sync() -> None:
    catalogue.start_sync()


@shared_task(name="bookings.resume_syncs")
def resume_syncs() -> None:
    """A sync whose worker was killed, or whose operator was away, goes on."""
    for sync in CatalogueSync.objects.filter(status=CatalogueSync.Status.RUNNING):
        sync_catalogue(sync.pk)


@shared_task(name="bookings.prune_offers")
def prune_old_offers() -> None:
    with run_once("prune-offers", ttl_s=600) as is_ours:
        if is_ours:
            prune_offers()
