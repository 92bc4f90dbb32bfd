"""What would help a search that found nothing: every proposal has been tried at the operator."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from bookings.operator import ask_operator
from bookings.search import search_afresh
from integrations.tours.base import EmptyReason, SearchResult, TourOffer, TourSearch
from integrations.transport.errors import ConnectorError, TransientError

ENOUGH = 3
BUDGET_S = 15.0  # for all the calls together, the last one included
NEAR_DAYS = 14
# Cities a client of that town reaches by train or car, nearest first.
NEIGHBOURS = {
    "Алматы": ("Шымкент", "Бишкек", "Астана"),
    "Астана": ("Караганда", "Алматы"),
    "Шымкент": ("Ташкент", "Алматы"),
    "Бишкек": ("Алматы",),
    "Ташкент": ("Шымкент", "Алматы"),
    "Караганда": ("Астана", "Алматы"),
}
_WITHOUT: dict[str, dict[str, Any]] = {
    "meal": {"meal": None},
    "stars": {"stars_min": None},
    "hotels": {"hotels": ()},
    "resorts": {"resorts": ()},
}


@dataclass(frozen=True)
class Relaxation:
    """A changed search that does find tours.

    `code` says what was changed: city, dates, budget, meal, stars, hotels, resorts or nights;
    `cheapest` is the cheapest tour it finds, where that was looked up.
    """

    code: str
    search: TourSearch
    cheapest: TourOffer | None = field(default=None, compare=False)

    def as_dict(self) -> dict[str, Any]:
        cheapest = self.cheapest and self.cheapest.as_dict()
        return {"code": self.code, "search": self.search.as_dict(), "cheapest": cheapest}


def find_relaxations(search: TourSearch, result: SearchResult) -> list[Relaxation]:
    """At most three, within seconds; fewer where the operator does not answer. Network calls."""
    found: list[Relaxation] = []
    stop_at = time.monotonic() + BUDGET_S
    with suppress(ConnectorError):
        for relaxation in _tried(search, result, stop_at):
            found.append(relaxation)
            if len(found) == ENOUGH:
                break
    return found


def _left(stop_at: float) -> float:
    """Seconds for one more call; raises TransientError when there are none."""
    left = stop_at - time.monotonic()
    if left <= 0:
        raise TransientError("No time is left to try more")
    return left


def _tried(search: TourSearch, result: SearchResult, stop_at: float) -> Iterator[Relaxation]:
    match result.empty_reason:
        case EmptyReason.NO_DEPARTURES:
            yield from _other_cities(search, stop_at)
        case EmptyReason.NO_FLIGHTS_ON_DATES:
            yield from _other_dates(search, stop_at)
            yield from _other_cities(search, stop_at)
        case EmptyReason.OVER_BUDGET:
            unlimited = replace(search, budget_max=None)
            yield Relaxation("budget", unlimited, result.cheapest_beyond)
        case EmptyReason.FILTERS:
            yield from _fewer_filters(search, stop_at)


def _other_cities(search: TourSearch, stop_at: float) -> Iterator[Relaxation]:
    for city in NEIGHBOURS.get(search.departure_city, ()):
        days = _departures(city, search.country, stop_at)
        if any(search.date_from <= day <= search.date_to for day in days):
            yield Relaxation("city", replace(search, departure_city=city))


def _departures(city: str, country: str, stop_at: float) -> Sequence[date]:
    left_s = _left(stop_at)
    days = ask_operator(lambda operator: operator.departures(city, country, timeout_s=left_s))
    return days or ()


def _other_dates(search: TourSearch, stop_at: float) -> Iterator[Relaxation]:
    """The nearest day of departure before and after what was asked."""
    days = _departures(search.departure_city, search.country, stop_at)
    near = timedelta(days=NEAR_DAYS)
    before = [day for day in days if search.date_from - near <= day < search.date_from]
    after = [day for day in days if search.date_to < day <= search.date_to + near]
    for day in (*before[-1:], *after[:1]):
        yield Relaxation("dates", replace(search, date_from=day, date_to=day))


def _fewer_filters(search: TourSearch, stop_at: float) -> Iterator[Relaxation]:
    """Drop one filter at a time: the one whose absence brings tours was the cause."""
    for code, changes in _WITHOUT.items():
        looser = replace(search, **changes)
        if looser != search:
            yield from _if_found(code, looser, stop_at)
    nights = replace(
        search, nights_min=max(1, search.nights_min - 3), nights_max=search.nights_max + 3
    )
    yield from _if_found("nights", nights, stop_at)


def _if_found(code: str, search: TourSearch, stop_at: float) -> Iterator[Relaxation]:
    result = search_afresh(search, max_pages=1, timeout_s=_left(stop_at))
    if result.offers:
        yield Relaxation(code, search, result.offers[0])
