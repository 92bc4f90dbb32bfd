"""Dictionaries of the fake operator, in the field names of the real answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from integrations.fakes.samo_catalogue import (
    COUNTRIES,
    CURRENCY_IDS,
    MEAL_IDS,
    STAR_IDS,
    TOWNS,
    Catalogue,
    Country,
    Hotel,
    Resort,
    TownFrom,
)
from integrations.fakes.samo_search import int_list

Row = dict[str, Any]
PlaceT = TypeVar("PlaceT", TownFrom, Country)


def by_id(places: Sequence[PlaceT], text: str | None) -> PlaceT:
    """The place with this id; the first one, which is the default, if there is none."""
    return next((each for each in places if str(each.id) == text), places[0])


def directory(
    action: str, catalogue: Catalogue, town: TownFrom, country: Country, query: Mapping[str, str]
) -> list[Row]:
    match action:
        case "SearchTour_TOWNFROMS":
            return [_town_row(each) for each in TOWNS]
        case "SearchTour_STATES":
            return [_state_row(each) for each in COUNTRIES if catalogue.weekdays(town, each)]
        case "SearchTour_CURRENCIES":
            return [_currency_row(iso, number) for iso, number in CURRENCY_IDS.items()]
        case "Currency_CURRENCIES":
            return [{"id": number, "name": iso} for iso, number in CURRENCY_IDS.items()]
    return _directory_of_route(action, catalogue, town, country, query)


def _directory_of_route(
    action: str, catalogue: Catalogue, town: TownFrom, country: Country, query: Mapping[str, str]
) -> list[Row]:
    if not catalogue.weekdays(town, country):
        return []
    match action:
        case "SearchTour_TOURS":
            return [
                _named(each.id, each.name, each.name_alt) | {"url": "", "type": "", "typeKey": 2}
                for each in catalogue.programmes
                if each.town is town and each.resort.country is country
            ]
        case "SearchTour_TOWNS":
            return [_resort_row(each) for each in catalogue.resorts_of(country)]
        case "SearchTour_STARS":
            return [_named(number, star, star) for star, number in STAR_IDS.items()]
        case "SearchTour_MEALS":
            return [_named(MEAL_IDS[meal], meal, meal) for meal in country.meals]
        case "SearchTour_HOTELS":
            return _hotel_rows(catalogue.hotels_of(country), query)
    raise ValueError(f"no directory for {action}")


def _hotel_rows(hotels: Sequence[Hotel], query: Mapping[str, str]) -> list[Row]:
    resorts, stars = int_list(query.get("TOWNS", "")), int_list(query.get("STARS", ""))
    return [
        {
            "id": each.id,
            "name": each.name,
            "nameAlt": each.name,
            "star": each.star,
            "starKey": STAR_IDS[each.star],
            "starGroupList": "",
            "townKey": each.resort.id,
            "latitude": "",
            "longitude": "",
            "www": "",
        }
        for each in hotels
        if (not resorts or each.resort.id in resorts)
        and (not stars or STAR_IDS[each.star] in stars)
    ]


def _town_row(town: TownFrom) -> Row:
    is_default = int(town is TOWNS[0])
    return {
        "id": town.id,
        "name": town.name,
        "nameAlt": town.name_alt,
        "stateFromKey": town.state_id,
        "stateFromName": town.state,
        "stateFromNameAlt": town.state_alt,
        "packet_type": 0,
        "selected": is_default,
        "default": is_default,
    }


def _state_row(country: Country) -> Row:
    selected = int(country is COUNTRIES[0])
    names = {"id": country.id, "name": country.name, "nameAlt": country.name_alt}
    return names | {"stateISO3": country.iso3, "selected": selected}


def _resort_row(resort: Resort) -> Row:
    return _named(resort.id, resort.name, resort.name_alt) | {
        "region": resort.name,
        "regionAlt": resort.name_alt,
        "regionKey": resort.id // 10,
        "districts": [],
        "districtsSelected": 0,
        "regionSelected": 0,
    }


def _currency_row(iso: str, number: int) -> Row:
    return {"id": number, "name": iso, "alias": iso, "selected": int(iso == "USD")}


def _named(number: int, name: str, name_alt: str) -> Row:
    return {"id": number, "name": name, "nameAlt": name_alt, "selected": 0}
