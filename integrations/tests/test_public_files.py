"""Files of strangers: only from the public web, only so much, only to where we looked."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest

from integrations.transport import public_files
from integrations.transport.errors import PermanentError, TransientError
from integrations.transport.public_files import ForbiddenAddress, download

PUBLIC = "93.184.216.34"
Handler = Callable[[httpx2.Request], httpx2.Response]


def fetch(
    url: str,
    handler: Handler = lambda request: httpx2.Response(200, content=b"x"),
    names: dict[str, list[str]] | None = None,
    max_bytes: int = 100,
) -> bytes:
    known = {"files.example.com": [PUBLIC], **(names or {})}
    transport = httpx2.MockTransport(handler)
    found = download(
        url, max_bytes=max_bytes, transport=transport, resolve=lambda host: known.get(host, [host])
    )
    return found.content


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    asked = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        asked.append((request.url.host, request.headers["host"], request.extensions))
        return httpx2.Response(200, content=b"picture")

    assert fetch("https://files.example.com/a.jpg?x=1", handler) == b"picture"
    host, named, extensions = asked[0]
    assert (host, named) == (PUBLIC, "files.example.com")
    assert extensions["sni_hostname"] == "files.example.com"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.5", "192.168.1.1", "172.16.0.1", "169.254.169.254", "0.0.0.0",  # noqa: S104
        "100.64.0.1", "224.0.0.1", "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1",
        "2002:7f00:1::", "not-an-address",
    ],
)  # fmt: skip
def test_private_addresses_are_refused_by_name_and_by_number(address: str) -> None:
    called: list[int] = []

    def handler(request: httpx2.Request) -> httpx2.Response:
        called.append(1)
        return httpx2.Response(200)

    with pytest.raises(ForbiddenAddress):
        fetch("https://inside.example.com/", handler, {"inside.example.com": [address]})
    with pytest.raises(ForbiddenAddress):
        fetch("https://both.example.com/", handler, {"both.example.com": [PUBLIC, address]})
    assert called == []


@pytest.mark.parametrize(
    "url",
    [
        "ftp://files.example.com/a", "file:///etc/passwd", "https://files.example.com:8443/",
        "http://files.example.com:443/", "https://user:word@files.example.com/", "https://", "",
        "https://files.example.com:99999/", "//files.example.com/", "javascript:alert(1)",
        "http://127.0.0.1/", "http://[::1]/", "https://2130706433/",
    ],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(ForbiddenAddress):
        fetch(url)


def test_a_redirect_is_checked_like_the_first_address() -> None:
    def handler(request: httpx2.Request) -> httpx2.Response:
        target = {"/in": "http://10.0.0.1/secret", "/on": "/file", "/loop": "/loop"}
        if place := target.get(request.url.path):
            return httpx2.Response(302, headers={"location": place})
        return httpx2.Response(200, content=b"file")

    assert fetch("https://files.example.com/on", handler) == b"file"
    with pytest.raises(ForbiddenAddress):
        fetch("https://files.example.com/in", handler)
    with pytest.raises(PermanentError, match="on and on"):
        fetch("https://files.example.com/loop", handler)


def test_more_than_allowed_is_not_read() -> None:
    def handler(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, content=b"x" * 101)

    with pytest.raises(PermanentError, match="too large"):
        fetch("https://files.example.com/", handler)


@pytest.mark.parametrize(
    ("status", "error"), [(404, PermanentError), (403, PermanentError), (500, TransientError)]
)
def test_what_the_server_says_decides_whether_to_come_back(
    status: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        fetch("https://files.example.com/", lambda request: httpx2.Response(status))


def test_a_file_that_drips_in_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_files, "LONGEST_S", -1.0)
    with pytest.raises(TransientError, match="slowly"):
        fetch("https://files.example.com/")
