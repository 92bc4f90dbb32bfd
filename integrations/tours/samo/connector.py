"""The tours port over the SAMO-Tour API: names → ids, dates, prices by page, cheapest first."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, TypeVar

from integrations.tours.base import EmptyReason, SearchResult, TourSearch
from integrations.tours.samo import mapping
from integrations.tours.samo.client import (
    Deadline,
    Direction,
    PriceQuery,
    SamoClient,
    SamoConfig,
)
from integrations.tours.samo.offers import cheapest_per_hotel, offers_of
from integrations.tours.samo.schemas import PriceRow
from integrations.transport.errors import InvalidRequest, TransientError
from integrations.transport.http import Transport

DIRECTORY_TTL_S = 3600.0
WINDOW_DAYS = 10  # some installations refuse a wider CHECKIN_BEG..CHECKIN_END

T = TypeVar("T")
Window = tuple[date, date]


class SamoConnector:
    """One account at one operator. Keep the object: it remembers directories for an hour."""

    kind: ClassVar[str] = "samo"

    def __init__(self, config: SamoConfig, transport: Transport | None = None) -> None:
        self._config = config
        self._client = SamoClient(config, transport)
        self._directories: dict[tuple[object, ...], tuple[float, Any]] = {}

    def check(self) -> str:
        towns = self._client.departure_towns(Deadline(self._config.request_timeout_s))
        return f"{len(towns)} departure towns"

    def search(self, search: TourSearch) -> SearchResult:
        """Find the cheapest offer of every hotel. Rows that do not match what was asked are
        dropped: the API ignores a filter it does not know instead of refusing it."""
        deadline = Deadline(self._config.search_timeout_s)
        direction = self._find_direction(search, deadline)
        if direction is None:
            return _nothing(EmptyReason.NO_DEPARTURES)
        days = self._client.departure_days(direction, deadline)
        if days == []:
            return _nothing(EmptyReason.NO_DEPARTURES)
        windows = departure_windows(days, search.date_from, search.date_to)
        if not windows:
            return _nothing(EmptyReason.NO_FLIGHTS_ON_DATES)
        query = self._price_query(search, direction, deadline)
        if query is None:
            return _nothing(EmptyReason.FILTERS)
        return self._search_prices(search, query, windows, deadline)

    def _search_prices(
        self, search: TourSearch, query: PriceQuery, windows: Sequence[Window], deadline: Deadline
    ) -> SearchResult:
        rows, is_complete = self._read_prices(query, windows, deadline)
        found = offers_of(rows, search, query)
        if found:
            best = cheapest_per_hotel(found, search.currency)[: search.limit]
            return SearchResult(offers=best, checked_at=datetime.now(UTC), is_complete=is_complete)
        if not is_complete:
            raise TransientError("SAMO: not all prices could be read, none of those read match")
        if search.budget_max is None:
            return _nothing(EmptyReason.FILTERS)
        rows, _ = self._read_prices(replace(query, cost_max=None), windows, deadline)
        dearer = offers_of(rows, replace(search, budget_max=None), query)
        return _nothing(EmptyReason.OVER_BUDGET if dearer else EmptyReason.FILTERS)

    def _find_direction(self, search: TourSearch, deadline: Deadline) -> Direction | None:
        towns = self._directory(self._client.departure_towns, deadline)
        town = mapping.find_by_name(towns, search.departure_city)
        if town is None:
            return None
        states = self._directory(self._client.states, deadline, town.id)
        state = mapping.find_country(states, search.country)
        return None if state is None else Direction(town.id, state.id)

    def _price_query(
        self, search: TourSearch, direction: Direction, deadline: Deadline
    ) -> PriceQuery | None:
        """None if the operator has no such resort, category or meal at all."""
        query = PriceQuery(
            direction=direction,
            check_in_from=search.date_from,
            check_in_to=search.date_to,
            nights_from=search.nights_min,
            nights_till=search.nights_max,
            adults=search.adults,
            ages=search.children_ages,
            currency_id=self._currency_id(search.currency, direction, deadline),
            cost_max=search.budget_max,
        )
        client = self._client
        if search.resorts:
            resorts = self._directory(client.resorts, deadline, direction)
            query = replace(query, resort_ids=mapping.find_resorts(resorts, search.resorts))
        if search.stars_min:
            stars = self._directory(client.stars, deadline, direction)
            query = replace(query, star_ids=mapping.find_stars(stars, search.stars_min))
        if search.meal:
            meals = self._directory(client.meals, deadline, direction)
            query = replace(query, meal_ids=mapping.find_meals(meals, search.meal))
        asked_and_found = (
            (search.resorts, query.resort_ids),
            (search.stars_min, query.star_ids),
            (search.meal, query.meal_ids),
        )
        return None if any(asked and not found for asked, found in asked_and_found) else query

    def _currency_id(self, iso: str, direction: Direction, deadline: Deadline) -> int:
        for currency in self._directory(self._client.currencies, deadline, direction):
            if currency.iso == iso:
                return currency.id
        raise InvalidRequest(f"SAMO: prices in {iso} are not offered")

    def _directory(
        self, load: Callable[..., list[T]], deadline: Deadline, *scope: Direction | int
    ) -> list[T]:
        """A dictionary of the operator for this scope, remembered unless it came empty."""
        key = (load.__name__, *scope)
        expires_at, rows = self._directories.get(key, (0.0, []))
        if time.monotonic() >= expires_at or not rows:
            rows = load(*scope, deadline)
            self._directories[key] = (time.monotonic() + DIRECTORY_TTL_S, rows)
        remembered: list[T] = rows
        return remembered

    def _read_prices(
        self, query: PriceQuery, windows: Sequence[Window], deadline: Deadline
    ) -> tuple[list[PriceRow], bool]:
        """Rows, and whether they are all. An operator may hang in the middle of paging: what has
        been read by then is used. First pages of all windows come before second ones."""
        rows: list[PriceRow] = []
        to_read = deque((window, 1) for window in windows)
        for _ in range(self._config.max_pages):
            window, number = to_read.popleft()
            part = replace(query, check_in_from=window[0], check_in_to=window[1])
            try:
                page = self._client.prices(part, number, deadline)
            except TransientError:
                if not rows:
                    raise
                return rows, False
            rows += page.rows
            if number < page.total_pages and (page.rows or page.unreadable):
                to_read.append((window, number + 1))
            if not to_read:
                return rows, True
        return rows, False


def departure_windows(days: Sequence[date] | None, first: date, last: date) -> list[Window]:
    """Cover the departure days from `first` to `last` with windows the API accepts.

    Days not known (None) count as departures.
    """
    if days is None:
        days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    windows: list[Window] = []
    for day in sorted(day for day in days if first <= day <= last):
        if windows and day < windows[-1][0] + timedelta(days=WINDOW_DAYS):
            windows[-1] = (windows[-1][0], day)
        else:
            windows.append((day, day))
    return windows


def _nothing(reason: EmptyReason) -> SearchResult:
    return SearchResult(offers=(), checked_at=datetime.now(UTC), empty_reason=reason)
