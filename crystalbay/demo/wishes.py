"""What invented clients wish for: facts, each with the words it stands in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from babel.dates import format_date

from crystalbay.demo import phrases
from crystalbay.demo.phrases import Trip


@dataclass(frozen=True)
class Told:
    """One fact by the names and shapes of `chat.ai.nlp`."""

    name: str
    value: Any
    quote: str


@dataclass(frozen=True)
class Wish:
    """`parts` are the pieces of the client's sentence, each with the facts that it tells."""

    trip: Trip
    place: str
    parts: tuple[tuple[str, tuple[Told, ...]], ...]
    price: int

    def facts(self) -> dict[str, Any]:
        return {fact.name: fact.value for _text, told in self.parts for fact in told}


def invent_wish(language: str, on: date, rng: Random) -> Wish:
    trip = rng.choice([trip for trip in phrases.TRIPS if language in trip.said])
    place = trip.said[language]
    nights = rng.choice((7, 7, 8, 9, 10, 10, 11, 12, 14))
    adults = rng.choices((1, 2, 3, 4), (10, 70, 12, 8))[0]
    ages = [rng.randint(5, 12) for _ in range(rng.choices((0, 1), (55, 45))[0])]
    price = _price(trip, nights, adults + len(ages), rng)
    parts = [
        _place(trip, place),
        _date(on + timedelta(days=rng.randint(14, 120)), language),
        _nights(nights, language),
        _city(language, rng),
        _party(adults, ages, language),
    ]
    if rng.random() < 0.6:
        parts.append(_budget(price, language, rng))
    return Wish(trip, place, tuple(parts), price)


def _price(trip: Trip, nights: int, heads: int, rng: Random) -> int:
    exact = trip.week_kzt * heads * (0.55 + 0.45 * nights / 7) * rng.uniform(0.9, 1.35)
    return int(exact) // 100 * 100


def _place(trip: Trip, place: str) -> tuple[str, tuple[Told, ...]]:
    resort = (Told("resorts", [trip.resort], place),) if trip.resort else ()
    return place, (Told("countries", [trip.country], place), *resort)


def _date(day: date, language: str) -> tuple[str, tuple[Told, ...]]:
    text = phrases.DATES[language].format(day=format_date(day, "d MMMM", locale=language))
    value = day.isoformat()
    return text, (Told("date_from", value, text), Told("date_to", value, text))


def _nights(nights: int, language: str) -> tuple[str, tuple[Told, ...]]:
    text = phrases.NIGHTS[language].format(nights=nights)
    return text, (Told("nights_min", nights, text), Told("nights_max", nights, text))


def _city(language: str, rng: Random) -> tuple[str, tuple[Told, ...]]:
    city = rng.choices(list(phrases.CITIES), phrases.CITY_WEIGHTS)[0]
    text = phrases.CITIES[city][language]
    return text, (Told("departure_city", city, text),)


def _party(adults: int, ages: list[int], language: str) -> tuple[str, tuple[Told, ...]]:
    grown = phrases.ADULTS[language][adults - 1]
    if not ages:
        return grown, (Told("adults", adults, grown),)
    young = phrases.CHILD[language].format(age=ages[0])
    return f"{grown}, {young}", (
        Told("adults", adults, grown),
        Told("children", len(ages), young),
        Told("children_ages", ages, young),
    )


def _budget(price: int, language: str, rng: Random) -> tuple[str, tuple[Told, ...]]:
    thousands = int(price * rng.uniform(0.85, 1.2)) // 50_000 * 50
    text = phrases.BUDGETS[language].format(thousands=thousands)
    return text, (Told("budget_max", thousands * 1000, text), Told("currency", "KZT", text))
