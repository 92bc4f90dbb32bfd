from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from bookings.models import Offer, OperatorRate
from bookings.services.offers import save_offer, save_offers
from bookings.services.rates import newest_rate, note_rate
from bookings.tests.tours import DAY, SEEN_AT, tour_offer, tour_search
from integrations.tours.base import TourSearch

pytestmark = pytest.mark.django_db


def test_everything_a_booking_needs_is_kept() -> None:
    search = tour_search()

    offer = Offer.objects.get(pk=save_offer(tour_offer(), search).pk)

    assert (offer.operator, offer.row_id) == ("samo", "0x7a10b2c3")
    assert offer.operator_keys == {"hotelKey": 550017, "townFromKey": 9101, "spo": "V-118"}
    assert (offer.departure_city, offer.country, offer.resort) == ("Алматы", "VN", "Нячанг")
    assert (offer.hotel, offer.stars, offer.room) == ("Coral Lagoon Resort", 4, "Deluxe Garden")
    assert (offer.meal, offer.placement, offer.programme) == (
        "BB",
        "2 ADL+1 CHD",
        "Нячанг из Алматы",
    )
    assert (offer.check_in, offer.check_out, offer.nights) == (DAY, DAY + timedelta(days=7), 7)
    assert (offer.adults, offer.children_ages) == (2, [6])
    assert (offer.price, offer.currency) == (Decimal("1384.00"), "USD")
    assert (offer.price_kzt, offer.kzt_rate) == (Decimal("719680.00"), Decimal("520.0000"))
    assert offer.rated_at == offer.seen_at == SEEN_AT
    assert offer.availability == Offer.Availability.AVAILABLE
    assert TourSearch.from_dict(offer.parameters) == search


def test_the_rate_is_remembered_with_its_time() -> None:
    save_offer(tour_offer(), tour_search())

    rate = newest_rate("USD")

    assert rate is not None
    assert (rate.kzt, rate.seen_at) == (Decimal("520.0000"), SEEN_AT)


def test_a_price_without_tenge_gets_the_operators_newest_rate() -> None:
    note_rate("USD", Decimal(515), SEEN_AT - timedelta(days=1))
    in_dollars = tour_offer(converted_price=Decimal("1384.00"), converted_currency="USD")

    offer = save_offer(in_dollars, tour_search(currency="USD"))

    assert (offer.price_kzt, offer.kzt_rate) == (Decimal("712760.00"), Decimal(515))
    assert offer.rated_at == SEEN_AT - timedelta(days=1)


def test_a_price_whose_rate_nobody_knows_has_no_tenge() -> None:
    offer = save_offer(
        tour_offer(converted_price=None, converted_currency=""), tour_search(currency="USD")
    )

    assert (offer.price_kzt, offer.kzt_rate, offer.rated_at) == (None, None, None)


def test_a_price_in_tenge_has_the_rate_one() -> None:
    offer = save_offer(tour_offer(price=Decimal(700000), currency="KZT"), tour_search())

    assert (offer.price_kzt, offer.kzt_rate) == (Decimal(700000), Decimal(1))
    assert not OperatorRate.objects.exists()


def test_the_rate_comes_from_the_dearest_row() -> None:
    small = tour_offer(price=Decimal("0.03"), converted_price=Decimal("15.00"))

    save_offers([small, tour_offer()], tour_search())

    assert [rate.kzt for rate in OperatorRate.objects.all()] == [Decimal("520.0000")]


def test_the_same_rate_is_written_once_a_day() -> None:
    for hours in (0, 1, 30):
        note_rate("USD", Decimal(520), SEEN_AT + timedelta(hours=hours))
    note_rate("USD", Decimal("521.5"), SEEN_AT + timedelta(hours=31))
    note_rate("USD", Decimal(400), SEEN_AT)

    assert OperatorRate.objects.count() == 3
    assert newest_rate("USD").kzt == Decimal("521.5")  # type: ignore[union-attr]


def test_offers_of_one_search_cost_few_queries(django_assert_max_num_queries) -> None:
    rows = [tour_offer(row_id=f"0x{number}") for number in range(200)]

    with django_assert_max_num_queries(8):
        save_offers(rows, tour_search())

    assert Offer.objects.count() == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": Decimal(0)},
        {"currency": ""},
        {"kzt_rate": None},
        {"check_out": DAY - timedelta(days=1)},
    ],
)
def test_the_database_refuses_half_an_offer(wrong: dict[str, object]) -> None:
    offer = save_offer(tour_offer(), tour_search())

    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.filter(pk=offer.pk).update(**wrong)


def test_a_search_survives_its_way_through_the_database() -> None:
    search = tour_search(resorts=("Нячанг",), budget_max=Decimal("900000.50"), meal="AI")

    assert TourSearch.from_dict(search.as_dict()) == search
    assert TourSearch.from_dict(replace(search, budget_max=None).as_dict()).budget_max is None
