"""The made-up tours that the trial texts of the gate speak of."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from chat.ai.gate.grounds import Grounds, grounds_of
from integrations.tours.base import Availability, TourOffer

_HOTELS = (
    "Hessinda Hotel", "Taseral Palace", "Orvivelle Resort", "Velanti Villas",
    "Peleral Beach Hotel", "Marunda Bay Resort", "Lotavia Garden", "Sanquira Suites",
    "Bellomare Club", "Ondalia Spa Hotel",
)  # fmt: skip
_RESORTS = (
    ("Нячанг", "VN", "Nha Trang"), ("Фукуок", "VN", "Phu Quoc"), ("Анталья", "TR", "Antalya"),
    ("Кемер", "TR", "Kemer"), ("Хургада", "EG", "Hurghada"), ("Пхукет", "TH", "Phuket"),
)  # fmt: skip
COUNTRY = {
    "VN": ("Вьетнам", "Вьетнам", "Vietnam"), "TR": ("Турция", "Түркия", "Turkey"),
    "EG": ("Египет", "Мысыр", "Egypt"), "TH": ("Таиланд", "Таиланд", "Thailand"),
}  # fmt: skip
MEAL = {
    "AI": ("всё включено", "барлығы кіреді", "all inclusive"),
    "BB": ("завтраки", "таңғы ас", "breakfast"),
    "HB": ("завтрак и ужин", "таңғы және кешкі ас", "breakfast and dinner"),
}
_CITIES = (("Алматы", "Almaty"), ("Астана", "Astana"), ("Шымкент", "Shymkent"))


@dataclass(frozen=True)
class World:
    offers: list[TourOffer]
    facts: dict[str, Any]
    city: tuple[str, str]
    resort: tuple[str, str, str]

    @property
    def grounds(self) -> Grounds:
        return grounds_of(self.facts, self.offers)


def make_world(pick: random.Random) -> World:
    resort, city = pick.choice(_RESORTS), pick.choice(_CITIES)
    first = date(2027, 1, 1) + timedelta(days=pick.randrange(300))
    nights, adults, children = pick.randrange(5, 15), pick.randrange(1, 4), pick.randrange(0, 3)
    facts = {
        "countries": [resort[1]], "departure_city": city[0], "adults": adults,
        "children": children, "children_ages": [pick.randrange(2, 16) for _ in range(children)],
        "nights_min": nights, "nights_max": nights, "date_from": first.isoformat(),
        "date_to": first.isoformat(), "budget_max": pick.randrange(400, 2500) * 1000,
        "currency": "KZT",
    }  # fmt: skip
    offers = [
        _offer(pick, hotel, resort, city, first, nights, adults, children)
        for hotel in pick.sample(_HOTELS, 3)
    ]
    return World(offers, facts, city, resort)


def _offer(
    pick: random.Random,
    hotel: str,
    resort: tuple[str, str, str],
    city: tuple[str, str],
    day: date,
    nights: int,
    adults: int,
    children: int,
) -> TourOffer:
    dollars = pick.randrange(700, 6000)
    return TourOffer(
        row_id="1", hotel=hotel, stars=pick.randrange(3, 6), resort=resort[0], country=resort[1],
        meal=pick.choice(list(MEAL)), room="Standard Room", placement="DBL", check_in=day,
        check_out=day + timedelta(days=nights), nights=nights, adults=adults, children=children,
        price=Decimal(dollars), currency="USD", converted_price=Decimal(dollars * 520),
        converted_currency="KZT", availability=next(iter(Availability)), departure_city=city[0],
        programme="", fetched_at=datetime(2026, 11, 25, 5, 45, tzinfo=UTC),
    )  # fmt: skip
