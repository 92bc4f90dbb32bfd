"""What the tours port promises to the rest of the product, whoever the operator is.

Runs against the fake; the same class is meant for a real account, so it knows no operator's ids
and no hotel.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from integrations.fakes.base import as_transport
from integrations.fakes.samo import FakeSamo
from integrations.tours.base import (
    Availability,
    EmptyReason,
    SearchResult,
    TourOffer,
    ToursConnector,
    TourSearch,
)
from integrations.tours.samo.calls import SamoConfig
from integrations.tours.samo.connector import SamoConnector

TODAY = date(2026, 11, 24)


@pytest.fixture
def connector() -> ToursConnector:
    fake = FakeSamo(today=TODAY)
    return SamoConnector(SamoConfig(token=fake.token), as_transport(fake))


def make_search(**overrides: Any) -> TourSearch:
    values: dict[str, Any] = {
        "departure_city": "Алматы",
        "country": "VN",
        "date_from": TODAY + timedelta(days=40),
        "date_to": TODAY + timedelta(days=46),
        "nights_min": 7,
        "nights_max": 11,
        "children_ages": (6,),
    }
    return TourSearch(**(values | overrides))


SEARCHES = [
    make_search(),
    make_search(departure_city="АСТАНА", country="TR", children_ages=()),
    make_search(country="TH", adults=3, children_ages=(1, 16), currency="USD"),
    make_search(country="AE", stars_min=4, budget_max=Decimal(2_000_000)),
    make_search(country="EG", meal="AI", resorts=("Хургада",), limit=2),
    make_search(budget_max=Decimal(1)),
    make_search(country="JP"),
]


@pytest.mark.parametrize("search", SEARCHES, ids=lambda search: search.country)
class TestToursPort:
    def result(self, connector: ToursConnector, search: TourSearch) -> SearchResult:
        return connector.search(search)

    def test_offers_are_what_was_asked(self, connector: ToursConnector, search: TourSearch) -> None:
        for offer in self.result(connector, search).offers:
            assert offer.country == search.country
            assert search.date_from <= offer.check_in <= search.date_to
            assert search.nights_min <= offer.nights <= search.nights_max
            assert offer.check_out == offer.check_in + timedelta(days=offer.nights)
            assert (offer.adults, offer.children) == (search.adults, len(search.children_ages))
            assert (offer.stars or 0) >= (search.stars_min or 0)
            assert offer.availability is not Availability.NONE

    def test_money_is_decimal_within_the_budget_and_in_order(
        self, connector: ToursConnector, search: TourSearch
    ) -> None:
        offers = self.result(connector, search).offers
        amounts = [offer.amount_in(search.currency) or Decimal(-1) for offer in offers]

        assert all(type(offer.price) is Decimal and offer.price > 0 for offer in offers)
        assert all(amount > 0 for amount in amounts)
        assert amounts == sorted(amounts)
        if search.budget_max is not None:
            assert all(amount <= search.budget_max for amount in amounts)

    def test_one_offer_per_hotel_up_to_the_limit(
        self, connector: ToursConnector, search: TourSearch
    ) -> None:
        offers = self.result(connector, search).offers

        assert len(offers) <= search.limit
        assert len({(offer.hotel, offer.resort) for offer in offers}) == len(offers)

    def test_reason_is_given_exactly_when_there_is_nothing(
        self, connector: ToursConnector, search: TourSearch
    ) -> None:
        result = self.result(connector, search)

        assert (result.empty_reason is None) == bool(result.offers)
        assert result.empty_reason is None or result.empty_reason in EmptyReason

    def test_moments_are_aware_and_now(self, connector: ToursConnector, search: TourSearch) -> None:
        result = self.result(connector, search)
        moments = [result.checked_at, *(offer.fetched_at for offer in result.offers)]

        assert all(abs(datetime.now(UTC) - moment) < timedelta(minutes=1) for moment in moments)

    def test_offers_survive_json(self, connector: ToursConnector, search: TourSearch) -> None:
        for offer in self.result(connector, search).offers:
            assert TourOffer.from_dict(json.loads(json.dumps(offer.as_dict()))) == offer


def test_check_says_something(connector: ToursConnector) -> None:
    assert connector.check()
