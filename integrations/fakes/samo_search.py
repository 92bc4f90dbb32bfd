"""SearchTour_PRICES of the fake operator: filters, grouping, pages and the rows themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from integrations.fakes.samo_catalogue import (
    CURRENCY_IDS,
    MEAL_IDS,
    STAR_IDS,
    Catalogue,
    Country,
    Hotel,
    TownFrom,
)
from integrations.fakes.samo_flights import routes_of
from integrations.fakes.samo_prices import ROOM_IDS, Market, Party, Variant, places, variants

USD_RATES = {"USD": Decimal(1), "KZT": Decimal(520), "EUR": Decimal("0.9"), "RUB": Decimal(80)}
_CURRENCIES = {str(number): iso for iso, number in CURRENCY_IDS.items()}


@dataclass(frozen=True)
class PriceFilters:
    """The parameters of PRICES, read from the query. Absent lists filter nothing."""

    town: TownFrom
    country: Country
    window_days: int
    days: tuple[date, ...]
    nights: tuple[int, ...]
    party: Party
    currency: str
    query: Mapping[str, str] = field(repr=False)

    def ids(self, *names: str) -> frozenset[int]:
        return frozenset().union(*(int_list(self.query.get(name, "")) for name in names))

    def usd(self, name: str, default: int) -> Decimal:
        """A bound given in the query's currency."""
        text = self.query.get(name, "")
        is_number = text.replace(".", "", 1).isdecimal()
        return Decimal(text) / USD_RATES[self.currency] if is_number else Decimal(default)

    def is_on(self, name: str) -> bool:
        return self.query.get(name, "0") not in ("", "0")


class PriceSearch:
    """`generation` is part of every row id: ids do not survive a reload of the prices."""

    def __init__(self, catalogue: Catalogue, generation: int, market: Market) -> None:
        self._catalogue = catalogue
        self._generation = generation
        self._market = market
        self._shown: dict[str, tuple[TownFrom, Variant]] = {}
        self._programmes = {(each.town.id, each.resort.id): each for each in catalogue.programmes}

    def find(self, filters: PriceFilters) -> list[Variant]:
        """Matching variants, cheapest first; one per hotel if the query asks for grouping."""
        claim = filters.query.get("CATCLAIM")
        found = self._expand(claim, filters) if claim else list(self._matching(filters))
        if filters.is_on("PARTITION_PRICE") and not claim:
            cheapest: dict[int, Variant] = {}
            for variant in found:
                best = cheapest.get(variant.hotel.id)
                if best is None or variant.price_usd < best.price_usd:
                    cheapest[variant.hotel.id] = variant
            found = list(cheapest.values())
        return sorted(
            found,
            key=lambda variant: variant.price_usd,
            reverse=filters.query.get("SORT") == "DESC",
        )

    def _expand(self, claim: str, filters: PriceFilters) -> list[Variant]:
        """All variants of the hotel and day of the row with this id."""
        found = list(self._matching(filters))
        origin = next((each for each in found if self.row_id(each, filters) == claim), None)
        if origin is None:
            return []
        return [
            each
            for each in found
            if each.hotel is origin.hotel and each.check_in == origin.check_in
        ]

    def _matching(self, filters: PriceFilters) -> Iterator[Variant]:
        meal_ids = filters.ids("MEALS")
        meals = tuple(
            meal for meal in filters.country.meals if not meal_ids or MEAL_IDS[meal] in meal_ids
        )
        least, most = filters.usd("COSTMIN", 0), filters.usd("COSTMAX", 1_000_000)
        for hotel in self._hotels(filters) if filters.days else ():
            for day in filters.days:
                if not _is_sold(filters, hotel, day):
                    continue
                for variant in variants(
                    filters.town, hotel, day, filters.nights, meals, filters.party
                ):
                    price = round(variant.price_usd * self._market.price_factor)
                    variant = variant._replace(price_usd=price)
                    if least <= variant.price_usd <= most:
                        yield variant

    def _hotels(self, filters: PriceFilters) -> Iterable[Hotel]:
        programmes, resorts = filters.ids("TOURINC", "TOURS"), filters.ids("TOWNS", "TOWNINC")
        hotels, stars = filters.ids("HOTELS"), filters.ids("STARS")
        for hotel in self._catalogue.hotels:
            is_sold_out = hotel.id in self._market.sold_out_hotels
            if is_sold_out or hotel.resort.country is not filters.country:
                continue
            programme = self._programmes[filters.town.id, hotel.resort.id]
            if (
                (not programmes or programme.id in programmes)
                and (not resorts or hotel.resort.id in resorts)
                and (not hotels or hotel.id in hotels)
                and (not stars or STAR_IDS[hotel.star] in stars)
            ):
                yield hotel

    def row_id(self, variant: Variant, filters: PriceFilters) -> str:
        what = (
            self._generation,
            filters.town.id,
            variant.hotel.id,
            *variant[2:],
            filters.party,
        )
        return "0x" + hashlib.blake2b(repr(what).encode(), digest_size=16).hexdigest()

    def routes(self, row_id: str) -> list[dict[str, Any]]:
        """Flights of a row shown since the last reload; none for others."""
        shown = self._shown.get(row_id)
        return routes_of(*shown) if shown else []

    def row(self, variant: Variant, filters: PriceFilters) -> dict[str, Any]:
        row_id = self.row_id(variant, filters)
        self._shown[row_id] = (filters.town, variant)
        return (
            {
                "id": row_id,
                "grouped": int(
                    filters.is_on("PARTITION_PRICE") and not filters.query.get("CATCLAIM")
                ),
                "stateFromKey": filters.town.state_id,
                "spo": f"V-{variant.check_in:%m}",
                "spoKey": 20000 + variant.check_in.month,
                "note": "",
            }
            | _stay(variant)
            | _place(variant.hotel)
            | self._programme(variant.hotel, filters)
            | _party(filters.party)
            | _money(variant, filters.currency)
            | _availability(variant, filters)
        )

    def _programme(self, hotel: Hotel, filters: PriceFilters) -> dict[str, Any]:
        programme = self._programmes[filters.town.id, hotel.resort.id]
        return {
            "townFromKey": filters.town.id,
            "tour": programme.name,
            "tourAlt": programme.name_alt,
            "tourKey": programme.id,
            "programType": "Пляжный отдых",
            "programTypeKey": 1,
        }


def read_filters(
    town: TownFrom, country: Country, query: Mapping[str, str], sold_days: Sequence[date]
) -> PriceFilters | None:
    """None if a needed parameter is missing or children are not given with their ages."""
    first, last = _day(query.get("CHECKIN_BEG")), _day(query.get("CHECKIN_END"))
    currency = _CURRENCIES.get(query.get("CURRENCY", ""))
    adults, ages = query.get("ADULT", ""), _ages(query.get("AGES", ""))
    nights = _nights(query)
    if first is None or last is None or currency is None or not adults.isdecimal() or not nights:
        return None
    if query.get("CHILD", "0") != str(len(ages)) or adults == "0":
        return None
    return PriceFilters(
        town=town,
        country=country,
        window_days=(last - first).days,
        days=tuple(day for day in sold_days if first <= day <= last),
        nights=tuple(count for count in country.nights if count in nights),
        party=Party(int(adults), ages),
        currency=currency,
        query=query,
    )


def _nights(query: Mapping[str, str]) -> frozenset[int]:
    least, most = query.get("NIGHTS_FROM", ""), query.get("NIGHTS_TILL", "")
    if least.isdecimal() and most.isdecimal():
        return frozenset(range(int(least), min(int(most), 60) + 1))
    return int_list(query.get("NIGHTS_LIST", ""))


def _ages(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(",") if part.isdecimal())


def _day(text: str | None) -> date | None:
    try:
        return datetime.strptime(text or "", "%Y%m%d").date()  # noqa: DTZ007 - a calendar day
    except ValueError:
        return None


def positive(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and int(text) else default


def int_list(text: str) -> frozenset[int]:
    return frozenset(int(part) for part in text.split(",") if part.strip().isdecimal())


def _is_sold(filters: PriceFilters, hotel: Hotel, day: date) -> bool:
    state = places(filters.town, hotel, day)
    if filters.is_on("FILTER") and state.is_stop_sale:
        return False
    return not (filters.is_on("MOMENT_CONFIRM") and "R" in state.rooms + state.there + state.back)


def _stay(variant: Variant) -> dict[str, Any]:
    return {
        "checkIn": f"{variant.check_in:%Y%m%d}",
        "checkOut": f"{variant.check_in + timedelta(days=variant.nights):%Y%m%d}",
        "nights": variant.nights,
        "hnights": variant.nights,
        "meal": variant.meal,
        "mealKey": MEAL_IDS[variant.meal],
        "room": variant.room,
        "roomKey": ROOM_IDS[variant.room],
    }


def _place(hotel: Hotel) -> dict[str, Any]:
    return {
        "hotel": hotel.name,
        "hotelKey": hotel.id,
        "hotelUrl": "",
        "star": hotel.star,
        "starKey": STAR_IDS[hotel.star],
        "town": hotel.resort.name,
        "townKey": hotel.resort.id,
        "stateKey": hotel.resort.country.id,
    }


def _party(party: Party) -> dict[str, Any]:
    infants = sum(age < 2 for age in party.ages)
    children = len(party.ages) - infants
    rooms = {1: "SGL", 2: "DBL", 3: "TRPL"}.get(party.adults, f"{party.adults} ADL")
    placement = f"{party.adults} ADL+{len(party.ages)} CHD" if party.ages else rooms
    return {
        "adult": party.adults,
        "child": children,
        "infant": infants,
        "htPlace": placement,
        "htPlaceKey": 40 + party.adults + 10 * len(party.ages),
    }


def _money(variant: Variant, currency: str) -> dict[str, Any]:
    """Half of the hotels send money as text: which form an installation uses is not known."""
    converted = (variant.price_usd * USD_RATES[currency]).quantize(Decimal("0.01"))
    as_text = variant.hotel.id % 2 == 0
    return {
        "price": f"{variant.price_usd}.00" if as_text else variant.price_usd,
        "currency": "USD",
        "currencyKey": CURRENCY_IDS["USD"],
        "convertedPrice": f"{converted:,} {currency}".replace(",", "\N{NO-BREAK SPACE}"),
        "convertedPriceNumber": str(converted) if as_text else float(converted),
        "convertedCurrency": currency,
        "convertedCurrencyKey": CURRENCY_IDS[currency],
    }


def _availability(variant: Variant, filters: PriceFilters) -> dict[str, Any]:
    state = places(filters.town, variant.hotel, variant.check_in)
    return {
        "bron": int("R" not in state.rooms + state.there + state.back),
        "stopSale": int(state.is_stop_sale),
        "hotelAvailability": state.rooms,
        "freights": {
            "econom": {"in": state.there, "out": state.back},
            "busines": {"in": "N", "out": "N"},
        },
        "freightExternal": "N",
    }
