"""Prices and places of the fake operator, computed when asked.

Nothing is stored: a year of prices would be millions of rows. Chance is a hash of what is priced,
so the same question gets the same answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from zlib import crc32

from integrations.fakes.samo_catalogue import Hotel, TownFrom

ROOM_IDS = {"Standard": 7701, "Superior Sea View": 7702, "Family Suite": 7703}
_ROOM_FACTORS = {"Standard": 1.0, "Superior Sea View": 1.18, "Family Suite": 1.4}
_MEAL_FACTORS = {"RO": 1.0, "BB": 1.1, "HB": 1.3, "FB": 1.5, "AI": 1.7, "UAI": 2.0}
_MONTH_FACTORS = (1.1, 1.05, 1.0, 0.95, 0.95, 1.05, 1.15, 1.15, 1.0, 0.95, 0.95, 1.15)


@dataclass(frozen=True)
class Party:
    adults: int
    ages: tuple[int, ...] = ()

    @property
    def flight_seats(self) -> float:
        """In adult fares: under two a tenth, under twelve four fifths."""
        return self.adults + sum(0.1 if age < 2 else 0.8 if age < 12 else 1.0 for age in self.ages)

    @property
    def beds(self) -> float:
        """In adult nights: the youngest stay free, a single adult pays a supplement."""
        children = sum(0.0 if age < 2 else 0.5 if age < 12 else 0.9 for age in self.ages)
        return (1.6 if self.adults == 1 else self.adults) + children


@dataclass
class Market:
    """What happens to prices and rooms after they have been shown."""

    price_factor: float = 1.0
    sold_out_hotels: set[int] = field(default_factory=set)


class Variant(NamedTuple):
    """One thing to buy. Sorts by the price for the whole party in USD."""

    price_usd: int
    hotel: Hotel
    check_in: date
    nights: int
    room: str
    meal: str


class Places(NamedTuple):
    """Availability letters: of the rooms, of the flight there and of the flight back."""

    rooms: str
    there: str
    back: str
    is_stop_sale: bool


def variants(
    town: TownFrom,
    hotel: Hotel,
    check_in: date,
    nights: tuple[int, ...],
    meals: tuple[str, ...],
    party: Party,
) -> Iterator[Variant]:
    """Every length of stay, room and meal of one hotel from one day."""
    season = _MONTH_FACTORS[check_in.month - 1]
    flight = hotel.resort.country.flight_usd * town.flight_factor * season * party.flight_seats
    flight *= 0.94 + 0.12 * _chance("flight", town.id, hotel.resort.id, check_in)
    night = hotel.night_usd * season * party.beds
    night *= 0.95 + 0.1 * _chance("night", hotel.id, check_in)
    for meal in meals:
        for room, factor in _ROOM_FACTORS.items():
            rate = (
                night * factor * _MEAL_FACTORS[meal] / _MEAL_FACTORS[hotel.resort.country.meals[0]]
            )
            for count in nights:
                yield Variant(round(flight + rate * count), hotel, check_in, count, room, meal)


def places(town: TownFrom, hotel: Hotel, check_in: date) -> Places:
    """Flights always have seats or may be asked for, so that the demo never runs dry."""
    flight = (town.id, hotel.resort.id, check_in)
    rooms = _chance("rooms", hotel.id, check_in)
    there, back = _chance("there", *flight), _chance("back", *flight)
    return Places(
        rooms="Y" if rooms < 0.7 else "F" if rooms < 0.82 else "RRYYYYY",
        there="Y" if there < 0.7 else "F" if there < 0.95 else "R",
        back="Y" if back < 0.8 else "F" if back < 0.96 else "R",
        is_stop_sale=_chance("stop", hotel.id, check_in) < 0.04,
    )


def _chance(*what: object) -> float:
    """From 0 to 1, always the same for the same things and on every machine."""
    return crc32("|".join(map(str, what)).encode()) / 2**32
