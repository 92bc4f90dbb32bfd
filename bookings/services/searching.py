"""Searches as rows: asked from a page, done by the worker, read by the page as they grow."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.listeners import on_late_search
from bookings.models import SearchRun
from bookings.relaxations import find_relaxations
from bookings.search import remembered, search_afresh
from bookings.services.offers import save_offers
from bookings.topics import SEARCH_TOURS
from common.errors import InvalidInput
from integrations.delivery.handlers import Outgoing
from integrations.delivery.outbox import enqueue, retry
from integrations.models import OutboxMessage
from integrations.tours.base import FoundPage, SearchResult, TourSearch
from integrations.transport.errors import TransientError

MOST_AT_ONCE = 6
TIMEOUT_S = 25.0  # with the relaxations inside the lease of an outbox row

Status = SearchRun.Status


@transaction.atomic
def start_searches(
    searches: Sequence[TourSearch],
    *,
    author: User | None,
    lead_id: int | None = None,
    afresh: bool = False,
) -> uuid.UUID:
    """Ask several questions side by side; return what they have in common.

    With `afresh` not even an answer of this minute is used again. Enqueues
    `bookings.search_tours` for each. Raises InvalidInput for none or too many.
    """
    if not 1 <= len(searches) <= MOST_AT_ONCE:
        message = _("Choose from one to %(most)s directions at once.") % {"most": MOST_AT_ONCE}
        raise InvalidInput(message, code="too_many", field="country")
    batch = uuid.uuid4()
    for search in searches:
        run = SearchRun.objects.create(
            batch=batch, author=author, lead_id=lead_id, parameters=search.as_dict()
        )
        enqueue(SEARCH_TOURS, f"search:{run.pk}", {"run": run.pk, "afresh": afresh})
    return batch


@dataclass(frozen=True)
class Outcome:
    result: SearchResult
    relaxations: list[dict[str, Any]]
    was_waiting: bool
    was_asked: bool


class SearchTours:
    """The outbox handler of `bookings.search_tours`, payload `{"run": id, "afresh": bool}`."""

    def perform(self, outgoing: Outgoing) -> Outcome | None:
        run = SearchRun.objects.get(pk=outgoing.payload["run"])
        if run.is_over:
            return None
        search, was_waiting = TourSearch.from_dict(run.parameters), run.status == Status.WAITING
        started = timezone.now()
        _begin(run)
        try:
            result = _found(run, search, afresh=outgoing.payload["afresh"])
        except TransientError as error:
            _save(run, status=Status.WAITING, error=error.message[:300])
            raise
        relaxations = [] if result.offers else find_relaxations(search, result)
        was_asked = result.checked_at >= started
        return Outcome(result, [each.as_dict() for each in relaxations], was_waiting, was_asked)

    def apply(self, outgoing: Outgoing, result: Outcome | None) -> None:
        if result is None:
            return
        run = SearchRun.objects.get(pk=outgoing.payload["run"])
        _save(
            run,
            status=Status.DONE,
            is_complete=result.result.is_complete,
            empty_reason=result.result.empty_reason or "",
            relaxations=result.relaxations,
            finished_at=timezone.now(),
        )
        if result.was_waiting:
            _tell(run)
        if result.was_asked:
            wake_waiting()

    def give_up(self, outgoing: Outgoing, error_kind: str, message: str) -> None:
        run = SearchRun.objects.get(pk=outgoing.payload["run"])
        _save(run, status=Status.FAILED, error=message[:300], finished_at=timezone.now())
        _tell(run)

    def is_repeatable(self, outgoing: Outgoing) -> bool:
        return True


def wake_waiting() -> None:
    """The operator answers again: searches that wait for it go on now, not at their next try."""
    waiting = OutboxMessage.objects.filter(
        topic=SEARCH_TOURS, status=OutboxMessage.Status.PENDING, attempts__gt=0
    )
    for row_id in list(waiting.values_list("pk", flat=True)):
        retry(row_id)


def _begin(run: SearchRun) -> None:
    """What an earlier try had found is found again; the rows stay for whoever holds them."""
    run.offers.update(search=None)
    _save(run, status=Status.RUNNING, error="", pages_read=0, pages_known=0, found=0)


def _found(run: SearchRun, search: TourSearch, *, afresh: bool) -> SearchResult:
    known = None if afresh else remembered(search)
    if known is not None:
        if known.offers:
            _add_page(run, search, FoundPage(known.offers, 1, 1))
        return known
    return search_afresh(
        search, on_page=lambda page: _add_page(run, search, page), timeout_s=TIMEOUT_S
    )


@transaction.atomic
def _add_page(run: SearchRun, search: TourSearch, page: FoundPage) -> None:
    offers = save_offers(page.offers, search, run=run)
    first = run.first_rows_at or (timezone.now() if offers else None)
    _save(
        run,
        pages_read=page.pages_read,
        pages_known=page.pages_known,
        found=run.found + len(offers),
        first_rows_at=first,
    )


def _save(run: SearchRun, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(run, name, value)
    run.save(update_fields=list(changes))


def _tell(run: SearchRun) -> None:
    for tell in on_late_search:
        tell(run)
