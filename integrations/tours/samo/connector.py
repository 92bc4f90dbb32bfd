"""The tours port over the SAMO-Tour API: names → ids, dates, prices by page, cheapest first."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import ClassVar

from integrations.tours.base import (
    CatalogueRow,
    ConnectionCheck,
    EmptyReason,
    Flight,
    FoundPage,
    OnPage,
    SearchResult,
    TourOffer,
    TourSearch,
)
from integrations.tours.samo import mapping
from integrations.tours.samo.calls import SamoConfig
from integrations.tours.samo.client import Direction, PriceQuery, SamoClient, Turn
from integrations.tours.samo.diagnosis import diagnose
from integrations.tours.samo.directories import Directories
from integrations.tours.samo.offers import cheapest_per_hotel, offers_of, same_tour
from integrations.tours.samo.schemas import PriceRow
from integrations.tours.samo.windows import Window, departure_windows
from integrations.transport.deadline import Deadline
from integrations.transport.errors import InvalidRequest, TransientError
from integrations.transport.http import Transport


@dataclass(frozen=True)
class Reading:
    """How pages of prices are read: how many at most, and who hears of each."""

    max_pages: int
    deadline: Deadline
    on_page: OnPage | None = None


class SamoConnector:
    """One account at one operator. Keep the object: it remembers directories for an hour."""

    kind: ClassVar[str] = "samo"

    def __init__(
        self,
        config: SamoConfig,
        transport: Transport | None = None,
        turn: Turn = lambda wait_s: nullcontext(),
    ) -> None:
        self._config = config
        self._is_real = transport is None
        self._client = SamoClient(config, transport, turn)
        self._directories = Directories(self._client)

    def check(self) -> str:
        towns = self._client.departure_towns(self._short())
        return f"{len(towns)} departure towns"

    def diagnose(self) -> list[ConnectionCheck]:
        return diagnose(self._config, self._client, is_real=self._is_real)

    def departures(
        self, departure_city: str, country: str, *, timeout_s: float | None = None
    ) -> Sequence[date] | None:
        deadline = Deadline(timeout_s) if timeout_s else self._short()
        direction = self._directories.direction(departure_city, country, deadline)
        return [] if direction is None else self._client.departure_days(direction, deadline)

    def flights(self, row_id: str) -> tuple[Flight, ...]:
        return self._client.flights(row_id, self._short())

    def catalogue_steps(self) -> list[str]:
        return self._directories.steps(Deadline(self._config.search_timeout_s))

    def read_catalogue(self, step: str) -> list[CatalogueRow]:
        return self._directories.read(step, self._short())

    def _short(self) -> Deadline:
        """For one or two calls, with the time for a second try of one of them."""
        return Deadline(2 * self._config.request_timeout_s)

    def search(
        self,
        search: TourSearch,
        *,
        on_page: OnPage | None = None,
        max_pages: int | None = None,
        timeout_s: float | None = None,
    ) -> SearchResult:
        """Find the cheapest offer of every hotel. Rows that do not match what was asked are
        dropped: the API ignores a filter it does not know instead of refusing it."""
        deadline = Deadline(timeout_s or self._config.search_timeout_s)
        direction = self._directories.direction(search.departure_city, search.country, deadline)
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
        reading = Reading(max_pages or self._config.max_pages, deadline, on_page)
        return self._search_prices(search, query, windows, reading)

    def recheck(
        self,
        search: TourSearch,
        keys: Mapping[str, int | str],
        *,
        timeout_s: float | None = None,
    ) -> TourOffer | None:
        """All rows of the hotel on that day, ungrouped; the one with the same room and meal."""
        hotel = keys.get("hotelKey")
        if not isinstance(hotel, int):
            raise InvalidRequest("SAMO: a tour without the hotel's id cannot be asked for")
        deadline = Deadline(timeout_s or self._config.search_timeout_s)
        direction = self._directories.direction(search.departure_city, search.country, deadline)
        if direction is None:
            return None
        search = replace(search, resorts=(), stars_min=None, meal=None, budget_max=None, hotels=())
        query = self._price_query(search, direction, deadline)
        if query is None:
            return None
        query = replace(query, hotel_ids=(hotel,), is_grouped=False)
        reading = Reading(self._config.max_pages, deadline)
        window = (search.date_from, search.date_to)
        rows, is_complete = self._read_prices(search, query, [window], reading)
        found = same_tour(offers_of(rows, search, query), keys)
        if found is None and not is_complete:
            raise TransientError("SAMO: not all prices of the hotel could be read")
        return found

    def _search_prices(
        self, search: TourSearch, query: PriceQuery, windows: Sequence[Window], reading: Reading
    ) -> SearchResult:
        rows, is_complete = self._read_prices(search, query, windows, reading)
        found = offers_of(rows, search, query)
        if found:
            best = cheapest_per_hotel(found, search.currency)[: search.limit]
            return SearchResult(offers=best, checked_at=datetime.now(UTC), is_complete=is_complete)
        if not is_complete:
            raise TransientError("SAMO: not all prices could be read, none of those read match")
        if search.budget_max is None:
            return _nothing(EmptyReason.FILTERS)
        query, search = replace(query, cost_max=None), replace(search, budget_max=None)
        rows, _ = self._read_prices(search, query, windows, replace(reading, on_page=None))
        dearer = cheapest_per_hotel(offers_of(rows, search, query), search.currency)
        if not dearer:
            return _nothing(EmptyReason.FILTERS)
        return replace(_nothing(EmptyReason.OVER_BUDGET), cheapest_beyond=dearer[0])

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
            hotel_ids=search.hotels,
        )
        client, remembered = self._client, self._directories.remembered
        if search.resorts:
            resorts = remembered(client.resorts, deadline, direction)
            query = replace(query, resort_ids=mapping.find_resorts(resorts, search.resorts))
        if search.stars_min:
            stars = remembered(client.stars, deadline, direction)
            query = replace(query, star_ids=mapping.find_stars(stars, search.stars_min))
        if search.meal:
            meals = remembered(client.meals, deadline, direction)
            query = replace(query, meal_ids=mapping.find_meals(meals, search.meal))
        asked_and_found = (
            (search.resorts, query.resort_ids),
            (search.stars_min, query.star_ids),
            (search.meal, query.meal_ids),
        )
        return None if any(asked and not found for asked, found in asked_and_found) else query

    def _currency_id(self, iso: str, direction: Direction, deadline: Deadline) -> int:
        currencies = self._directories.remembered(self._client.currencies, deadline, direction)
        for currency in currencies:
            if currency.iso == iso:
                return currency.id
        raise InvalidRequest(f"SAMO: prices in {iso} are not offered")

    def _read_prices(
        self,
        search: TourSearch,
        query: PriceQuery,
        windows: Sequence[Window],
        reading: Reading,
    ) -> tuple[list[PriceRow], bool]:
        """Rows, and whether they are all. An operator may hang in the middle of paging: what has
        been read by then is used. First pages of all windows come before second ones."""
        rows: list[PriceRow] = []
        to_read = deque((window, 1) for window in windows)
        for pages_read in range(1, reading.max_pages + 1):
            window, number = to_read.popleft()
            part = replace(query, check_in_from=window[0], check_in_to=window[1])
            try:
                page = self._client.prices(part, number, reading.deadline)
            except TransientError:
                if not rows:
                    raise
                return rows, False
            rows += page.rows
            if number == 1 and (page.rows or page.unreadable):
                to_read.extend((window, later) for later in range(2, page.total_pages + 1))
            elif not (page.rows or page.unreadable):
                to_read = deque(each for each in to_read if each[0] != window)
            if reading.on_page:
                known = min(pages_read + len(to_read), reading.max_pages)
                offers = tuple(offers_of(page.rows, search, query))
                reading.on_page(FoundPage(offers, pages_read, known))
            if not to_read:
                return rows, True
        return rows, False


def _nothing(reason: EmptyReason) -> SearchResult:
    return SearchResult(offers=(), checked_at=datetime.now(UTC), empty_reason=reason)
