"""The operator's dictionaries → `CatalogueEntry`: only what changed is written."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from bookings.matching import entry_key
from bookings.models import CatalogueEntry, CatalogueSync, CatalogueSyncStep
from bookings.operator import ask_operator
from integrations.delivery.wake import wake
from integrations.tours.base import CatalogueRow
from integrations.transport.errors import ConnectorError, TransientError

TASK = "bookings.sync_catalogue"
CHUNK = 1000
MOST_FAILURES = 20
COMPARED = ("name", "name_alt", "parent", "stars", "details")

Status = CatalogueSync.Status


def start_sync(author: User | None = None) -> CatalogueSync:
    """Begin a sync, or return the one that runs. Wakes the worker."""
    running = CatalogueSync.objects.filter(status=Status.RUNNING).first()
    if running:
        return running
    try:
        with transaction.atomic():
            sync = CatalogueSync.objects.create(author=author)
            wake(TASK, sync.pk)
    except IntegrityError:  # somebody else was a moment faster
        return CatalogueSync.objects.get(status=Status.RUNNING)
    return sync


def continue_sync(sync_id: int, budget_s: float) -> bool:
    """Do as many steps as fit into the time; return whether there is more to do at once.

    May be cut off anywhere and called again: finished steps are not repeated. Network calls.
    """
    sync = CatalogueSync.objects.get(pk=sync_id)
    if sync.status != Status.RUNNING:
        return False
    stop_at = time.monotonic() + budget_s
    try:
        for step in _steps_left(sync):
            if time.monotonic() > stop_at:
                return True
            _do_step(sync, step)
    except IntegrityError:  # another worker has just done the same step, and goes on
        return False
    except TransientError as error:
        _note_failure(sync, error)
        return False
    except ConnectorError as error:
        _end(sync, Status.FAILED, error=error.message[:300])
        return False
    _finish(sync)
    return False


def _steps_left(sync: CatalogueSync) -> list[str]:
    if not sync.steps:
        sync.steps = ask_operator(lambda operator: operator.catalogue_steps())
        sync.save(update_fields=["steps"])
    done = set(sync.done.values_list("name", flat=True))
    return [step for step in sync.steps if step not in done]


def _do_step(sync: CatalogueSync, step: str) -> None:
    rows = ask_operator(lambda operator: operator.read_catalogue(step))
    with transaction.atomic():
        written = store_rows(rows)
        kind = step.partition(":")[0]
        codes = [row.code for row in rows]
        CatalogueSyncStep.objects.create(sync=sync, name=step, kind=kind, codes=codes)
        CatalogueSync.objects.filter(pk=sync.pk).update(
            steps_done=F("steps_done") + 1,
            rows_read=F("rows_read") + len(rows),
            rows_written=F("rows_written") + written,
            failures=0,
        )


def _note_failure(sync: CatalogueSync, error: TransientError) -> None:
    """The beat comes again in a minute; a sync that makes no progress for long ends."""
    CatalogueSync.objects.filter(pk=sync.pk).update(
        failures=F("failures") + 1, error=error.message[:300]
    )
    sync.refresh_from_db()
    if sync.failures >= MOST_FAILURES:
        _end(sync, Status.FAILED)


def store_rows(rows: Iterable[CatalogueRow], *, operator: str = "samo") -> int:
    """Write the rows that are new or differ from what is stored; return how many."""
    unique = {(row.kind, row.code): row for row in rows}
    return sum(_store_chunk(chunk, operator) for chunk in _chunks(unique.values()))


def _store_chunk(rows: Sequence[CatalogueRow], operator: str) -> int:
    kinds, codes = {row.kind for row in rows}, [row.code for row in rows]
    stored = CatalogueEntry.objects.filter(operator=operator, kind__in=kinds, code__in=codes)
    known = {
        (kind, code): (vanished_at, *values)
        for kind, code, vanished_at, *values in stored.values_list(
            "kind", "code", "vanished_at", *COMPARED
        )
    }
    changed = [row for row in rows if known.get((row.kind, row.code)) != (None, *_values(row))]
    CatalogueEntry.objects.bulk_create(
        [_entry(row, operator) for row in changed],
        update_conflicts=True,
        unique_fields=["operator", "kind", "code"],
        update_fields=[*COMPARED, "search_key", "vanished_at", "changed_at"],
    )
    return len(changed)


def _values(row: CatalogueRow) -> tuple[Any, ...]:
    return row.name[:200], row.name_alt[:200], row.parent, row.stars, dict(row.details)


def _entry(row: CatalogueRow, operator: str) -> CatalogueEntry:
    return CatalogueEntry(
        operator=operator,
        kind=row.kind,
        code=row.code,
        search_key=entry_key(row.name, row.name_alt)[:420],
        changed_at=timezone.now(),
        **dict(zip(COMPARED, _values(row), strict=True)),
    )


@transaction.atomic
def _finish(sync: CatalogueSync) -> None:
    """Mark what no step has seen. A dictionary that came empty everywhere is no proof."""
    vanished = sum(_mark_vanished(sync, kind) for kind in CatalogueEntry.Kind.values)
    sync.done.all().delete()
    _end(sync, Status.DONE, rows_vanished=vanished, error="")


def _mark_vanished(sync: CatalogueSync, kind: str) -> int:
    seen: set[int] = set()
    for codes in sync.done.filter(kind=kind).values_list("codes", flat=True).iterator():
        seen.update(codes)
    if not seen:
        return 0
    entries = CatalogueEntry.objects.filter(kind=kind, vanished_at=None)
    gone = [pk for pk, code in entries.values_list("pk", "code").iterator() if code not in seen]
    for chunk in _chunks(gone):
        entries.filter(pk__in=chunk).update(vanished_at=timezone.now())
    return len(gone)


def _end(sync: CatalogueSync, status: str, **changes: Any) -> None:
    changes |= {"status": status, "finished_at": timezone.now()}
    CatalogueSync.objects.filter(pk=sync.pk, status=Status.RUNNING).update(**changes)


def _chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
