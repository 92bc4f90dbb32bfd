from __future__ import annotations

from celery import shared_task

from common.locks import run_once
from leads import analysis_batch


@shared_task(name=analysis_batch.TASK)
def analyse_page(batch_id: int) -> None:
    analysis_batch.work_page(batch_id)


@shared_task(name="leads.sweep_analysis")
def sweep_analysis() -> None:
    with run_once("sweep-analysis", ttl_s=60) as is_ours:
        if is_ours:
            analysis_batch.sweep_batches()


@shared_task(name="leads.refresh_analyses")
def refresh_analyses() -> None:
    with run_once("refresh-analyses", ttl_s=600) as is_ours:
        if is_ours:
            analysis_batch.refresh_analyses()
