"""Calls of the SAMO-Tour online API: typed parameters, two tries, a deadline for a whole search.

A misspelt or missing parameter is no error there: the answer is then for another direction. So
parameters are built here from typed fields only.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from integrations.tours.base import Flight
from integrations.tours.samo import schemas
from integrations.tours.samo.answers import BusinessError, read_answer
from integrations.tours.samo.calls import Call, SamoConfig, build_call
from integrations.tours.samo.flights import read_flights
from integrations.tours.samo.schemas import Currency, Hotel, Named, PricePage, Resort, State
from integrations.transport.deadline import Deadline
from integrations.transport.errors import TransientError
from integrations.transport.http import Transport

logger = logging.getLogger(__name__)

NOTHING_FOUND = 2110  # the only business code known
GROUP_BY_HOTEL = 32
# Whoever asks for a longer one is asked again by the outbox, and no worker waits.
LONGEST_PAUSE_S = 5.0

# Holds one call at a time to the operator, however many processes ask: given the seconds that
# the caller may still wait. Raises TransientError when the turn does not come by then.
Turn = Callable[[float], AbstractContextManager[None]]


@dataclass(frozen=True)
class Direction:
    """Every dictionary and price depends on both ids."""

    town_from_id: int
    state_id: int

    def params(self) -> dict[str, str]:
        return {"TOWNFROMINC": str(self.town_from_id), "STATEINC": str(self.state_id)}


@dataclass(frozen=True, kw_only=True)
class PriceQuery:
    """The request of PRICES. Ids are the installation's; `cost_max` is in `currency_id`.

    Only hotels not in stop-sale, only flights with seats; one row per hotel if `is_grouped`.
    """

    direction: Direction
    check_in_from: date
    check_in_to: date
    nights_from: int
    nights_till: int
    adults: int
    ages: tuple[int, ...]
    currency_id: int
    resort_ids: tuple[int, ...] = ()
    star_ids: tuple[int, ...] = ()
    meal_ids: tuple[int, ...] = ()
    hotel_ids: tuple[int, ...] = ()
    cost_max: Decimal | None = None
    is_grouped: bool = True

    def params(self, page: int) -> dict[str, str]:
        """Empty filters are left out: some installations object to empty parameters."""
        params = self.direction.params() | {
            "CHECKIN_BEG": f"{self.check_in_from:%Y%m%d}",
            "CHECKIN_END": f"{self.check_in_to:%Y%m%d}",
            "NIGHTS_FROM": str(self.nights_from),
            "NIGHTS_TILL": str(self.nights_till),
            "ADULT": str(self.adults),
            "CHILD": str(len(self.ages)),
            "AGES": _id_list(self.ages),
            "CURRENCY": str(self.currency_id),
            "TOWNS": _id_list(self.resort_ids),
            "STARS": _id_list(self.star_ids),
            "MEALS": _id_list(self.meal_ids),
            "HOTELS": _id_list(self.hotel_ids),
            "COSTMAX": "" if self.cost_max is None else f"{self.cost_max:f}",
            "FREIGHT": "1",
            "FILTER": "1",
            "PARTITION_PRICE": str(GROUP_BY_HOTEL) if self.is_grouped else "",
            "PRICEPAGE": str(page),
        }
        return {name: value for name, value in params.items() if value}


class SamoClient:
    """One method per action. Every one may raise the ConnectorError family."""

    def __init__(
        self,
        config: SamoConfig,
        transport: Transport | None = None,
        turn: Turn = lambda wait_s: nullcontext(),
    ) -> None:
        self._config = config
        self._turn = turn
        self._call: Call = build_call(config, transport)

    def departure_towns(self, deadline: Deadline) -> list[Named]:
        return schemas.read_list(
            self._get("SearchTour_TOWNFROMS", {}, deadline), schemas.read_named
        )

    def states(self, town_from_id: int, deadline: Deadline) -> list[State]:
        params = {"TOWNFROMINC": str(town_from_id)}
        return schemas.read_list(
            self._get("SearchTour_STATES", params, deadline), schemas.read_state
        )

    def programmes(self, direction: Direction, deadline: Deadline) -> list[Named]:
        payload = self._get("SearchTour_TOURS", direction.params(), deadline)
        return schemas.read_list(payload, schemas.read_named)

    def hotels(self, direction: Direction, deadline: Deadline) -> list[Hotel]:
        payload = self._get("SearchTour_HOTELS", direction.params(), deadline)
        return schemas.read_list(payload, schemas.read_hotel)

    def resorts(self, direction: Direction, deadline: Deadline) -> list[Resort]:
        payload = self._get("SearchTour_TOWNS", direction.params(), deadline)
        return schemas.read_list(payload, schemas.read_resort)

    def stars(self, direction: Direction, deadline: Deadline) -> list[Named]:
        payload = self._get("SearchTour_STARS", direction.params(), deadline)
        return schemas.read_list(payload, schemas.read_named)

    def meals(self, direction: Direction, deadline: Deadline) -> list[Named]:
        payload = self._get("SearchTour_MEALS", direction.params(), deadline)
        return schemas.read_list(payload, schemas.read_named)

    def currencies(self, direction: Direction, deadline: Deadline) -> list[Currency]:
        payload = self._get("SearchTour_CURRENCIES", direction.params(), deadline)
        return schemas.read_list(payload, schemas.read_currency)

    def departure_days(self, direction: Direction, deadline: Deadline) -> list[date] | None:
        payload = self._get("SearchTour_CHECKIN", direction.params(), deadline)
        return schemas.read_departure_days(payload)

    def prices(self, query: PriceQuery, page: int, deadline: Deadline) -> PricePage:
        try:
            payload = self._get("SearchTour_PRICES", query.params(page), deadline)
        except BusinessError as refusal:
            if refusal.code == NOTHING_FOUND:
                return PricePage(rows=(), total_pages=1, unreadable=0)
            raise
        found = schemas.read_price_page(payload)
        if found.unreadable:
            logger.warning("SAMO: %d price rows could not be read", found.unreadable)
        return found

    def flights(self, row_id: str, deadline: Deadline) -> tuple[Flight, ...]:
        payload = self._get("FreightMonitor_FREIGHTSBYPACKET", {"CATCLAIM": row_id}, deadline)
        return read_flights(payload)

    def _get(self, action: str, params: dict[str, str], deadline: Deadline) -> Any:
        """Ask twice before giving up: they are reads, and the backend hiccups under load."""
        try:
            return self._get_once(action, params, deadline)
        except TransientError as error:
            pause_s = error.retry_after or self._config.retry_pause_s
            if pause_s >= min(deadline.left_s(), LONGEST_PAUSE_S):
                raise
            time.sleep(pause_s)
            return self._get_once(action, params, deadline)

    def _get_once(self, action: str, params: dict[str, str], deadline: Deadline) -> Any:
        with self._turn(_some_left(deadline)):
            timeout_s = min(self._config.request_timeout_s, _some_left(deadline))
            return read_answer(action, self._call(action, params, timeout_s))


def _some_left(deadline: Deadline) -> float:
    left = deadline.left_s()
    if not left:
        raise TransientError("SAMO: the search took too long")
    return left


def _id_list(ids: tuple[int, ...]) -> str:
    return ",".join(map(str, ids))
