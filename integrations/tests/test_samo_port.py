"""What the tours port has besides a search: pages as they come, rechecks, flights, catalogue."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from integrations.fakes.base import FakeRequest, FakeResponse, as_transport
from integrations.fakes.samo import FakeSamo, UnknownParameter
from integrations.tests.test_samo_connector import (
    DAY,
    TODAY,
    actions,
    is_price_request,
    make_connector,
    make_search,
    page_is,
    price_queries,
)
from integrations.tours.base import EmptyReason, FoundPage, TourOffer, TourSearch
from integrations.tours.samo.calls import SamoConfig
from integrations.tours.samo.connector import SamoConnector
from integrations.tours.samo.flights import read_flights
from integrations.tours.samo.portal import portal_url
from integrations.transport.errors import InvalidRequest, TransientError


@pytest.fixture
def fake() -> FakeSamo:
    return FakeSamo(today=TODAY, page_size=5, is_strict=True)


@pytest.fixture
def connector(fake: FakeSamo) -> SamoConnector:
    return make_connector(fake)


def first_offer(connector: SamoConnector) -> TourOffer:
    return connector.search(make_search()).offers[0]


def exactly(offer: TourOffer) -> TourSearch:
    """The question to which this very tour is an answer."""
    return make_search(
        date_from=offer.check_in,
        date_to=offer.check_in,
        nights_min=offer.nights,
        nights_max=offer.nights,
    )


def test_strict_fake_fails_a_misspelt_parameter(fake: FakeSamo) -> None:
    query = {"samo_action": "api", "oauth_token": fake.token, "action": "SearchTour_STATES"}

    with pytest.raises(UnknownParameter, match="townfrom"):
        fake.handle(FakeRequest("GET", "/export/default.php", query | {"townfrom": "1"}))


def test_pages_are_told_as_they_come(fake: FakeSamo, connector: SamoConnector) -> None:
    pages: list[FoundPage] = []
    asked: list[int] = []

    def on_page(page: FoundPage) -> None:
        pages.append(page)
        asked.append(len(price_queries(fake)))

    result = connector.search(make_search(), on_page=on_page)

    assert asked == list(range(1, len(pages) + 1))
    assert [page.pages_read for page in pages] == asked
    assert {page.pages_known for page in pages} == {len(pages)}
    told = {offer.row_id for page in pages for offer in page.offers}
    assert {offer.row_id for offer in result.offers} <= told


def test_fewer_pages_may_be_asked_for(fake: FakeSamo, connector: SamoConnector) -> None:
    result = connector.search(make_search(), max_pages=1)

    assert len(price_queries(fake)) == 1
    assert not result.is_complete
    assert result.offers


def test_over_budget_tells_the_cheapest_there_is(connector: SamoConnector) -> None:
    cheapest = first_offer(connector)

    result = connector.search(make_search(budget_max=cheapest.converted_price - 1))

    assert result.empty_reason is EmptyReason.OVER_BUDGET
    assert result.cheapest_beyond is not None
    assert result.cheapest_beyond.converted_price == cheapest.converted_price


def test_one_hotel_may_be_asked_for(fake: FakeSamo, connector: SamoConnector) -> None:
    hotel = connector.search(make_search()).offers[3].operator_keys["hotelKey"]

    result = connector.search(make_search(hotels=(hotel,)))

    assert {offer.operator_keys["hotelKey"] for offer in result.offers} == {hotel}
    assert price_queries(fake)[-1]["HOTELS"] == str(hotel)


class TestRecheck:
    def test_the_same_tour_is_found_after_the_ids_have_changed(
        self, fake: FakeSamo, connector: SamoConnector
    ) -> None:
        offer = first_offer(connector)
        fake.reload()

        again = connector.recheck(exactly(offer), offer.operator_keys)

        assert again is not None
        assert again.row_id != offer.row_id
        same = ("hotel", "room", "meal", "placement", "check_in", "nights", "price")
        assert [getattr(again, name) for name in same] == [getattr(offer, name) for name in same]
        last = price_queries(fake)[-1]
        assert "PARTITION_PRICE" not in last
        assert last["HOTELS"] == str(offer.operator_keys["hotelKey"])

    def test_another_price_is_told(self, fake: FakeSamo, connector: SamoConnector) -> None:
        offer = first_offer(connector)
        fake.market.price_factor = 1.1

        again = connector.recheck(exactly(offer), offer.operator_keys)

        assert again is not None
        assert again.price == round(float(offer.price) * 1.1)

    def test_what_is_sold_out_is_gone(self, fake: FakeSamo, connector: SamoConnector) -> None:
        offer = first_offer(connector)
        fake.market.sold_out_hotels.add(int(offer.operator_keys["hotelKey"]))

        assert connector.recheck(exactly(offer), offer.operator_keys) is None

    def test_every_page_of_the_hotel_is_looked_at(
        self, fake: FakeSamo, connector: SamoConnector
    ) -> None:
        dearest = connector.search(make_search(meal="AI")).offers[0]

        again = connector.recheck(exactly(dearest), dearest.operator_keys)

        assert again is not None
        assert again.meal == dearest.meal

    def test_half_an_answer_is_not_sold_out(self, fake: FakeSamo, connector: SamoConnector) -> None:
        offer = first_offer(connector)
        keys = {**offer.operator_keys, "roomKey": 1}
        fake.fail_next("500", times=2, when=page_is(2))

        with pytest.raises(TransientError):
            connector.recheck(exactly(offer), keys)

    def test_without_ids_nobody_says_that_it_is_sold_out(self, connector: SamoConnector) -> None:
        with pytest.raises(InvalidRequest):
            connector.recheck(exactly(first_offer(connector)), {})

    def test_it_takes_no_longer_than_it_may(self, fake: FakeSamo, connector: SamoConnector) -> None:
        offer = first_offer(connector)
        fake.fail_next("slow", delay_s=0.1, times=9, when=is_price_request)
        before = len(fake.requests)

        with pytest.raises(TransientError):
            connector.recheck(exactly(offer), offer.operator_keys, timeout_s=0.05)

        # Not asked again when the time is over.
        assert sum(map(is_price_request, fake.requests[before:])) == 1


def test_empty_list_of_towns_is_no_proof_that_nothing_is_sold(
    fake: FakeSamo, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = FakeResponse.of_json({"SearchTour_TOWNFROMS": []})
    monkeypatch.setattr(fake, "respond", lambda request: empty)

    with pytest.raises(TransientError, match="came empty"):
        make_connector(fake).search(make_search())


class TestFlights:
    def test_both_legs_of_a_row(self, connector: SamoConnector) -> None:
        offer = first_offer(connector)

        there, back = connector.flights(offer.row_id)

        assert (there.from_city, there.to_city, there.from_port) == (
            "Алматы",
            offer.resort,
            "ALA",
        )
        assert there.departs_at == datetime.combine(offer.check_in, datetime.min.time()).replace(
            hour=21, minute=40
        )
        assert there.arrives_at.date() == offer.check_in + timedelta(days=1)
        assert (back.to_city, back.departs_at.date()) == ("Алматы", offer.check_out)
        assert (there.baggage, there.has_seats) == ("20 kg", True)

    def test_row_of_yesterday_has_none(self, fake: FakeSamo, connector: SamoConnector) -> None:
        offer = first_offer(connector)
        fake.reload()

        assert connector.flights(offer.row_id) == ()

    @pytest.mark.parametrize(
        "payload",
        [
            None,
            [],
            {"routes": []},
            {"routes": [{"info": {"date": "20270303"}, "freights": [{"name": "ZZ 1"}]}]},
            {"routes": [{"freights": [{"departure": {"time": "x"}, "arrival": {"time": "y"}}]}]},
            {"routes": {"0": {"info": None, "freights": None}}},
        ],
    )
    def test_what_is_no_flight_is_left_out(self, payload: object) -> None:
        assert read_flights(payload) == ()

    def test_seats_nobody_tells_of_are_not_known(self) -> None:
        leg = {"departure": {"time": "10:00"}, "arrival": {"time": "12:00"}}
        payload = {"routes": {"0": {"info": {"date": "2027-03-03"}, "freights": {"7": leg}}}}

        (flight,) = read_flights(payload)

        assert (flight.has_seats, flight.baggage, flight.arrives_at.hour) == (None, "", 12)


class TestCatalogue:
    def test_steps_name_every_route(self, connector: SamoConnector) -> None:
        steps = connector.catalogue_steps()

        assert steps[0] == "town_from"
        assert len(steps) == len(set(steps))
        assert {step.split(":")[0] for step in steps} == {
            *("town_from", "country", "programme", "resort"),
            *("stars", "meal", "currency", "hotel"),
        }
        assert "hotel:9101:715" in steps
        assert "hotel:9104:715" not in steps  # Bishkek does not fly to Vietnam

    def test_departures_of_a_route_and_of_none(self, connector: SamoConnector) -> None:
        assert DAY in (connector.departures("Алматы", "VN") or ())
        assert connector.departures("Бишкек", "VN") == []
        assert connector.departures("Париж", "VN") == []


class TestDiagnosis:
    def test_every_kind_of_call_is_tried_with_its_time(self, connector: SamoConnector) -> None:
        steps = connector.diagnose()

        assert [step.name for step in steps] == [
            *("towns", "states", "currencies", "calendar", "prices"),
        ]
        assert all(step.is_ok and step.took_ms >= 0 for step in steps)

    @pytest.mark.parametrize("fault", ["blocked_json", "blocked_xml"])
    def test_refused_address_is_told_and_nothing_more_is_tried(
        self, fake: FakeSamo, connector: SamoConnector, fault: str
    ) -> None:
        fake.fail_next(fault)

        (step,) = connector.diagnose()

        assert (step.is_ok, step.fault, step.address) == (False, "IpNotAllowed", "203.0.113.7")
        assert actions(fake) == ["TOWNFROMS"]

    def test_name_that_does_not_exist(self) -> None:
        config = SamoConfig(token="t", base_url="https://operator.invalid/export/default.php")

        (step,) = SamoConnector(config).diagnose()

        assert (step.name, step.is_ok, step.fault) == ("name", False, "ConfigError")

    def test_nobody_at_that_port(self) -> None:
        config = SamoConfig(token="t", base_url="http://127.0.0.1:9/export/default.php")

        name, connection = SamoConnector(config).diagnose()

        assert name.is_ok
        assert (connection.is_ok, connection.fault) == (False, "TransientError")

    def test_operator_with_nothing_to_sell_is_no_crash(self, fake: FakeSamo) -> None:
        fake.catalogue.weekdays = lambda town, country: frozenset()  # type: ignore[method-assign]

        steps = make_connector(fake).diagnose()

        assert [step.name for step in steps] == ["towns", "states"]


class TestPortal:
    KEYS = {"townFromKey": 1344, "stateKey": 15, "hotelKey": 77, "currencyKey": 2}

    def link(self, base_url: str, keys: dict[str, int | str] | None = None) -> str:
        return portal_url(
            base_url,
            self.KEYS if keys is None else keys,
            check_in=date(2027, 3, 1),
            nights=7,
            adults=2,
            ages=(4, 9),
        )

    def test_link_asks_for_this_very_tour(self) -> None:
        assert self.link("https://booking.example.com/export/default.php") == (
            "https://booking.example.com/search_tour?TOWNFROMINC=1344&STATEINC=15"
            "&CHECKIN_BEG=20270301&CHECKIN_END=20270301&NIGHTS_FROM=7&NIGHTS_TILL=7"
            "&ADULT=2&CHILD=2&AGES=4%2C9&CURRENCY=2&HOTELS=77&PRICEPAGE=1&DOLOAD=1"
        )

    def test_own_page_of_the_operator_is_kept(self) -> None:
        assert self.link("https://o.example/find/tour").startswith("https://o.example/find/tour?")

    def test_without_address_or_ids_there_is_no_link(self) -> None:
        assert self.link("") == ""
        assert self.link("https://o.example/", {"hotelKey": 77}) == ""


def test_one_call_at_a_time_passes_the_turn(fake: FakeSamo) -> None:
    from_turn: list[float] = []

    class Turn:
        def __init__(self, wait_s: float) -> None:
            from_turn.append(wait_s)

        def __enter__(self) -> None:
            return None

        def __exit__(self, *_: object) -> None:
            return None

    connector = SamoConnector(SamoConfig(token=fake.token), as_transport(fake), Turn)
    connector.search(replace(make_search(), limit=1), max_pages=1)

    assert len(from_turn) == len(fake.requests)
    assert all(0 < wait_s <= 60 for wait_s in from_turn)
