"""The tours port over the fake operator: real client, real HTTP, nothing of ours replaced."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from integrations.fakes.base import FakeRequest, FakeResponse, as_transport
from integrations.fakes.samo import FakeSamo
from integrations.tours.base import EmptyReason, TourOffer, TourSearch
from integrations.tours.samo.answers import BusinessError, IpNotAllowed
from integrations.tours.samo.calls import SamoConfig
from integrations.tours.samo.connector import SamoConnector
from integrations.tours.samo.windows import departure_windows
from integrations.transport.errors import (
    AuthFailed,
    ConnectorError,
    InvalidRequest,
    RateLimited,
    TransientError,
)

TODAY = date(2026, 11, 24)
DAY = date(2027, 1, 12)  # a Tuesday


def make_fake(**overrides: Any) -> FakeSamo:
    return FakeSamo(**({"today": TODAY} | overrides))


def make_connector(fake: FakeSamo, **overrides: Any) -> SamoConnector:
    values: dict[str, Any] = {"token": fake.token, "retry_pause_s": 0.0}
    return SamoConnector(SamoConfig(**(values | overrides)), as_transport(fake))


def make_search(**overrides: Any) -> TourSearch:
    values: dict[str, Any] = {
        "departure_city": "Алматы",
        "country": "VN",
        "date_from": DAY,
        "date_to": DAY,
        "nights_min": 10,
        "nights_max": 10,
        "adults": 2,
        "children_ages": (6,),
        "limit": 50,
    }
    return TourSearch(**(values | overrides))


def price_queries(fake: FakeSamo) -> list[dict[str, str]]:
    return [dict(each.query) for each in fake.requests if is_price_request(each)]


def is_price_request(request: FakeRequest) -> bool:
    return request.query.get("action") == "SearchTour_PRICES"


def page_is(number: int) -> Callable[[FakeRequest], bool]:
    return lambda request: request.query.get("PRICEPAGE") == str(number)


def actions(fake: FakeSamo) -> list[str]:
    return [each.query["action"].removeprefix("SearchTour_") for each in fake.requests]


def ignore_parameters(fake: FakeSamo, *names: str) -> None:
    """Let PRICES go without these, as an installation does that does not know them."""
    respond = fake.respond

    def deaf(request: FakeRequest) -> FakeResponse:
        if is_price_request(request):
            query = {name: text for name, text in request.query.items() if name not in names}
            request = replace(request, query=query)
        return respond(request)

    fake.respond = deaf  # type: ignore[method-assign]


def change_rows(fake: FakeSamo, change: dict[str, int]) -> None:
    respond = fake.respond

    def changed(request: FakeRequest) -> FakeResponse:
        answer = respond(request)
        if not is_price_request(request):
            return answer
        content = json.loads(answer.body)
        for row in content["SearchTour_PRICES"]["prices"]:
            row.update(change)
        return FakeResponse.of_json(content)

    fake.respond = changed  # type: ignore[method-assign]


def replace_answer(fake: FakeSamo, action: str, payload: Any) -> None:
    respond = fake.respond

    def replaced(request: FakeRequest) -> FakeResponse:
        if request.query.get("action") == action:
            return FakeResponse.of_json({action: payload})
        return respond(request)

    fake.respond = replaced  # type: ignore[method-assign]


def test_demo_search_finds_tours_within_the_budget() -> None:
    fake = make_fake()

    result = make_connector(fake).search(make_search(budget_max=Decimal(900_000)))

    assert len(result.offers) >= 3
    assert (result.empty_reason, result.is_complete) == (None, True)
    assert abs(result.checked_at - datetime.now(UTC)) < timedelta(minutes=1)
    for offer in result.offers:
        assert (offer.departure_city, offer.country) == ("Алматы", "VN")
        assert (offer.check_in, offer.check_out, offer.nights) == (DAY, date(2027, 1, 22), 10)
        assert (offer.adults, offer.children, offer.placement) == (2, 1, "2 ADL+1 CHD")
        assert (offer.currency, offer.converted_currency) == ("USD", "KZT")
        assert offer.converted_price == offer.price * 520 <= 900_000
        assert offer.fetched_at.tzinfo is not None
    assert fake.unknown_parameters == []


def test_request_is_built_from_the_operators_own_ids() -> None:
    fake = make_fake()

    make_connector(fake).search(
        make_search(
            date_to=DAY + timedelta(days=3),
            nights_max=12,
            children_ages=(6, 1),
            resorts=("Nha Trang", "фукуок"),
            stars_min=4,
            meal="BB",
            budget_max=Decimal("1500000.50"),
        )
    )

    query = price_queries(fake)[0]
    del query["oauth_token"]
    assert query == {
        "samo_action": "api",
        "version": "1.0",
        "type": "json",
        "action": "SearchTour_PRICES",
        "TOWNFROMINC": "9101",
        "STATEINC": "715",
        "CHECKIN_BEG": "20270112",
        "CHECKIN_END": "20270115",
        "NIGHTS_FROM": "10",
        "NIGHTS_TILL": "12",
        "ADULT": "2",
        "CHILD": "2",
        "AGES": "6,1",
        "CURRENCY": "17",
        "TOWNS": "80000,80010",
        "STARS": "22,23",
        "MEALS": "32",
        "COSTMAX": "1500000.50",
        "FREIGHT": "1",
        "FILTER": "1",
        "PARTITION_PRICE": "32",
        "PRICEPAGE": "1",
    }


def test_offers_are_the_cheapest_of_each_hotel_in_order() -> None:
    fake = make_fake(page_size=500)
    offers = make_connector(fake).search(make_search()).offers
    query = price_queries(fake)[0] | {"PARTITION_PRICE": "0"}

    answer = fake.handle(FakeRequest("GET", "/export/default.php", query))
    rows = FakeRequest("", "", body=answer.body).json()["SearchTour_PRICES"]["prices"]

    assert len(rows) > 3 * len(offers)
    cheapest: dict[int, Decimal] = {}
    for row in rows:
        price = Decimal(str(row["price"]))
        cheapest[row["hotelKey"]] = min(price, cheapest.get(row["hotelKey"], price))
    assert {each.operator_keys["hotelKey"]: each.price for each in offers} == cheapest
    assert [each.price for each in offers] == sorted(cheapest.values())


def test_filters_hold_for_every_offer() -> None:
    search = make_search(country="TR", resorts=("Кемер", "Белек"), stars_min=5, meal="AI")

    offers = make_connector(make_fake()).search(search).offers

    assert {each.resort for each in offers} == {"Кемер", "Белек"}
    assert {each.stars for each in offers} == {5}
    assert {each.meal for each in offers} == {"AI"}


def test_limit_keeps_the_cheapest() -> None:
    connector = make_connector(make_fake())

    everything = connector.search(make_search()).offers
    three = connector.search(make_search(limit=3)).offers

    assert [each.hotel for each in three] == [each.hotel for each in everything[:3]]


def test_currency_of_the_question_is_resolved_by_iso_code() -> None:
    fake = make_fake()

    offers = make_connector(fake).search(make_search(currency="EUR")).offers

    assert price_queries(fake)[0]["CURRENCY"] == "13"
    assert {each.converted_currency for each in offers} == {"EUR"}
    assert offers[0].amount_in("EUR") == offers[0].converted_price
    assert offers[0].amount_in("USD") == offers[0].price
    assert offers[0].amount_in("KZT") is None


def test_currency_the_operator_does_not_know_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="GBP"):
        make_connector(make_fake()).search(make_search(currency="GBP"))


@pytest.mark.parametrize(
    ("overrides", "reason", "last_action"),
    [
        ({"departure_city": "Караганда"}, EmptyReason.NO_DEPARTURES, "TOWNFROMS"),
        ({"country": "FR"}, EmptyReason.NO_DEPARTURES, "STATES"),
        ({"departure_city": "Шымкент", "country": "MV"}, EmptyReason.NO_DEPARTURES, "STATES"),
        ({"country": "MV"}, EmptyReason.NO_FLIGHTS_ON_DATES, "CHECKIN"),
        (
            {"date_from": date(2028, 1, 1), "date_to": date(2028, 1, 5)},
            EmptyReason.NO_FLIGHTS_ON_DATES,
            "CHECKIN",
        ),
        ({"resorts": ("Кемер",)}, EmptyReason.FILTERS, "TOWNS"),
        ({"meal": "UAI"}, EmptyReason.FILTERS, "MEALS"),
        ({"stars_min": 6}, EmptyReason.FILTERS, "STARS"),
        ({"nights_min": 25, "nights_max": 28}, EmptyReason.FILTERS, "PRICES"),
        ({"budget_max": Decimal(1000)}, EmptyReason.OVER_BUDGET, "PRICES"),
        (
            {"budget_max": Decimal(1000), "nights_min": 25, "nights_max": 28},
            EmptyReason.FILTERS,
            "PRICES",
        ),
    ],
)
@pytest.mark.parametrize("nothing_found", ["error_2110", "empty_list"])
def test_empty_result_tells_its_reason(
    overrides: dict[str, Any], reason: EmptyReason, last_action: str, nothing_found: Any
) -> None:
    fake = make_fake()
    fake.nothing_found = nothing_found

    result = make_connector(fake).search(make_search(**overrides))

    assert (result.offers, result.empty_reason) == ((), reason)
    assert actions(fake)[-1] == last_action
    assert fake.unknown_parameters == []


def test_directories_are_asked_for_once() -> None:
    fake = make_fake()
    connector = make_connector(fake)
    search = make_search(resorts=("Нячанг",), stars_min=3, meal="BB")

    connector.search(search)
    connector.search(search)

    directories = ["TOWNFROMS", "STATES", "CHECKIN", "CURRENCIES", "TOWNS", "STARS", "MEALS"]
    assert actions(fake) == [*directories, "PRICES", "CHECKIN", "PRICES"]


def test_every_page_is_read_and_none_after_the_last() -> None:
    whole, paged = make_fake(page_size=100), make_fake(page_size=10)
    total = len(make_connector(whole).search(make_search()).offers)

    result = make_connector(paged).search(make_search())

    assert len(result.offers) == total > 20
    assert [query["PRICEPAGE"] for query in price_queries(paged)] == ["1", "2", "3"]


def test_own_page_limit_stops_paging_and_is_told() -> None:
    fake = make_fake(page_size=2)

    result = make_connector(fake, max_pages=3).search(make_search())

    assert [query["PRICEPAGE"] for query in price_queries(fake)] == ["1", "2", "3"]
    assert (len(result.offers), result.is_complete) == (6, False)


def test_wide_dates_are_asked_in_windows_the_operator_accepts() -> None:
    fake = make_fake(page_size=100)
    connector = make_connector(fake)

    result = connector.search(make_search(date_to=DAY + timedelta(days=24)))

    windows = [(query["CHECKIN_BEG"], query["CHECKIN_END"]) for query in price_queries(fake)]
    assert windows == [
        ("20270112", "20270121"),
        ("20270122", "20270131"),
        ("20270201", "20270205"),
    ]
    cheapest: dict[object, Decimal] = {}
    for number in range(25):
        day = DAY + timedelta(days=number)
        for offer in connector.search(make_search(date_from=day, date_to=day)).offers:
            key = offer.operator_keys["hotelKey"]
            cheapest[key] = min(offer.price, cheapest.get(key, offer.price))
    assert result.is_complete
    assert {each.operator_keys["hotelKey"]: each.price for each in result.offers} == cheapest


@pytest.mark.parametrize(
    ("days", "windows"),
    [
        ([], []),
        ([date(2027, 1, 1)], []),
        ([date(2027, 1, 25), DAY], [(DAY, DAY), (date(2027, 1, 25), date(2027, 1, 25))]),
        ([DAY, date(2027, 1, 15), date(2027, 1, 21)], [(DAY, date(2027, 1, 21))]),
        (None, [(DAY, date(2027, 1, 21)), (date(2027, 1, 22), date(2027, 1, 27))]),
    ],
)
def test_windows_cover_departure_days_only(days: Any, windows: Any) -> None:
    assert departure_windows(days, DAY, date(2027, 1, 27)) == windows


@pytest.mark.parametrize("fault", ["500", "503", "html", "empty", "truncated", "timeout"])
def test_passing_fault_is_not_noticed(fault: str) -> None:
    healthy, shaken = make_fake(), make_fake()
    expected = make_connector(healthy).search(make_search()).offers
    shaken.fail_next(fault)
    shaken.fail_next(fault, when=is_price_request)

    offers = make_connector(shaken).search(make_search()).offers

    assert [each.row_id for each in offers] == [each.row_id for each in expected]


@pytest.mark.parametrize("fault", ["500", "429", "html", "empty", "truncated", "no_connection"])
def test_lasting_fault_is_an_error_and_never_an_empty_result(fault: str) -> None:
    fake = make_fake()
    fake.fail_next(fault, times=2, when=is_price_request)

    with pytest.raises(TransientError):
        make_connector(fake).search(make_search())


@pytest.mark.parametrize("fault", ["object_lists", "text_numbers"])
def test_other_spellings_of_the_same_answer_are_understood(fault: str) -> None:
    plain, odd = make_fake(), make_fake()
    search = make_search(resorts=("Нячанг",), stars_min=3, meal="BB", budget_max=Decimal(10**7))
    expected = make_connector(plain).search(search).offers
    odd.fail_next(fault, times=100)

    offers = make_connector(odd).search(search).offers

    assert [(each.row_id, each.price) for each in offers] == [
        (each.row_id, each.price) for each in expected
    ]


def test_refused_request_is_not_told_as_nothing_found() -> None:
    fake = make_fake()
    fake.fail_next("root_error", when=is_price_request)

    with pytest.raises(BusinessError) as caught:
        make_connector(fake).search(make_search())

    assert caught.value.code == 1


def test_blocked_address_is_told_at_once() -> None:
    fake = make_fake()
    fake.is_address_allowed = False

    with pytest.raises(IpNotAllowed) as caught:
        make_connector(fake).search(make_search())

    assert caught.value.address == "203.0.113.7"
    assert len(fake.requests) == 1


@pytest.mark.parametrize("fault", ["500", "timeout", "html"])
def test_failure_in_the_middle_of_paging_leaves_what_was_read(fault: str) -> None:
    fake = make_fake(page_size=5)
    fake.fail_next(fault, times=2, when=page_is(3))

    result = make_connector(fake).search(make_search())

    assert (len(result.offers), result.is_complete) == (10, False)


def test_lost_rights_in_the_middle_of_paging_are_an_error() -> None:
    fake = make_fake(page_size=5)
    fake.fail_next("wrong_token", when=page_is(3))

    with pytest.raises(AuthFailed):
        make_connector(fake).search(make_search())


def test_search_that_hangs_ends_by_its_deadline() -> None:
    fake = make_fake(page_size=5)
    fake.fail_next("slow", delay_s=0.6, when=page_is(2))

    result = make_connector(fake, search_timeout_s=0.5).search(make_search())

    assert (len(result.offers), result.is_complete) == (5, False)
    assert len(price_queries(fake)) == 2


def test_search_that_hangs_at_once_is_an_error() -> None:
    fake = make_fake()
    fake.fail_next("slow", delay_s=0.2)

    with pytest.raises(TransientError):
        make_connector(fake, search_timeout_s=0.1).search(make_search())

    assert len(fake.requests) == 1


def test_filters_the_operator_ignores_are_applied_here() -> None:
    """As when an installation does not know a parameter and answers for its default direction."""
    fake = make_fake(page_size=500)
    ignore_parameters(fake, "STATEINC", "TOWNS", "COSTMAX", "STARS", "MEALS")
    connector = make_connector(fake)

    other_country = connector.search(make_search(country="TR"))
    one_resort = connector.search(make_search(resorts=("Дананг",), stars_min=4, meal="BB"))
    affordable = connector.search(make_search(budget_max=Decimal(900_000)))

    assert other_country.empty_reason is EmptyReason.FILTERS
    assert {each.resort for each in one_resort.offers} == {"Дананг"}
    assert {each.stars for each in one_resort.offers} == {4, 5}
    assert {each.meal for each in one_resort.offers} == {"BB"}
    assert max(each.amount_in("KZT") or 0 for each in affordable.offers) <= 900_000


def test_hotels_without_places_are_not_offered() -> None:
    plain, loose = make_fake(page_size=500), make_fake(page_size=5000)
    ignore_parameters(loose, "FILTER", "PARTITION_PRICE")
    search = make_search(date_to=DAY + timedelta(days=9))

    sellable = make_connector(plain).search(search).offers
    offers = make_connector(loose).search(search).offers

    rows = loose.respond(loose.requests[-1]).body
    assert rows.count(b'"stopSale":1') > 0
    assert [each.price for each in offers] == [each.price for each in sellable]


@pytest.mark.parametrize(
    "other_party", [{"adult": 1}, {"child": 0}, {"child": 3}, {"child": 0, "infant": 2}]
)
def test_rows_for_another_party_are_dropped(other_party: dict[str, int]) -> None:
    fake = make_fake(page_size=500)
    change_rows(fake, other_party)

    assert make_connector(fake).search(make_search()).empty_reason is EmptyReason.FILTERS


@pytest.mark.parametrize("same_party", [{"child": 1, "infant": 1}, {"child": 0, "infant": 1}])
def test_infants_may_or_may_not_be_counted_as_children(same_party: dict[str, int]) -> None:
    fake = make_fake(page_size=500)
    change_rows(fake, same_party)

    assert make_connector(fake).search(make_search()).offers[0].children == 1


def test_calendar_without_any_day_means_no_departures() -> None:
    fake = make_fake()
    replace_answer(fake, "SearchTour_CHECKIN", {"start": "20261125", "valid": "000"})

    result = make_connector(fake).search(make_search())

    assert result.empty_reason is EmptyReason.NO_DEPARTURES
    assert actions(fake)[-1] == "CHECKIN"


def test_calendar_in_an_unknown_form_is_done_without() -> None:
    fake = make_fake()
    replace_answer(fake, "SearchTour_CHECKIN", {"days": "?"})

    assert make_connector(fake).search(make_search()).offers


def test_nothing_is_concluded_from_a_part_of_the_prices() -> None:
    fake = make_fake(page_size=2)
    ignore_parameters(fake, "STATEINC")

    with pytest.raises(TransientError, match="not all prices"):
        make_connector(fake, max_pages=1).search(make_search(country="TR"))


def test_request_to_slow_down_is_passed_on() -> None:
    fake = make_fake()
    fake.fail_next("429", retry_after=120, when=is_price_request)

    with pytest.raises(RateLimited) as caught:
        make_connector(fake).search(make_search())

    assert caught.value.retry_after == 120


def test_children_are_priced_by_their_ages() -> None:
    connector = make_connector(make_fake())

    without, infant, child = (
        connector.search(make_search(children_ages=ages, limit=1)).offers[0]
        for ages in ((), (1,), (9,))
    )

    assert without.price < infant.price < child.price
    assert [each.children for each in (without, infant, child)] == [0, 1, 1]


def test_offer_survives_storage() -> None:
    offer = make_connector(make_fake()).search(make_search(limit=1)).offers[0]

    stored = offer.as_dict()

    assert TourOffer.from_dict(stored) == offer
    assert stored["price"] == str(offer.price)
    assert stored["check_in"] == "2027-01-12"
    assert stored["availability"] in ("available", "on_request")


@pytest.mark.parametrize(
    "overrides",
    [
        {"date_to": DAY - timedelta(days=1)},
        {"nights_min": 0},
        {"nights_min": 11},
        {"adults": 0},
        {"children_ages": (18,)},
        {"children_ages": (-1,)},
        {"limit": 0},
    ],
)
def test_search_that_contradicts_itself_is_not_made(overrides: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        make_search(**overrides)


def test_check_makes_one_call_and_says_what_it_saw() -> None:
    fake = make_fake()

    assert make_connector(fake).check() == "4 departure towns"
    assert actions(fake) == ["TOWNFROMS"]


def test_check_with_a_wrong_token_fails() -> None:
    with pytest.raises(AuthFailed):
        make_connector(make_fake(), token="another").check()


@pytest.mark.parametrize("fault", ["500", "html", "blocked_json", "blocked_xml", "wrong_token"])
def test_token_is_nowhere_to_be_seen(fault: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="httpx2")
    token = "feedfacefeedfacefeedfacefeedface"
    fake = make_fake(token=token)
    connector = make_connector(fake)
    offers = connector.search(make_search()).offers
    fake.fail_next(fault, times=2)

    with pytest.raises(ConnectorError) as caught:
        connector.search(make_search())

    assert fake.requests[0].query["oauth_token"] == token
    assert token not in caplog.text + repr(caught.value) + repr(offers)
