"""Fake of an operator's SAMO-Tour online API: one address, `action` in the query.

Like the real one it answers a misspelt parameter with plausible wrong data; `unknown_parameters`
tells a test that it happened, and `is_strict` stops it. Not there: XML answers (but for errors),
ALL, booking.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any, Literal

from integrations.fakes.base import FakeRequest, FakeResponse, FakeServer, Fault
from integrations.fakes.samo_catalogue import COUNTRIES, TOWNS, Catalogue, Country, TownFrom
from integrations.fakes.samo_directories import by_id, directory
from integrations.fakes.samo_prices import Market
from integrations.fakes.samo_search import PriceSearch, positive, read_filters

PATH = "/export/default.php"
CLIENT_ADDRESS = "203.0.113.7"
HORIZON_DAYS = 365
MAX_WINDOW_DAYS = 10
NOTHING_FOUND = {"error": 2110, "message": "По вашему запросу ничего не найдено"}

Query = Mapping[str, str]

_DISPATCH = {"samo_action", "oauth_token", "type", "version", "action"}
_DIRECTION = {"TOWNFROMINC", "STATEINC", "STATEFROM"}
_ROUTE = _DIRECTION | {"TOURINC", "TOURS"}
_PARTY = {"ADULT", "CHILD", "AGES"}
_DATES = {"CHECKIN_BEG", "CHECKIN_END"}
_HOTELS = {"TOWNINC", "TOWNS", "STARS", "HOTELS", "MEALS"}
_STAY = {"NIGHTS_FROM", "NIGHTS_TILL", "NIGHTS_LIST", "COSTMIN", "COSTMAX", "CURRENCY"}
_CHECK_BOXES = {"FREIGHT", "FILTER", "MOMENT_CONFIRM", "PACKET"}
_PAGES = {"PARTITION_PRICE", "PRICEPAGE", "PERPAGE", "SORT", "CATCLAIM"}

PARAMETERS: dict[str, set[str]] = {
    "SearchTour_TOWNFROMS": set(),
    "SearchTour_STATES": {"TOWNFROMINC", "STATEFROM"},
    "SearchTour_TOURS": _DIRECTION,
    "SearchTour_TOWNS": _ROUTE,
    "SearchTour_STARS": _ROUTE,
    "SearchTour_MEALS": _ROUTE,
    "SearchTour_HOTELS": _ROUTE | {"TOWNS", "STARS"},
    "SearchTour_CURRENCIES": _ROUTE | _DATES | {"ADULT", "CHILD"},
    "SearchTour_CHECKIN": _ROUTE | _PARTY | {"HOTELS"},
    "SearchTour_NIGHTS": _ROUTE | _DATES | {"CURRENCY"},
    "SearchTour_PRICES": _ROUTE | _PARTY | _DATES | _HOTELS | _STAY | _CHECK_BOXES | _PAGES,
    "FreightMonitor_FREIGHTSBYPACKET": {"CATCLAIM"},
    "Currency_CURRENCIES": set(),
}


class UnknownParameter(AssertionError):
    """A strict fake was asked with a name that the real one would ignore."""


class FakeSamo(FakeServer):
    """Switches are plain attributes: `is_address_allowed`, `errors_always_xml`, `nothing_found`,
    `is_strict`; `market` sells hotels out and changes prices.

    Own faults for `fail_next`: "blocked_json", "blocked_xml", "wrong_token", "root_error",
    "object_lists" (objects with numeric keys for arrays), "text_numbers".
    """

    def __init__(
        self,
        *,
        today: date,
        token: str = "demo-samo-token",  # noqa: S107 - the fake's own
        seed: int = 1,
        page_size: int = 20,
        hotels_factor: int = 1,
        is_strict: bool = False,
    ) -> None:
        super().__init__()
        self.token = token
        self.page_size = page_size
        self.is_address_allowed = True
        self.errors_always_xml = False
        self.nothing_found: Literal["error_2110", "empty_list"] = "error_2110"
        self.unknown_parameters: list[tuple[str, str]] = []
        self.is_strict = is_strict
        self.market = Market()
        self.catalogue = Catalogue(seed, hotels_factor)
        self._first_day = today + timedelta(days=1)
        self._generation = 0
        self._prices = PriceSearch(self.catalogue, self._generation, self.market)

    def reload(self) -> None:
        """As when the operator loads new prices: the ids of all rows change."""
        self._generation += 1
        self._prices = PriceSearch(self.catalogue, self._generation, self.market)

    def respond(self, request: FakeRequest) -> FakeResponse:
        query = request.query
        if request.path != PATH:
            return FakeResponse(404)
        if not self.is_address_allowed:
            return self._blocked(as_xml=self._errors_in_xml(request))
        if request.body and "form-urlencoded" in request.headers.get("content-type", ""):
            return FakeResponse(500)
        if query.get("oauth_token") != self.token:
            return _refusal("apiKey provided, but invalid", self._errors_in_xml(request))
        if query.get("samo_action") != "api":
            return FakeResponse(200, {"content-type": "text/html"}, b"<html>Booking</html>")
        action = query.get("action", "")
        if action not in PARAMETERS:
            return FakeResponse.of_json({"message": f"Method does not exists: {action}"})
        strangers = set(query) - PARAMETERS[action] - _DISPATCH
        self.unknown_parameters += [(action, name) for name in sorted(strangers)]
        if self.is_strict and strangers:
            raise UnknownParameter(f"{action}: {sorted(strangers)}")
        return FakeResponse.of_json({action: self._payload(action, query)})

    def respond_faulty(self, request: FakeRequest, fault: Fault) -> FakeResponse:
        match fault.name:
            case "blocked_json" | "blocked_xml":
                return self._blocked(as_xml=fault.name == "blocked_xml")
            case "wrong_token":
                return _refusal("apiKey provided, but invalid", self._errors_in_xml(request))
            case "root_error":
                return FakeResponse.of_json({"error": 1, "message": "Внутренняя ошибка"})
            case "object_lists":
                return _changed(self.respond(request), _numeric_keys)
            case "text_numbers":
                return _changed(self.respond(request), _text_numbers)
        return super().respond_faulty(request, fault)

    def _errors_in_xml(self, request: FakeRequest) -> bool:
        return self.errors_always_xml or request.query.get("type") != "json"

    def _blocked(self, *, as_xml: bool) -> FakeResponse:
        text = f"apiKey provided, but invalid, blacklisted address {CLIENT_ADDRESS}"
        return _refusal(text, as_xml)

    def _payload(self, action: str, query: Query) -> Any:
        """Without a town or a country the default direction is answered for, not an error."""
        town = by_id(TOWNS, query.get("TOWNFROMINC"))
        country = by_id(COUNTRIES, query.get("STATEINC"))
        match action:
            case "SearchTour_CHECKIN":
                return self._departures(town, country)
            case "SearchTour_NIGHTS":
                return {"nights": list(country.nights), "places": []}
            case "SearchTour_PRICES":
                return self._price_page(town, country, query)
            case "FreightMonitor_FREIGHTSBYPACKET":
                return {"routes": self._prices.routes(query.get("CATCLAIM", ""))}
        return directory(action, self.catalogue, town, country, query)

    def _sold_days(self, town: TownFrom, country: Country) -> list[date]:
        weekdays = self.catalogue.weekdays(town, country)
        days = (self._first_day + timedelta(days=number) for number in range(HORIZON_DAYS))
        return [day for day in days if day.weekday() in weekdays]

    def _departures(self, town: TownFrom, country: Country) -> dict[str, str]:
        sold = set(self._sold_days(town, country))
        days = (self._first_day + timedelta(days=number) for number in range(HORIZON_DAYS))
        valid = "".join("1" if day in sold else "0" for day in days)
        return {"start": f"{self._first_day:%Y%m%d}", "valid": valid}

    def _price_page(self, town: TownFrom, country: Country, query: Query) -> dict[str, Any]:
        filters = read_filters(town, country, query, self._sold_days(town, country))
        if filters is None:
            return self._nothing()
        if filters.window_days > MAX_WINDOW_DAYS:
            return {"error": 1, "message": "Слишком большой период дат заезда"}
        found = self._prices.find(filters)
        if not found:
            return self._nothing()
        size = positive(query.get("PERPAGE"), self.page_size)
        number = positive(query.get("PRICEPAGE"), 1)
        rows = found[(number - 1) * size : number * size]
        return {
            "prices": [self._prices.row(variant, filters) for variant in rows],
            "pager": {"current": number, "total": -(-len(found) // size)},
        }

    def _nothing(self) -> dict[str, Any]:
        return NOTHING_FOUND if self.nothing_found == "error_2110" else {"prices": [], "pager": []}


def _refusal(text: str, as_xml: bool) -> FakeResponse:
    if not as_xml:
        return FakeResponse.of_json({"error": text}, 403)
    body = f'<Response generator="SAMO-Soft" version="1.0"><Error>{text}</Error></Response>'
    return FakeResponse(403, {"content-type": "text/xml"}, body.encode())


def _changed(answer: FakeResponse, change: Callable[[Any], Any]) -> FakeResponse:
    return FakeResponse.of_json(change(json.loads(answer.body)), answer.status)


def _numeric_keys(content: Any) -> Any:
    if isinstance(content, list):
        return {str(number): _numeric_keys(each) for number, each in enumerate(content)}
    if isinstance(content, dict):
        return {key: _numeric_keys(each) for key, each in content.items()}
    return content


def _text_numbers(content: Any) -> Any:
    if isinstance(content, list):
        return [_text_numbers(each) for each in content]
    if isinstance(content, dict):
        return {key: _text_numbers(each) for key, each in content.items()}
    return str(content) if isinstance(content, int | float) else content
