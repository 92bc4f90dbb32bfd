from __future__ import annotations

import logging
import socket
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.fakes.base import (
    FakeRequest,
    FakeResponse,
    FakeServer,
    as_transport,
)
from integrations.fakes.local_server import serve
from integrations.transport import errors
from integrations.transport.http import Answer, build_client, fetch, raise_for_status
from integrations.transport.redact import redact

SECRET = "0123456789abcdef0123456789abcdef"
URL = "https://provider.example/api"


def client_for(handler: Callable[[httpx2.Request], httpx2.Response]) -> httpx2.Client:
    return build_client(transport=httpx2.MockTransport(handler))


def failing(fault: Exception) -> httpx2.Client:
    def handler(request: httpx2.Request) -> httpx2.Response:
        raise fault

    return client_for(handler)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (errors.ConnectorError(), "permanent"),
        (errors.TransientError(), "transient"),
        (errors.RateLimited(), "transient"),
        (errors.AmbiguousError(), "ambiguous"),
        (errors.PermanentError(), "permanent"),
        (errors.RecipientGone(), "permanent"),
        (errors.InvalidRequest(), "permanent"),
        (errors.ConfigError(), "config"),
        (errors.AuthFailed(), "config"),
    ],
)
def test_kind_tells_a_retry_policy_what_to_do(error: errors.ConnectorError, kind: str) -> None:
    assert error.kind == kind


def test_error_message_is_redacted_when_made() -> None:
    error = errors.TransientError(f"GET {URL}?oauth_token={SECRET}&a=1", retry_after=3)

    assert str(error) == error.message == f"GET {URL}?oauth_token=***&a=1"
    assert error.retry_after == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"/e.php?oauth_token={SECRET}&type=json", "/e.php?oauth_token=***&type=json"),
        ("/x?key=AIzaSy-1&b=2", "/x?key=***&b=2"),
        ('{"access_token": "q.w-e", "id": 7}', '{"access_token": "***", "id": 7}'),
        ("X-Webhook-Secret: hush", "X-Webhook-Secret: ***"),
        ("password=hunter2", "password=***"),
        ("Authorization: Bearer abc.def-1", "Authorization: Bearer ***"),
        (
            "https://tg.example/bot123456789:AAEabcdefghijklmnopqrstuvwxyz01234/sendMessage",
            "https://tg.example/bot***/sendMessage",
        ),
        ("key sk-proj-abcdefghij0123456789 refused", "key *** refused"),
        (
            "https://b24.example/rest/1/abcd1234efgh/lead.add",
            "https://b24.example/rest/1/***/lead.add",
        ),
        ("POST /webhooks/telegram/abcdefgh12345678 404", "POST /webhooks/telegram/*** 404"),
        ("http://user:pa@proxy.example:8888", "http://***@proxy.example:8888"),
        (f"digest {SECRET.upper()}", "digest ***"),
        ("write to a.b+c@mail.example.kz now", "write to [email] now"),
        ("+7 (701) 222-33-44", "[phone]"),
        ("8 701 222 33 44, 77012223344", "[phone], [phone]"),
        ("996555123456@c.us", "[email]"),
        ("998901234567 called", "[phone] called"),
    ],
)
def test_redact_hides_secrets_and_people(text: str, expected: str) -> None:
    assert redact(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "blacklisted address 203.0.113.7",
        "2027-01-12 10:15:00",
        "CHECKIN_BEG=20270112&ADULT=2",
        "719 680.00 KZT",
        "Нячанг из Алматы, 10 ночей",
        "HTTP 503 after 12.5 s",
        "78123456-1234-4abc-8def-0123456789ab",
        "2026-11-24T03:12:59.789123Z",
    ],
)
def test_redact_keeps_what_an_administrator_needs(text: str) -> None:
    assert redact(text) == text


@given(st.text(alphabet="abAB01789 :=&?/@.+-_*'\"tokenbearkys", max_size=80))
def test_redact_twice_is_redact_once(text: str) -> None:
    assert redact(redact(text)) == redact(text)


@given(prefix=st.text(max_size=20), suffix=st.text(max_size=20))
def test_redact_hides_a_token_in_any_surroundings(prefix: str, suffix: str) -> None:
    assert SECRET not in redact(f"{prefix} oauth_token={SECRET}&{suffix}")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, errors.PermanentError),
        (400, errors.InvalidRequest),
        (401, errors.AuthFailed),
        (403, errors.AuthFailed),
        (404, errors.InvalidRequest),
        (422, errors.InvalidRequest),
        (429, errors.RateLimited),
        (500, errors.TransientError),
        (503, errors.TransientError),
    ],
)
def test_status_becomes_an_error(status: int, error: type[errors.ConnectorError]) -> None:
    with pytest.raises(errors.ConnectorError) as caught:
        raise_for_status(Answer(status, {}, b"secret body"), "Provider")

    assert type(caught.value) is error
    assert caught.value.message.startswith(f"Provider answered HTTP {status}")


@pytest.mark.parametrize("status", [200, 201, 204])
def test_success_raises_nothing(status: int) -> None:
    raise_for_status(Answer(status, {}, b""), "Provider")


@pytest.mark.parametrize(
    ("header", "expected"),
    [("3", 3.0), (" 120 ", 120.0), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-1", None)],
)
def test_retry_after_is_read_as_seconds(header: str, expected: float | None) -> None:
    with pytest.raises(errors.RateLimited) as caught:
        raise_for_status(Answer(429, {"retry-after": header}, b""), "Provider")

    assert caught.value.retry_after == expected


@pytest.mark.parametrize(
    ("fault", "on_get", "on_post"),
    [
        (httpx2.ConnectError("x"), errors.TransientError, errors.TransientError),
        (httpx2.ConnectTimeout("x"), errors.TransientError, errors.TransientError),
        (httpx2.PoolTimeout("x"), errors.TransientError, errors.TransientError),
        (httpx2.ProxyError("x"), errors.TransientError, errors.TransientError),
        (httpx2.ReadTimeout("x"), errors.TransientError, errors.AmbiguousError),
        (httpx2.WriteTimeout("x"), errors.TransientError, errors.AmbiguousError),
        (httpx2.ReadError("x"), errors.TransientError, errors.AmbiguousError),
        (httpx2.RemoteProtocolError("x"), errors.TransientError, errors.AmbiguousError),
        (httpx2.UnsupportedProtocol("x"), errors.ConfigError, errors.ConfigError),
        (httpx2.LocalProtocolError("x"), errors.InvalidRequest, errors.InvalidRequest),
    ],
)
def test_network_fault_becomes_an_error(
    fault: Exception,
    on_get: type[errors.ConnectorError],
    on_post: type[errors.ConnectorError],
) -> None:
    for method, expected in (("GET", on_get), ("POST", on_post)):
        with pytest.raises(errors.ConnectorError) as caught:
            fetch(failing(fault), method, URL)
        assert type(caught.value) is expected


def test_post_declared_idempotent_is_safe_to_repeat() -> None:
    with pytest.raises(errors.TransientError):
        fetch(failing(httpx2.ReadTimeout("x")), "POST", URL, idempotent=True)


def test_answer_is_returned_whole_with_any_status() -> None:
    client = client_for(lambda request: httpx2.Response(418, headers={"X-A": "1"}, content=b"hi"))

    answer = fetch(client, "GET", URL)

    assert (answer.status, answer.headers["x-a"], answer.text) == (418, "1", "hi")


def test_redirects_are_not_followed() -> None:
    seen: list[str] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        seen.append(str(request.url))
        return httpx2.Response(302, headers={"location": "https://elsewhere.example/"})

    answer = fetch(client_for(handler), "GET", URL)

    assert answer.status == 302
    assert seen == [URL]


@pytest.mark.parametrize(
    ("method", "error"), [("GET", errors.PermanentError), ("POST", errors.AmbiguousError)]
)
def test_body_beyond_the_cap_is_refused(method: str, error: type[errors.ConnectorError]) -> None:
    client = client_for(lambda request: httpx2.Response(200, content=b"x" * 11))

    with pytest.raises(error, match="AnswerTooLarge"):
        fetch(client, method, URL, max_bytes=10)

    assert fetch(client, method, URL, max_bytes=11).body == b"x" * 11


def test_endless_body_is_not_read_to_its_end() -> None:
    sent: list[bytes] = []

    def chunks() -> Iterator[bytes]:
        while True:
            sent.append(b"x" * 1000)
            yield sent[-1]

    client = client_for(lambda request: httpx2.Response(200, content=chunks()))

    with pytest.raises(errors.PermanentError, match="AnswerTooLarge"):
        fetch(client, "GET", URL, max_bytes=3500)
    assert len(sent) == 4


@pytest.mark.parametrize("kept", [0, 1], ids=["new connection", "kept connection"])
@pytest.mark.parametrize("pause_s", [0.05, 0.002], ids=["in its headers", "in its body"])
def test_answer_that_drips_in_is_cut_off_in_time(pause_s: float, kept: int) -> None:
    """Each byte comes long before any time-out; headers are some 150 bytes, the body 2000."""
    fake = Counter()
    with serve(fake) as address, build_client() as client:
        for _ in range(kept):
            fetch(client, "GET", address)
        fake.fail_next("drip", delay_s=pause_s)
        started = time.monotonic()

        with pytest.raises(errors.TransientError, match="ReadTimeout"):
            fetch(client, "GET", address, params={"a": "x" * 2000}, timeout_s=0.8)

        assert 0.8 <= time.monotonic() - started < 1.2
        assert fetch(client, "GET", address).status == 200


def test_slow_look_up_of_a_name_is_part_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    look_up = socket.getaddrinfo
    over = threading.Event()

    def slowly(*wanted: Any) -> Any:
        over.wait(5)
        return look_up(*wanted)

    fake = Counter()
    with serve(fake) as address, build_client() as client:
        monkeypatch.setattr(socket, "getaddrinfo", slowly)
        started = time.monotonic()
        with pytest.raises(errors.TransientError, match="ConnectTimeout"):
            fetch(client, "POST", address, timeout_s=0.2)
        assert time.monotonic() - started < 0.5
        over.set()

    assert fake.count == 0


def test_request_carries_params_body_headers_and_timeouts() -> None:
    seen: list[httpx2.Request] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200)

    client = build_client(
        base_url="https://provider.example/v1/",
        headers={"X-App": "demo"},
        transport=httpx2.MockTransport(handler),
    )
    fetch(client, "POST", "items", params={"a": "1"}, json={"b": 2}, timeout_s=30)

    assert str(seen[0].url) == "https://provider.example/v1/items?a=1"
    assert seen[0].read() == b'{"b":2}'
    assert seen[0].headers["x-app"] == "demo"
    assert seen[0].extensions["timeout"] == {"connect": 10.0, "read": 30, "write": 30, "pool": 30}


@pytest.mark.parametrize("proxy", [None, "http://user:pass@127.0.0.1:8888"])
def test_client_without_a_fake_is_built_for_the_network(proxy: str | None) -> None:
    with build_client(proxy=proxy, ipv4_only=True) as client:
        assert client.follow_redirects is False
        assert client.trust_env is False


def test_token_in_the_url_reaches_neither_logs_nor_tracebacks(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="httpx2")
    fetch(client_for(lambda request: httpx2.Response(200)), "GET", f"{URL}?oauth_token={SECRET}")
    try:
        fetch(failing(httpx2.ReadTimeout(SECRET)), "GET", f"{URL}?oauth_token={SECRET}")
    except errors.TransientError as error:
        shown = "".join(traceback.format_exception(error))

    assert "oauth_token=***" in caplog.text
    assert SECRET not in caplog.text
    assert SECRET not in shown


class Counter(FakeServer):
    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def respond(self, request: FakeRequest) -> FakeResponse:
        self.count += 1
        return FakeResponse.of_json({"count": self.count, "текст": request.query.get("a")})


def test_fake_is_reached_through_a_real_client() -> None:
    fake = Counter()

    answer = fetch(
        build_client(transport=as_transport(fake)), "POST", f"{URL}/x", params={"a": "b"}, json=[1]
    )

    assert answer.body == b'{"count":1,"\\u0442\\u0435\\u043a\\u0441\\u0442":"b"}'
    assert (fake.requests[0].method, fake.requests[0].path) == ("POST", "/api/x")
    assert fake.requests[0].query == {"a": "b"}
    assert fake.requests[0].json() == [1]
    assert fake.requests[0].headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("fault", "error", "count"),
    [
        ("no_connection", errors.TransientError, 0),
        ("timeout", errors.AmbiguousError, 0),
        ("lost_answer", errors.AmbiguousError, 1),
    ],
)
def test_fault_without_an_answer(
    fault: str, error: type[errors.ConnectorError], count: int
) -> None:
    fake = Counter()
    fake.fail_next(fault)

    with pytest.raises(error):
        fetch(build_client(transport=as_transport(fake)), "POST", URL)
    assert fake.count == count


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        ("500", 500, b""),
        ("html", 200, b"<html>Busy</html>"),
        ("empty", 200, b""),
        ("truncated", 200, b'{"count":1,"\\u0442\\u0435'),
        ("slow", 200, b'{"count":1,"\\u0442\\u0435\\u043a\\u0441\\u0442":null}'),
    ],
)
def test_fault_with_an_answer(fault: str, status: int, body: bytes) -> None:
    fake = Counter()
    fake.fail_next(fault)

    answer = fake.handle(FakeRequest("GET", "/"))

    assert (answer.status, answer.body) == (status, body)


def test_faults_come_as_often_and_where_scripted() -> None:
    fake = Counter()
    fake.fail_next("429", times=2, retry_after=7, when=lambda request: request.path == "/b")

    answers = [fake.handle(FakeRequest("GET", path)) for path in ("/a", "/b", "/b", "/b")]

    assert [answer.status for answer in answers] == [200, 429, 429, 200]
    assert answers[1].headers == {"retry-after": "7"}


def test_unknown_fault_is_a_mistake_of_the_test() -> None:
    fake = Counter()
    fake.fail_next("meteorite")

    with pytest.raises(ValueError, match="meteorite"):
        fake.handle(FakeRequest("GET", "/"))


def test_request_log_does_not_grow_for_ever() -> None:
    fake = Counter()

    for number in range(1005):
        fake.handle(FakeRequest("GET", f"/{number}"))

    assert len(fake.requests) == 1000
    assert fake.requests[0].path == "/5"
