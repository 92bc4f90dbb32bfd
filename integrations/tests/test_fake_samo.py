"""The fake operator itself, by raw HTTP: its answers must look like the real ones."""

from __future__ import annotations

import json
import time
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from integrations.fakes.base import FakeRequest, FakeResponse
from integrations.fakes.samo import PARAMETERS, FakeSamo

TODAY = date(2026, 11, 24)
PATH = "/export/default.php"
DISPATCH = {
    "samo_action": "api",
    "version": "1.0",
    "type": "json",
    "oauth_token": "demo-samo-token",
}
ROUTE = {"TOWNFROMINC": "9101", "STATEINC": "715"}
PRICES = ROUTE | {
    "CHECKIN_BEG": "20270112",
    "CHECKIN_END": "20270112",
    "NIGHTS_FROM": "10",
    "NIGHTS_TILL": "10",
    "ADULT": "2",
    "CURRENCY": "17",
}


@pytest.fixture
def fake() -> FakeSamo:
    return FakeSamo(today=TODAY)


def call(fake: FakeSamo, action: str, **params: str) -> FakeResponse:
    query = DISPATCH | {"action": f"SearchTour_{action}"} | params
    return fake.handle(FakeRequest("GET", PATH, query))


def payload(fake: FakeSamo, action: str, **params: str) -> Any:
    answer = call(fake, action, **params)
    assert answer.status == 200
    return json.loads(answer.body)[f"SearchTour_{action}"]


def rows(fake: FakeSamo, **params: str) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = payload(fake, "PRICES", **(PRICES | params)).get("prices", [])
    return result


def test_catalogue_is_large_enough_and_built_fast() -> None:
    started = time.perf_counter()
    catalogue = FakeSamo(today=TODAY).catalogue
    took_s = time.perf_counter() - started

    assert len(catalogue.hotels) == 150
    assert len({hotel.name for hotel in catalogue.hotels}) == 150
    assert len({hotel.id for hotel in catalogue.hotels}) == 150
    assert took_s < 0.3


def test_same_seed_gives_the_same_hotels() -> None:
    one, same, other = (FakeSamo(today=TODAY, seed=seed).catalogue for seed in (1, 1, 2))

    assert one.hotels == same.hotels
    assert one.hotels != other.hotels


def test_large_search_is_fast(fake: FakeSamo) -> None:
    started = time.perf_counter()
    found = rows(fake, CHECKIN_END="20270121", NIGHTS_FROM="7", NIGHTS_TILL="14")
    took_s = time.perf_counter() - started

    assert len(found) == 20
    assert took_s < 0.5  # about 0.04 s alone; the rest is for a busy machine


def test_towns_are_answered_as_the_real_ones(fake: FakeSamo) -> None:
    answer = call(fake, "TOWNFROMS")

    assert answer.body.startswith(
        b'{"SearchTour_TOWNFROMS":[{"id":9101,"name":"\\u0410\\u043b\\u043c\\u0430\\u0442\\u044b",'
        b'"nameAlt":"ALMATY","stateFromKey":91,'
    )
    assert [row["name"] for row in json.loads(answer.body)["SearchTour_TOWNFROMS"]] == [
        *("Алматы", "Астана", "Шымкент", "Бишкек"),
    ]


def test_states_depend_on_the_town(fake: FakeSamo) -> None:
    codes = {
        town: [row["stateISO3"] for row in payload(fake, "STATES", TOWNFROMINC=town)]
        for town in ("9101", "9104")
    }

    assert codes == {
        "9101": ["VNM", "TUR", "EGY", "ARE", "THA", "MDV", "LKA", "GEO"],
        "9104": ["TUR", "ARE", "THA"],
    }


@pytest.mark.parametrize(
    ("action", "names"),
    [
        ("TOWNS", ["Нячанг", "Фукуок", "Дананг"]),
        ("TOURS", ["Нячанг из Алматы", "Фукуок из Алматы", "Дананг из Алматы"]),
        ("MEALS", ["BB", "HB", "AI"]),
        ("STARS", ["3*", "4*", "5*", "VIP"]),
        ("CURRENCIES", ["RUB", "USD", "EUR", "KZT"]),
    ],
)
def test_directories_of_a_route(fake: FakeSamo, action: str, names: list[str]) -> None:
    assert [row["name"] for row in payload(fake, action, **ROUTE)] == names


def test_hotels_are_filtered_by_resort_and_category(fake: FakeSamo) -> None:
    hotels = payload(fake, "HOTELS", **ROUTE)
    some = payload(fake, "HOTELS", **ROUTE, TOWNS="80000", STARS="22,23")

    assert len(hotels) == 24
    assert {(row["townKey"], row["star"]) for row in some} == {(80000, "4*"), (80000, "5*")}


@pytest.mark.parametrize("action", ["TOWNS", "MEALS", "HOTELS", "CHECKIN"])
def test_missing_filters_mean_the_default_direction(fake: FakeSamo, action: str) -> None:
    assert payload(fake, action) == payload(fake, action, **ROUTE)


def test_misspelt_parameter_gives_wrong_data_and_is_recorded(fake: FakeSamo) -> None:
    towns = payload(fake, "TOWNS", TOWNFROMINC="9101", state_id="716")

    assert towns[0]["name"] == "Нячанг"
    assert fake.unknown_parameters == [("SearchTour_TOWNS", "state_id")]


@pytest.mark.parametrize("iso3_id", ["715", "716", "717", "718", "719"])
@pytest.mark.parametrize("town", ["9101", "9102"])
def test_main_directions_depart_every_day_of_the_year(
    fake: FakeSamo, town: str, iso3_id: str
) -> None:
    days = payload(fake, "CHECKIN", TOWNFROMINC=town, STATEINC=iso3_id)

    assert days == {"start": "20261125", "valid": "1" * 365}


def test_other_directions_depart_on_their_weekdays(fake: FakeSamo) -> None:
    days = payload(fake, "CHECKIN", TOWNFROMINC="9103", STATEINC="715")

    start = date(2026, 11, 25)
    departures = [start + timedelta(days=i) for i, mark in enumerate(days["valid"]) if mark == "1"]
    assert {day.weekday() for day in departures} == {1, 4}
    assert len(departures) == 104


def test_direction_that_is_not_sold_has_no_departures(fake: FakeSamo) -> None:
    route = {"TOWNFROMINC": "9104", "STATEINC": "715"}

    assert set(payload(fake, "CHECKIN", **route)["valid"]) == {"0"}
    assert payload(fake, "TOWNS", **route) == []
    assert rows(fake, **route) == []


def test_nights_offered_are_the_nights_sold(fake: FakeSamo) -> None:
    offered = payload(fake, "NIGHTS", **ROUTE)["nights"]
    sold = rows(fake, NIGHTS_FROM="1", NIGHTS_TILL="30", PERPAGE="5000")

    assert {row["nights"] for row in sold} == set(offered) == set(range(5, 15))


def test_price_row_has_the_fields_of_a_real_one(fake: FakeSamo) -> None:
    row = rows(fake, CHILD="2", AGES="6,1", PARTITION_PRICE="32")[0]

    assert row["id"].startswith("0x")
    assert len(row["id"]) == 34
    assert (row["checkIn"], row["checkOut"], row["nights"]) == ("20270112", "20270122", 10)
    assert (row["adult"], row["child"], row["infant"]) == (2, 1, 1)
    assert (row["townFromKey"], row["stateKey"], row["grouped"]) == (9101, 715, 1)
    assert row["convertedPriceNumber"] in (
        float(row["price"]) * 520,
        str(Decimal(row["price"]) * 520),
    )
    assert row["convertedPrice"].endswith(".00 KZT")
    assert set(row["freights"]["econom"]) == {"in", "out"}


def test_money_comes_as_number_and_as_text(fake: FakeSamo) -> None:
    assert {type(row["price"]) for row in rows(fake)} == {int, str}


def test_price_is_stable_but_row_ids_are_not(fake: FakeSamo) -> None:
    before, again = rows(fake), rows(fake)
    fake.reload()
    after = rows(fake)

    assert before == again
    assert [row["price"] for row in before] == [row["price"] for row in after]
    assert not {row["id"] for row in before} & {row["id"] for row in after}


def test_grouping_leaves_the_cheapest_row_of_each_hotel(fake: FakeSamo) -> None:
    every = rows(fake, PERPAGE="5000")
    grouped = rows(fake, PERPAGE="5000", PARTITION_PRICE="32")

    cheapest = {
        key: min(Decimal(row["price"]) for row in every if row["hotelKey"] == key)
        for key in {row["hotelKey"] for row in every}
    }
    assert len(every) == 9 * len(grouped)
    assert {row["hotelKey"]: Decimal(row["price"]) for row in grouped} == cheapest


def test_grouped_row_expands_by_its_id(fake: FakeSamo) -> None:
    group = rows(fake, PARTITION_PRICE="32")[0]

    expanded = rows(fake, CATCLAIM=group["id"], HOTELS=str(group["hotelKey"]))

    assert len(expanded) == 9
    assert {row["hotelKey"] for row in expanded} == {group["hotelKey"]}
    assert {row["grouped"] for row in expanded} == {0}
    assert rows(fake, CATCLAIM="0xdead") == []


@pytest.mark.parametrize(
    ("params", "field", "expected"),
    [
        ({"TOWNS": "80010"}, "town", {"Фукуок"}),
        ({"TOWNINC": "80010"}, "town", {"Фукуок"}),
        ({"STARS": "22"}, "star", {"4*"}),
        ({"MEALS": "33,35"}, "meal", {"HB", "AI"}),
        ({"TOURINC": "4402"}, "tour", {"Фукуок из Алматы"}),
        ({"TOURS": "4401,4402"}, "tour", {"Фукуок из Алматы", "Нячанг из Алматы"}),
        ({"NIGHTS_FROM": "", "NIGHTS_LIST": "7,9"}, "nights", {7, 9}),
        ({"FILTER": "1"}, "stopSale", {0}),
        ({"MOMENT_CONFIRM": "1"}, "bron", {1}),
        ({"CURRENCY": "13"}, "convertedCurrency", {"EUR"}),
        ({"ADULT": "1"}, "htPlace", {"SGL"}),
    ],
)
def test_filter_of_prices(
    fake: FakeSamo, params: dict[str, str], field: str, expected: set[Any]
) -> None:
    found = rows(fake, CHECKIN_END="20270118", PERPAGE="5000", **params)

    assert {row[field] for row in found} == expected


def test_hotel_filter_and_cost_range(fake: FakeSamo) -> None:
    every = rows(fake, PERPAGE="5000")
    middle = every[len(every) // 2]

    one = rows(fake, PERPAGE="5000", HOTELS=str(middle["hotelKey"]))
    usd = str(middle["price"])
    exact = rows(fake, PERPAGE="5000", CURRENCY="12", COSTMIN=usd, COSTMAX=usd)

    assert {row["hotelKey"] for row in one} == {middle["hotelKey"]}
    assert {Decimal(row["price"]) for row in exact} == {Decimal(usd)}


def test_rows_come_cheapest_first_or_as_asked(fake: FakeSamo) -> None:
    up = [Decimal(row["price"]) for row in rows(fake)]
    down = [Decimal(row["price"]) for row in rows(fake, SORT="DESC")]

    assert up == sorted(up)
    assert down == sorted(down, reverse=True)
    assert down[0] > up[-1]


def test_pages_cover_everything_once(fake: FakeSamo) -> None:
    every = rows(fake, PARTITION_PRICE="32", PERPAGE="100")
    pages = [
        payload(fake, "PRICES", **PRICES, PARTITION_PRICE="32", PERPAGE="10", PRICEPAGE=str(number))
        for number in (1, 2, 3, 4)
    ]

    assert [page["pager"] for page in pages] == [
        {"current": number, "total": 3} for number in (1, 2, 3, 4)
    ]
    assert [row["id"] for page in pages for row in page["prices"]] == [row["id"] for row in every]
    assert pages[3]["prices"] == []


@pytest.mark.parametrize(
    "params",
    [
        {"NIGHTS_FROM": "25", "NIGHTS_TILL": "28"},
        {"CHILD": "1"},
        {"CHILD": "1", "AGES": "4,6"},
        {"CURRENCY": "USD"},
        {"ADULT": "0"},
        {"CHECKIN_BEG": ""},
        {"CHECKIN_END": "2027-01-12"},
        {"HOTELS": "1"},
        {"COSTMAX": "1"},
    ],
)
def test_nothing_found_has_two_forms(fake: FakeSamo, params: dict[str, str]) -> None:
    first = payload(fake, "PRICES", **(PRICES | params))
    fake.nothing_found = "empty_list"
    second = payload(fake, "PRICES", **(PRICES | params))

    assert first["error"] == 2110
    assert second == {"prices": [], "pager": []}


def test_window_too_wide_is_a_business_error(fake: FakeSamo) -> None:
    assert payload(fake, "PRICES", **(PRICES | {"CHECKIN_END": "20270123"}))["error"] == 1


def test_blocked_address_gets_json_or_xml_by_the_type_in_the_query(fake: FakeSamo) -> None:
    fake.is_address_allowed = False
    text = "apiKey provided, but invalid, blacklisted address 203.0.113.7"
    xml = f'<Response generator="SAMO-Soft" version="1.0"><Error>{text}</Error></Response>'

    as_json = call(fake, "TOWNFROMS")
    form = FakeRequest(
        "POST", PATH, {}, {"content-type": "application/x-www-form-urlencoded"}, b"a"
    )
    as_form = fake.handle(form)
    fake.errors_always_xml = True
    as_xml = call(fake, "TOWNFROMS")

    assert (as_json.status, json.loads(as_json.body)) == (403, {"error": text})
    assert (as_form.status, as_form.body.decode()) == (403, xml)
    assert (as_xml.status, as_xml.body.decode()) == (403, xml)


@pytest.mark.parametrize("token", ["", "another"])
def test_wrong_token_is_refused(fake: FakeSamo, token: str) -> None:
    answer = call(fake, "TOWNFROMS", oauth_token=token)

    assert (answer.status, json.loads(answer.body)) == (
        403,
        {"error": "apiKey provided, but invalid"},
    )


def test_unknown_action(fake: FakeSamo) -> None:
    answer = call(fake, "COUNTRIES")

    assert json.loads(answer.body) == {"message": "Method does not exists: SearchTour_COUNTRIES"}


def test_page_instead_of_the_api(fake: FakeSamo) -> None:
    assert call(fake, "TOWNFROMS", samo_action="site").body.startswith(b"<html>")
    assert fake.handle(FakeRequest("GET", "/")).status == 404


def test_form_body_breaks_the_server_but_a_post_of_the_query_does_not(fake: FakeSamo) -> None:
    query = DISPATCH | {"action": "SearchTour_TOWNFROMS"}
    form = {"content-type": "application/x-www-form-urlencoded"}

    assert fake.handle(FakeRequest("POST", PATH, query, form, b"a=b")).status == 500
    assert fake.handle(FakeRequest("POST", PATH, query)).status == 200


@pytest.mark.parametrize(
    ("fault", "status", "start"),
    [
        ("blocked_json", 403, b'{"error":"apiKey provided, but invalid, blacklisted'),
        ("blocked_xml", 403, b'<Response generator="SAMO-Soft"'),
        ("wrong_token", 403, b'{"error":"apiKey provided, but invalid"}'),
        ("root_error", 200, b'{"error":1,'),
        ("object_lists", 200, b'{"SearchTour_TOWNFROMS":{"0":{"id":9101,'),
        ("text_numbers", 200, b'{"SearchTour_TOWNFROMS":[{"id":"9101",'),
        ("html", 200, b"<html>"),
        ("500", 500, b""),
    ],
)
def test_scripted_fault_happens_once(fake: FakeSamo, fault: str, status: int, start: bytes) -> None:
    fake.fail_next(fault)

    bad, good = call(fake, "TOWNFROMS"), call(fake, "TOWNFROMS")

    assert bad.status == status
    assert bad.body.startswith(start)
    assert good.body.startswith(b'{"SearchTour_TOWNFROMS":[{"id":9101,')


def test_every_action_answers_under_its_own_name(fake: FakeSamo) -> None:
    for action in PARAMETERS:
        query = DISPATCH | {"action": action}
        answer = json.loads(fake.handle(FakeRequest("GET", PATH, query)).body)
        assert list(answer) == [action]
