"""The analysis of all leads: started, stopped and resumed by people, done page by page by workers.

The row is the truth: what the broker forgets the sweeper finds. A page that is done twice changes
nothing, because an analysis is worked out anew each time and counted only with the cursor.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from common.errors import Conflict
from integrations.delivery.wake import wake
from leads.analysis import read_anew, reanalyse
from leads.models import AnalysisBatch, Lead, LeadAnalysis
from leads.models.lead import CLOSED

log = structlog.get_logger(__name__)

TASK = "leads.analyse_page"
Status = AnalysisBatch.Status
# Short enough that a client's message does not wait behind it.
PAGE = 50
LEASE = timedelta(seconds=60)
FAILED_KEPT = 20
STALE_AFTER = timedelta(hours=20)
REFRESHED_AT_ONCE = 500


@transaction.atomic
def start_batch(user: User) -> AnalysisBatch:
    """Analyse all leads there are now, the newest first. Enqueues the first page.

    Raises Conflict while another run goes on.
    """
    newest = Lead.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    try:
        with transaction.atomic():
            batch = AnalysisBatch.objects.create(
                total=Lead.objects.count(), cursor=newest + 1, started_by=user
            )
    except IntegrityError as error:
        raise Conflict(_("The analysis is already running."), code="running") from error
    wake(TASK, batch.pk)
    return batch


def stop_batch(batch_id: int) -> bool:
    """Let the run end after the page that is in work; it can be resumed. Safe twice."""
    running = AnalysisBatch.objects.filter(pk=batch_id, status=Status.RUNNING)
    return bool(running.update(status=Status.STOPPED))


@transaction.atomic
def resume_batch(batch_id: int) -> bool:
    """Go on where the run was stopped. Safe twice; raises Conflict while another run goes on."""
    stopped = AnalysisBatch.objects.filter(pk=batch_id, status=Status.STOPPED)
    try:
        with transaction.atomic():
            is_resumed = bool(stopped.update(status=Status.RUNNING))
    except IntegrityError as error:
        raise Conflict(_("The analysis is already running."), code="running") from error
    if is_resumed:
        wake(TASK, batch_id)
    return is_resumed


def latest_batch() -> AnalysisBatch | None:
    return AnalysisBatch.objects.select_related("started_by").order_by("-pk").first()


def work_page(batch_id: int) -> bool:
    """Do the next page, if nobody else has it in hand; return whether something was done."""
    lease = timezone.now() + LEASE
    if not _claim(batch_id, lease):
        return False
    batch = AnalysisBatch.objects.get(pk=batch_id)
    ids = list(
        Lead.objects.filter(pk__lt=batch.cursor).order_by("-pk").values_list("pk", flat=True)[:PAGE]
    )
    failed = [lead_id for lead_id in ids if not _is_done(read_anew, lead_id)]
    with transaction.atomic():
        if _finish_page(batch, lease, ids, failed) and ids:
            wake(TASK, batch_id)
    return True


def _claim(batch_id: int, lease: datetime) -> bool:
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    running = AnalysisBatch.objects.filter(free, pk=batch_id, status=Status.RUNNING)
    return bool(running.update(lease_until=lease))


def _is_done(work: Callable[[int], None], lead_id: int) -> bool:
    """One bad lead must not keep the others from being done."""
    try:
        work(lead_id)
    except Lead.DoesNotExist:
        # Deleted since the page was read.
        return True
    except Exception as error:
        log.exception("analysis_failed", lead=lead_id, reason=type(error).__name__)
        return False
    return True


def _finish_page(batch: AnalysisBatch, lease: datetime, ids: list[int], failed: list[int]) -> bool:
    """Move the cursor and the counters at once; False if another worker has taken over."""
    ours = AnalysisBatch.objects.filter(pk=batch.pk, lease_until=lease, cursor=batch.cursor)
    changes = {
        "lease_until": None,
        "cursor": ids[-1] if ids else batch.cursor,
        "done": F("done") + len(ids),
        "errors": F("errors") + len(failed),
        "failed": [*batch.failed, *failed][-FAILED_KEPT:],
    }
    is_ours = bool(ours.update(**changes))
    if is_ours and not ids:
        ended = AnalysisBatch.objects.filter(pk=batch.pk)
        ended.update(status=Status.DONE, finished_at=timezone.now())
    return is_ours


def sweep_batches() -> None:
    """Take up the run whose wake-up was lost or whose worker has died."""
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    running = AnalysisBatch.objects.filter(free, status=Status.RUNNING)
    for batch_id in running.values_list("pk", flat=True):
        work_page(batch_id)


def refresh_analyses() -> int:
    """Work out anew the open leads whose analysis is a day old; return how many. Safe twice."""
    old = LeadAnalysis.objects.filter(analysed_at__lt=timezone.now() - STALE_AFTER)
    due = old.exclude(lead__stage__in=CLOSED).order_by("analysed_at")
    ids = list(due.values_list("pk", flat=True)[:REFRESHED_AT_ONCE])
    return sum(_is_done(reanalyse, lead_id) for lead_id in ids)
