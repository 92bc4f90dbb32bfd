"""What the client makes of the answers of a SAMO-Tour API. Values are invented."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import date
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from integrations.tours.base import Availability
from integrations.tours.samo import mapping, schemas
from integrations.tours.samo.answers import (
    BadAnswer,
    BadToken,
    BusinessError,
    IpNotAllowed,
    UnknownAction,
)
from integrations.tours.samo.calls import SamoConfig
from integrations.tours.samo.client import Direction, PriceQuery, SamoClient
from integrations.tours.samo.schemas import Currency, Named, Resort, State
from integrations.transport.deadline import Deadline
from integrations.transport.errors import AuthFailed, ConnectorError, RateLimited, TransientError

TOKEN = "feedfacefeedfacefeedfacefeedface"
BLOCKED = "apiKey provided, but invalid, blacklisted address 203.0.113.7"
DIRECTION = Direction(9101, 715)

PRICE_ROW: dict[str, Any] = {
    "id": "0x7a10b2c3d4e5f60718293a4b5c6d7e8f",
    "grouped": 1,
    "checkIn": "20270303",
    "checkOut": "20270310",
    "nights": 7,
    "adult": 2,
    "child": 1,
    "infant": 0,
    "townFromKey": 9101,
    "stateKey": 715,
    "tour": "Нячанг из Караганды",
    "tourKey": 4420,
    "spo": "V-118",
    "hotel": "Coral Lagoon Resort 4*",
    "hotelKey": 550017,
    "star": "4*",
    "starKey": 4,
    "town": "Нячанг",
    "townKey": 80301,
    "meal": "BB",
    "mealKey": 3,
    "room": "Deluxe Garden",
    "htPlace": "2 ADL+1 CHD",
    "price": "1384.00",
    "currency": "USD",
    "convertedPrice": "719 680.00 KZT",
    "convertedPriceNumber": 719680,
    "convertedCurrency": "KZT",
    "bron": 1,
    "stopSale": 0,
    "hotelAvailability": "Y",
    "freights": {"econom": {"in": "Y", "out": "F"}, "busines": {"in": "N", "out": "N"}},
}


class Operator:
    """Answers with what it is given, in turn, and remembers the queries."""

    def __init__(self, *answers: httpx2.Response | Exception) -> None:
        self.answers = list(answers)
        self.queries: list[dict[str, str]] = []
        self.client = SamoClient(
            SamoConfig(token=TOKEN, retry_pause_s=0.0), httpx2.MockTransport(self._answer)
        )

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        assert request.method == "GET"
        self.queries.append(dict(request.url.params))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def ok(content: Any) -> httpx2.Response:
    return httpx2.Response(200, content=json.dumps(content).encode())


def text(body: str, status: int = 200) -> httpx2.Response:
    return httpx2.Response(status, content=body.encode())


def soon() -> Deadline:
    return Deadline(5)


def make_query(**overrides: Any) -> PriceQuery:
    values: dict[str, Any] = {
        "direction": DIRECTION,
        "check_in_from": date(2027, 3, 3),
        "check_in_to": date(2027, 3, 8),
        "nights_from": 7,
        "nights_till": 9,
        "adults": 2,
        "ages": (),
        "currency_id": 4,
    }
    return PriceQuery(**(values | overrides))


def test_every_call_carries_the_dispatch_parameters() -> None:
    operator = Operator(ok({"SearchTour_TOWNFROMS": []}))

    operator.client.departure_towns(soon())

    assert operator.queries == [
        {
            "samo_action": "api",
            "version": "1.0",
            "oauth_token": TOKEN,
            "type": "json",
            "action": "SearchTour_TOWNFROMS",
        }
    ]


def test_price_query_names_every_filter_as_the_contract_does() -> None:
    query = make_query(
        ages=(4, 9),
        resort_ids=(80301, 80302),
        star_ids=(4, 5),
        meal_ids=(3,),
        cost_max=Decimal("900000.00"),
    )

    assert query.params(page=2) == {
        "TOWNFROMINC": "9101",
        "STATEINC": "715",
        "CHECKIN_BEG": "20270303",
        "CHECKIN_END": "20270308",
        "NIGHTS_FROM": "7",
        "NIGHTS_TILL": "9",
        "ADULT": "2",
        "CHILD": "2",
        "AGES": "4,9",
        "CURRENCY": "4",
        "TOWNS": "80301,80302",
        "STARS": "4,5",
        "MEALS": "3",
        "COSTMAX": "900000.00",
        "FREIGHT": "1",
        "FILTER": "1",
        "PARTITION_PRICE": "32",
        "PRICEPAGE": "2",
    }


def test_empty_filters_are_left_out_but_no_children_is_said() -> None:
    params = make_query().params(page=1)

    assert params["CHILD"] == "0"
    assert not {"AGES", "TOWNS", "STARS", "MEALS", "COSTMAX"} & set(params)


@pytest.mark.parametrize(
    ("call", "payload", "expected"),
    [
        (
            lambda client: client.departure_towns(soon()),
            [{"id": 9102, "name": "Актау", "nameAlt": "Aktau"}],
            [Named(9102, "Актау", "Aktau")],
        ),
        (
            lambda client: client.states(9101, soon()),
            [
                {"id": "715", "name": "Вьетнам", "nameAlt": "VIETNAM", "stateISO3": "vnm"},
                {"name": "Без номера", "stateISO3": "TUR"},
            ],
            [State(715, "Вьетнам", "VIETNAM", "VNM")],
        ),
        (
            lambda client: client.resorts(DIRECTION, soon()),
            [{"id": 1, "name": "Нячанг", "nameAlt": None, "region": "Кханьхоа"}, {"name": "?"}],
            [Resort(1, "Нячанг", "", "Кханьхоа", "")],
        ),
        (
            lambda client: client.stars(DIRECTION, soon()),
            [{"id": 4, "name": "4*"}, {"name": "no id"}, {"id": "x"}, "not a row"],
            [Named(4, "4*")],
        ),
        (
            lambda client: client.meals(DIRECTION, soon()),
            {"0": {"id": 3, "name": "BB"}, "1": {"id": 4, "name": "HB"}},
            [Named(3, "BB"), Named(4, "HB")],
        ),
        (
            lambda client: client.currencies(DIRECTION, soon()),
            [
                {"id": 2, "name": "Доллар", "alias": "USD"},
                {"id": 4, "name": "тенге", "alias": "тг", "currencyISO": "KZT"},
                {"id": 5, "name": "сум"},
            ],
            [Currency(2, "USD"), Currency(4, "KZT")],
        ),
        (
            lambda client: client.departure_days(DIRECTION, soon()),
            {"start": "20270301", "valid": "0020050 00"},
            [date(2027, 3, 3), date(2027, 3, 6)],
        ),
        (
            lambda client: client.departure_days(DIRECTION, soon()),
            {"items": [{"checkin": "20270306"}, {"checkin": "2027-03-03"}, {"checkin": "?"}]},
            [date(2027, 3, 3), date(2027, 3, 6)],
        ),
        (
            lambda client: client.departure_days(DIRECTION, soon()),
            {"start": "20270301", "valid": "000"},
            [],
        ),
        (lambda client: client.departure_days(DIRECTION, soon()), {"dates": "?"}, None),
        (lambda client: client.departure_days(DIRECTION, soon()), [], None),
    ],
)
def test_dictionaries_are_read_tolerantly(call: Any, payload: Any, expected: Any) -> None:
    actions = (*("TOWNFROMS", "STATES", "TOWNS", "STARS", "MEALS", "CURRENCIES", "CHECKIN"),)
    answer = ok({f"SearchTour_{action}": payload for action in actions})

    assert call(Operator(answer).client) == expected


def test_price_row_is_read_whole() -> None:
    operator = Operator(
        ok({"SearchTour_PRICES": {"prices": [PRICE_ROW], "pager": {"current": 1, "total": 3}}})
    )

    page = operator.client.prices(make_query(), 1, soon())

    assert (page.total_pages, page.unreadable) == (3, 0)
    row = page.rows[0]
    assert (row.id, row.hotel, row.star) == (PRICE_ROW["id"], "Coral Lagoon Resort 4*", "4*")
    assert (row.check_in, row.check_out, row.nights) == (date(2027, 3, 3), date(2027, 3, 10), 7)
    assert (row.adults, row.children, row.infants) == (2, 1, 0)
    assert (row.price, row.currency) == (Decimal("1384.00"), "USD")
    assert (row.converted_price, row.converted_currency) == (Decimal("719680.00"), "KZT")
    assert (row.rooms_letters, row.seats_letters, row.stop_sale) == ("Y", ("YN", "FN"), False)
    assert (row.meal, row.room, row.placement) == ("BB", "Deluxe Garden", "2 ADL+1 CHD")
    assert row.keys == {
        "townFromKey": 9101,
        "stateKey": 715,
        "tourKey": 4420,
        "hotelKey": 550017,
        "starKey": 4,
        "townKey": 80301,
        "mealKey": 3,
        "grouped": 1,
        "bron": 1,
        "spo": "V-118",
        "star": "4*",
        "hotelAvailability": "Y",
    }


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ('"1250.50"', Decimal("1250.50")),
        ("1250.1", Decimal("1250.10")),
        ("1250", Decimal("1250.00")),
        ("0.1", Decimal("0.10")),
    ],
)
def test_money_never_passes_through_a_float(sent: str, read: Decimal) -> None:
    row = json.dumps(PRICE_ROW).replace('"1384.00"', sent)
    operator = Operator(text(f'{{"SearchTour_PRICES":{{"prices":[{row}]}}}}'))

    page = operator.client.prices(make_query(), 1, soon())

    assert page.rows[0].price == read
    assert str(page.rows[0].price) == str(read)


@pytest.mark.parametrize(
    "damage",
    [
        {"price": None},
        {"price": "по запросу"},
        {"price": 0},
        {"price": True},
        {"price": "Infinity"},
        {"price": "1e999999999"},
        {"currency": ""},
        {"hotel": None},
        {"checkIn": "20271332"},
        {"nights": "?"},
    ],
)
def test_row_that_cannot_be_offered_is_skipped_and_counted(damage: dict[str, Any]) -> None:
    rows = {"0": PRICE_ROW | damage, "1": PRICE_ROW}
    operator = Operator(ok({"SearchTour_PRICES": {"prices": rows, "pager": []}}))

    page = operator.client.prices(make_query(), 1, soon())

    assert [row.hotel for row in page.rows] == ["Coral Lagoon Resort 4*"]
    assert (page.unreadable, page.total_pages) == (1, 1)


def test_missing_optional_fields_do_not_lose_the_row() -> None:
    bare = {
        "hotel": "Bamboo",
        "checkIn": "2027-03-03",
        "nights": "7",
        "price": 9,
        "currency": "usd",
    }

    row = schemas.read_price(bare)

    assert row is not None
    assert (row.check_out, row.currency) == (date(2027, 3, 10), "USD")
    assert (row.adults, row.children, row.converted_price) == (None, None, None)
    assert (row.rooms_letters, row.seats_letters, row.keys) == ("", (), {})


@pytest.mark.parametrize(
    "payload",
    [
        {"error": 2110, "message": "По вашему запросу ничего не найдено"},
        {"error": "2110", "message": ""},
        {"prices": [], "pager": []},
        {"prices": [], "pager": None},
        {"prices": {}},
        [],
        None,
    ],
)
def test_nothing_found_is_no_error_in_any_form(payload: Any) -> None:
    page = Operator(ok({"SearchTour_PRICES": payload})).client.prices(make_query(), 1, soon())

    assert (page.rows, page.total_pages) == ((), 1)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (text(json.dumps({"error": BLOCKED}), 403), IpNotAllowed),
        (text(f"<Response><Error>{BLOCKED}</Error></Response>", 403), IpNotAllowed),
        (ok({"Error": "apiKey blacklisted"}), IpNotAllowed),
        (text('{"error":"apiKey provided, but invalid"}', 403), BadToken),
        (text("<Response><Error>apiKey provided, but invalid</Error></Response>", 403), BadToken),
        (ok({"error": 1, "message": "Method does not exists: SearchTour_X"}), UnknownAction),
        (ok({"message": "Method does not exists: SearchTour_X"}), UnknownAction),
        (text("", 403), AuthFailed),
        (ok({"SearchTour_TOWNFROMS": {"error": 7, "message": "Нет прав"}}), BusinessError),
        (ok({"error": 7, "message": "Нет прав"}), BusinessError),
        (text("<Response><Error>Сбой</Error></Response>"), BusinessError),
    ],
)
def test_refusal_is_classified_and_not_repeated(
    answer: httpx2.Response, error: type[ConnectorError]
) -> None:
    operator = Operator(answer)

    with pytest.raises(ConnectorError) as caught:
        operator.client.departure_towns(soon())

    assert type(caught.value) is error
    assert len(operator.queries) == 1


@pytest.mark.parametrize("body", [json.dumps({"error": BLOCKED}), f"<Error>{BLOCKED}</Error>"])
def test_blocked_address_is_named_for_the_administrator(body: str) -> None:
    with pytest.raises(IpNotAllowed) as caught:
        Operator(text(body, 403)).client.departure_towns(soon())

    assert caught.value.address == "203.0.113.7"
    assert caught.value.message == (
        "SAMO: address 203.0.113.7 is not allowed for this token (or the token is wrong)"
    )


def test_business_error_tells_code_and_text() -> None:
    answer = ok({"SearchTour_TOWNFROMS": {"error": "7", "message": "Нет прав"}})

    with pytest.raises(BusinessError) as caught:
        Operator(answer).client.departure_towns(soon())

    assert (caught.value.code, caught.value.message) == (7, "SAMO error 7: Нет прав")


def test_error_zero_is_success() -> None:
    answer = ok({"error": 0, "SearchTour_TOWNFROMS": [{"id": 1, "name": "Актау"}]})

    assert Operator(answer).client.departure_towns(soon()) == [Named(1, "Актау")]


def test_large_answer_may_contain_the_words_of_a_refusal() -> None:
    towns = [{"id": 1, "name": "blacklisted " * 200}]

    assert len(Operator(ok({"SearchTour_TOWNFROMS": towns})).client.departure_towns(soon())) == 1


FAULTS = [
    (text("<html>Busy</html>"), BadAnswer),
    (text(""), BadAnswer),
    (text('{"SearchTour_TOWNFROMS":[{"id"'), BadAnswer),
    (text("[]"), BadAnswer),
    (ok({"SearchTour_STATES": []}), BadAnswer),
    (text("oops", 500), TransientError),
    (text("", 503), TransientError),
    (httpx2.ReadTimeout("x"), TransientError),
    (httpx2.ConnectError("x"), TransientError),
]


@pytest.mark.parametrize(("fault", "error"), FAULTS)
def test_fault_that_stays_is_transient(
    fault: httpx2.Response | Exception, error: type[ConnectorError]
) -> None:
    operator = Operator(fault, fault)

    with pytest.raises(TransientError) as caught:
        operator.client.departure_towns(soon())

    assert type(caught.value) is error
    assert len(operator.queries) == 2


@pytest.mark.parametrize(("fault", "error"), FAULTS)
def test_fault_that_passes_is_not_noticed(
    fault: httpx2.Response | Exception, error: type[ConnectorError]
) -> None:
    operator = Operator(fault, ok({"SearchTour_TOWNFROMS": [{"id": 1, "name": "Актау"}]}))

    assert operator.client.departure_towns(soon()) == [Named(1, "Актау")]


def test_wait_longer_than_the_deadline_is_not_waited() -> None:
    operator = Operator(httpx2.Response(429, headers={"retry-after": "60"}))

    with pytest.raises(RateLimited) as caught:
        operator.client.departure_towns(soon())

    assert caught.value.retry_after == 60
    assert len(operator.queries) == 1


def test_no_call_is_made_after_the_deadline() -> None:
    operator = Operator()

    with pytest.raises(TransientError, match="took too long"):
        operator.client.departure_towns(Deadline(0))

    assert operator.queries == []


@pytest.mark.parametrize(
    "answer",
    [
        text(f"no such token {TOKEN}", 500),
        text(f"<Response><Error>{TOKEN}</Error></Response>"),
        ok({"error": 5, "message": f"oauth_token={TOKEN}"}),
        text(json.dumps({"error": BLOCKED}), 403),
        text("<html>"),
        httpx2.ReadTimeout(f"?oauth_token={TOKEN}"),
    ],
)
def test_token_is_in_no_error_and_no_log(
    answer: httpx2.Response | Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="httpx2")
    operator = Operator(answer, answer)

    with pytest.raises(ConnectorError) as caught:
        operator.client.departure_towns(soon())

    assert operator.queries[0]["oauth_token"] == TOKEN
    assert TOKEN not in "".join(traceback.format_exception(caught.value))
    assert TOKEN not in repr(caught.value) + caplog.text


def test_token_is_not_in_the_repr_of_the_config() -> None:
    config = SamoConfig(token=TOKEN, proxy="http://user:pass@proxy.example:8888")

    assert TOKEN not in repr(config)
    assert "pass" not in repr(config)


@pytest.mark.parametrize(
    ("letters", "seats", "stop_sale", "expected"),
    [
        ("Y", (), False, Availability.AVAILABLE),
        ("YFYF", ("Y", "F"), False, Availability.AVAILABLE),
        ("RRYYYYY", ("Y", "Y"), False, Availability.ON_REQUEST),
        ("YYRN", ("Y", "Y"), False, Availability.NONE),
        ("Y", ("YN", "NR"), False, Availability.ON_REQUEST),
        ("Y", ("Y", "NN"), False, Availability.NONE),
        ("Y", ("NNF", "Y"), False, Availability.AVAILABLE),
        ("", (), False, Availability.ON_REQUEST),
        ("Q", (), False, Availability.ON_REQUEST),
        ("Y", ("Q", "Y"), False, Availability.ON_REQUEST),
        ("Y", ("Y", "Y"), True, Availability.NONE),
    ],
)
def test_availability_is_the_worst_of_rooms_and_seats(
    letters: str, seats: tuple[str, ...], stop_sale: bool, expected: Availability
) -> None:
    legs = dict(zip(("in", "out"), seats, strict=False))
    row = schemas.read_price(
        PRICE_ROW
        | {"hotelAvailability": letters, "stopSale": stop_sale}
        | {"freights": {"econom": legs} if legs else None}
    )

    assert row is not None
    assert mapping.availability(row) is expected


@pytest.mark.parametrize(
    ("star", "digit"),
    [("4*", 4), ("5 *", 5), ("5* deluxe", 5), ("3", 3), ("VIP", None), ("HV-1", None), ("", None)],
)
def test_stars_are_read_from_the_text(star: str, digit: int | None) -> None:
    assert schemas.star_digit(star) == digit


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Coral Lagoon Resort 4*", "Coral Lagoon Resort"),
        ("Bamboo Villas (5*)", "Bamboo Villas"),
        ("Hotel 27", "Hotel 27"),
        ("4*", "4*"),
    ],
)
def test_category_is_taken_off_the_hotel_name(name: str, expected: str) -> None:
    assert mapping.hotel_name(name) == expected


STATES = [
    State(1, "Турция", "TURKEY", "TUR"),
    State(2, "Вьетнам", "VIETNAM", "VNM"),
    State(3, "ОАЭ", "UAE", ""),
    State(4, "Грузия", "Georgia", ""),
    State(5, "Египет", "EGYPT", "XXX"),
]


@pytest.mark.parametrize(
    ("alpha2", "state_id"),
    [("VN", 2), ("TR", 1), ("AE", 3), ("GE", 4), ("TH", None), ("EG", None), ("??", None)],
)
def test_country_is_found_by_code_or_else_by_name(alpha2: str, state_id: int | None) -> None:
    state = mapping.find_country(STATES, alpha2)

    assert (state and state.id) == state_id


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (("нячанг",), (1,)),
        (("NHA-TRANG", "Шарм эль Шейх"), (1, 2)),
        (("Кханьхоа",), (1, 3)),
        (("Фукуок",), ()),
    ],
)
def test_resorts_are_found_by_name_or_region(wanted: tuple[str, ...], ids: tuple[int, ...]) -> None:
    rows = [
        Resort(1, "Нячанг", "Nha Trang", "Кханьхоа"),
        Resort(2, "Шарм-эль-Шейх", "Sharm"),
        Resort(3, "Камрань", "", "Кханьхоа"),
    ]

    assert mapping.find_resorts(rows, wanted) == ids


@pytest.mark.parametrize(
    ("meal", "ids"),
    [("AI", (3, 4, 5)), ("UAI", (5,)), ("bb", (1, 2)), ("RO", (6,)), ("FB", ())],
)
def test_meals_are_found_by_their_leading_code(meal: str, ids: tuple[int, ...]) -> None:
    names = ("BB", "BB Plus", "AI", "AI+", "UAI", "RO", "Завтраки")
    rows = [Named(number, name) for number, name in enumerate(names, start=1)]

    assert mapping.find_meals(rows, meal) == ids


def test_stars_at_least_leave_out_words() -> None:
    rows = [Named(1, "3*"), Named(2, "4*"), Named(3, "5*"), Named(4, "VIP")]

    assert mapping.find_stars(rows, 4) == (2, 3)
