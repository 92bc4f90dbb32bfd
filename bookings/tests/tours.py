"""Searches and found rows for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from integrations.tours.base import Availability, TourOffer, TourSearch

DAY = date(2027, 1, 12)
SEEN_AT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def tour_search(**overrides: Any) -> TourSearch:
    values: dict[str, Any] = {
        "departure_city": "Алматы",
        "country": "VN",
        "date_from": DAY,
        "date_to": DAY + timedelta(days=7),
        "nights_min": 7,
        "nights_max": 10,
        "adults": 2,
        "children_ages": (6,),
    }
    return TourSearch(**(values | overrides))


def tour_offer(**overrides: Any) -> TourOffer:
    values: dict[str, Any] = {
        "row_id": "0x7a10b2c3",
        "hotel": "Coral Lagoon Resort",
        "stars": 4,
        "resort": "Нячанг",
        "country": "VN",
        "meal": "BB",
        "room": "Deluxe Garden",
        "placement": "2 ADL+1 CHD",
        "check_in": DAY,
        "check_out": DAY + timedelta(days=7),
        "nights": 7,
        "adults": 2,
        "children": 1,
        "price": Decimal("1384.00"),
        "currency": "USD",
        "converted_price": Decimal("719680.00"),
        "converted_currency": "KZT",
        "availability": Availability.AVAILABLE,
        "departure_city": "Алматы",
        "programme": "Нячанг из Алматы",
        "fetched_at": SEEN_AT,
        "operator_keys": {"hotelKey": 550017, "townFromKey": 9101, "spo": "V-118"},
    }
    return TourOffer(**(values | overrides))
