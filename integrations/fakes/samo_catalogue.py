"""Invented catalogue of the fake operator: towns, countries, resorts, hotels, programmes, routes.

Hotels are grown from a seed, so no data file is needed. Places are real, hotels and ids are not:
ids differ from any known installation, so that a hard-coded one is found out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from random import Random

STAR_IDS = {"3*": 21, "4*": 22, "5*": 23, "VIP": 27}
MEAL_IDS = {"RO": 31, "BB": 32, "HB": 33, "FB": 34, "AI": 35, "UAI": 36}
CURRENCY_IDS = {"RUB": 11, "USD": 12, "EUR": 13, "KZT": 17}


@dataclass(frozen=True)
class TownFrom:
    """`flight_factor` makes flights from here dearer than from the cheapest town."""

    id: int
    name: str
    genitive: str
    name_alt: str
    state_id: int
    state: str
    state_alt: str
    flight_factor: float


@dataclass(frozen=True)
class Country:
    """`flight_usd` is there and back for an adult; `hotel_factor` is the local price level."""

    id: int
    iso3: str
    name: str
    name_alt: str
    flight_usd: int
    hotel_factor: float
    nights: range
    meals: tuple[str, ...]
    resorts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Resort:
    id: int
    name: str
    name_alt: str
    country: Country


@dataclass(frozen=True)
class Hotel:
    """`night_usd` is per adult in a double room with the plainest room and meal."""

    id: int
    name: str
    star: str
    night_usd: float
    resort: Resort


@dataclass(frozen=True)
class Programme:
    id: int
    name: str
    name_alt: str
    town: TownFrom
    resort: Resort


TOWNS = (
    TownFrom(9101, "Алматы", "Алматы", "ALMATY", 91, "Казахстан", "KAZAKHSTAN", 1.0),
    TownFrom(9102, "Астана", "Астаны", "Astana", 91, "Казахстан", "KAZAKHSTAN", 1.08),
    TownFrom(9103, "Шымкент", "Шымкента", "Shymkent", 91, "Казахстан", "KAZAKHSTAN", 1.12),
    TownFrom(9104, "Бишкек", "Бишкека", "BISHKEK", 92, "Кыргызстан", "KYRGYZSTAN", 1.05),
)

COUNTRIES = (
    Country(
        *(715, "VNM", "Вьетнам", "VIETNAM", 290, 1.0, range(5, 15), ("BB", "HB", "AI")),
        (("Нячанг", "Nha Trang"), ("Фукуок", "Phu Quoc"), ("Дананг", "Da Nang")),
    ),
    Country(
        *(716, "TUR", "Турция", "TURKEY", 230, 1.5, range(5, 15), ("AI", "UAI")),
        (
            ("Анталья", "Antalya"),
            ("Кемер", "Kemer"),
            ("Аланья", "Alanya"),
            ("Сиде", "Side"),
            ("Белек", "Belek"),
        ),
    ),
    Country(
        *(717, "EGY", "Египет", "EGYPT", 260, 1.2, range(6, 15), ("HB", "AI", "UAI")),
        (("Хургада", "Hurghada"), ("Шарм-эль-Шейх", "Sharm El Sheikh")),
    ),
    Country(
        *(718, "ARE", "ОАЭ", "UAE", 210, 1.7, range(3, 13), ("RO", "BB", "HB")),
        (("Дубай", "Dubai"), ("Шарджа", "Sharjah"), ("Рас-эль-Хайма", "Ras Al Khaimah")),
    ),
    Country(
        *(719, "THA", "Таиланд", "THAILAND", 320, 1.1, range(6, 15), ("RO", "BB", "HB")),
        (("Пхукет", "Phuket"), ("Паттайя", "Pattaya")),
    ),
    Country(
        *(720, "MDV", "Мальдивы", "MALDIVES", 520, 3.0, range(5, 12), ("BB", "FB", "AI")),
        (("Мале", "Male"), ("Ари Атолл", "Ari Atoll")),
    ),
    Country(
        *(721, "LKA", "Шри-Ланка", "SRI LANKA", 380, 1.1, range(6, 14), ("BB", "HB")),
        (("Бентота", "Bentota"), ("Хиккадува", "Hikkaduwa")),
    ),
    Country(
        *(722, "GEO", "Грузия", "GEORGIA", 170, 1.0, range(3, 11), ("RO", "BB")),
        (("Батуми", "Batumi"), ("Тбилиси", "Tbilisi")),
    ),
)

# Weekdays of departure, Monday is 0
_EVERY_DAY = "0123456"
_WEEKDAYS = {
    "Алматы": dict.fromkeys(("VNM", "TUR", "EGY", "ARE", "THA"), _EVERY_DAY)
    | {"MDV": "04", "LKA": "15", "GEO": "36"},
    "Астана": dict.fromkeys(("VNM", "TUR", "EGY", "ARE", "THA"), _EVERY_DAY)
    | {"MDV": "5", "GEO": "4"},
    "Шымкент": {"VNM": "14", "TUR": "025", "EGY": "25", "ARE": "36"},
    "Бишкек": {"TUR": "135", "ARE": "04", "THA": "2"},
}

_NAME_STARTS = (
    *("Vel", "Tas", "Orv", "Kel", "Nim", "Zar"),
    *("Lum", "Bri", "Sor", "Pel", "Dov", "Quin", "Hes"),
)
_NAME_ENDS = (
    *("mora", "sinda", "anti", "ubra", "eral", "ovia"),
    *("inara", "elto", "amis", "undra", "ivelle", "oreth"),
)
_NAME_KINDS = ("Resort", "Beach Hotel", "Hotel", "Garden", "Palace", "Villas")
# Seven hotels a resort, one more in the first country: 150 in all
_CATEGORIES = ("3*", "3*", "3*", "4*", "4*", "5*", "VIP")
_EXTRA_CATEGORY = "5*"
_NIGHT_USD = {"3*": (13, 23), "4*": (26, 45), "5*": (50, 105), "VIP": (120, 180)}


class Catalogue:
    """Everything the fake sells. The same seed gives the same hotels.

    `hotels_factor` makes that many times more of them, for measurements.
    """

    def __init__(self, seed: int, hotels_factor: int = 1) -> None:
        random = Random(seed)  # noqa: S311 - demo data, not secrets
        self.resorts = [
            Resort(80000 + 10 * number, name, name_alt, country)
            for number, (country, (name, name_alt)) in enumerate(
                (country, names) for country in COUNTRIES for names in country.resorts
            )
        ]
        self.hotels = list(_hotels(self.resorts, random))
        self.hotels += [
            replace(hotel, id=hotel.id + copy * 10_000, name=f"{hotel.name} {copy}")
            for copy in range(1, hotels_factor)
            for hotel in tuple(self.hotels)
        ]
        self.programmes = list(_programmes(self.resorts))

    def resorts_of(self, country: Country) -> list[Resort]:
        return [each for each in self.resorts if each.country is country]

    def hotels_of(self, country: Country) -> list[Hotel]:
        return [each for each in self.hotels if each.resort.country is country]

    @staticmethod
    def weekdays(town: TownFrom, country: Country) -> frozenset[int]:
        """Days of the week of departure, empty if there is no such route."""
        return frozenset(map(int, _WEEKDAYS[town.name].get(country.iso3, "")))


def _hotels(resorts: list[Resort], random: Random) -> Iterator[Hotel]:
    names = ["".join(parts) for parts in product(_NAME_STARTS, _NAME_ENDS)]
    random.shuffle(names)
    for resort in resorts:
        extra = (_EXTRA_CATEGORY,) if resort.country is COUNTRIES[0] else ()
        for star in _CATEGORIES + extra:
            number = 550000 + 7 * len(names)
            name = f"{names.pop()} {random.choice(_NAME_KINDS)}"
            # As in life, only some names repeat the category
            shown = f"{name} {star}" if random.random() < 0.6 and star != "VIP" else name
            night_usd = random.uniform(*_NIGHT_USD[star]) * resort.country.hotel_factor
            yield Hotel(number, shown, star, night_usd, resort)


def _programmes(resorts: list[Resort]) -> Iterator[Programme]:
    number = 4400
    for town, resort in product(TOWNS, resorts):
        if Catalogue.weekdays(town, resort.country):
            number += 1
            name = f"{resort.name} из {town.genitive}"
            yield Programme(number, name, f"{resort.name_alt} ex {town.name_alt}", town, resort)
