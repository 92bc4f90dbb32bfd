"""The operator's dictionaries: kept for an hour for searches, read afresh for the catalogue."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from integrations.tours.base import CatalogueRow
from integrations.tours.samo import mapping
from integrations.tours.samo.answers import BadAnswer
from integrations.tours.samo.client import Direction, SamoClient
from integrations.tours.samo.schemas import Currency, Hotel, Named, Resort, State, star_digit
from integrations.transport.deadline import Deadline

DIRECTORY_TTL_S = 3600.0
OF_A_ROUTE = ("programme", "resort", "stars", "meal", "currency", "hotel")

T = TypeVar("T")


class Directories:
    def __init__(self, client: SamoClient) -> None:
        self.client = client
        self._known: dict[tuple[object, ...], tuple[float, Any]] = {}

    def remembered(
        self, load: Callable[..., list[T]], deadline: Deadline, *scope: Direction | int
    ) -> list[T]:
        """A dictionary of the operator for this scope, remembered unless it came empty."""
        key = (load.__name__, *scope)
        expires_at, rows = self._known.get(key, (0.0, []))
        if time.monotonic() >= expires_at or not rows:
            rows = load(*scope, deadline)
            self._known[key] = (time.monotonic() + DIRECTORY_TTL_S, rows)
        known: list[T] = rows
        return known

    def direction(self, city: str, country: str, deadline: Deadline) -> Direction | None:
        """None if the operator does not sell this country from this city."""
        towns = self.remembered(self.client.departure_towns, deadline)
        if not towns:
            raise BadAnswer("SAMO: the list of departure towns came empty")
        town = mapping.find_by_name(towns, city)
        if town is None:
            return None
        states = self.remembered(self.client.states, deadline, town.id)
        state = mapping.find_country(states, country)
        return None if state is None else Direction(town.id, state.id)

    def steps(self, deadline: Deadline) -> list[str]:
        """`town_from`, `country:<town>` and `<kind>:<town>:<state>` for every route sold."""
        names = ["town_from"]
        for town in self.client.departure_towns(deadline):
            states = self.client.states(town.id, deadline)
            names.append(f"country:{town.id}")
            names += [f"{kind}:{town.id}:{state.id}" for state in states for kind in OF_A_ROUTE]
        return names

    def read(self, step: str, deadline: Deadline) -> list[CatalogueRow]:
        kind, *ids = step.split(":")
        numbers = [int(each) for each in ids]
        if kind == "town_from":
            return [_town(row) for row in self.client.departure_towns(deadline)]
        if kind == "country":
            return [_country(row) for row in self.client.states(numbers[0], deadline)]
        return self._of_route(kind, Direction(*numbers), deadline)

    def _of_route(self, kind: str, route: Direction, deadline: Deadline) -> list[CatalogueRow]:
        match kind:
            case "programme":
                rows = self.client.programmes(route, deadline)
                return [_programme(row, route) for row in rows]
            case "resort":
                return [_resort(row, route) for row in self.client.resorts(route, deadline)]
            case "stars":
                return [_stars(row) for row in self.client.stars(route, deadline)]
            case "meal":
                return [_named("meal", row) for row in self.client.meals(route, deadline)]
            case "currency":
                return [_currency(row) for row in self.client.currencies(route, deadline)]
            case "hotel":
                return [_hotel(row) for row in self.client.hotels(route, deadline)]
        raise ValueError(f"no dictionary {kind!r}")


def _named(kind: str, row: Named, **more: Any) -> CatalogueRow:
    return CatalogueRow(kind=kind, code=row.id, name=row.name, name_alt=row.name_alt, **more)


def _town(row: Named) -> CatalogueRow:
    return _named("town_from", row)


def _country(row: State) -> CatalogueRow:
    iso2 = mapping.alpha2(row)
    return _named("country", row, details={"iso2": iso2} if iso2 else {})


def _programme(row: Named, route: Direction) -> CatalogueRow:
    return _named("programme", row, parent=route.town_from_id, details={"country": route.state_id})


def _resort(row: Resort, route: Direction) -> CatalogueRow:
    region = {"region": row.region, "region_alt": row.region_alt} if row.region else {}
    return _named("resort", row, parent=route.state_id, details=region)


def _stars(row: Named) -> CatalogueRow:
    return _named("stars", row, stars=star_digit(row.name))


def _currency(row: Currency) -> CatalogueRow:
    return CatalogueRow(kind="currency", code=row.id, name=row.iso)


def _hotel(row: Hotel) -> CatalogueRow:
    texts = {"latitude": row.latitude, "longitude": row.longitude, "page": row.page}
    return CatalogueRow(
        kind="hotel",
        code=row.id,
        name=mapping.hotel_name(row.name),
        name_alt=mapping.hotel_name(row.name_alt),
        parent=row.resort_id,
        stars=star_digit(row.star),
        details={name: text for name, text in texts.items() if text},
    )
