"""Downloads from addresses that strangers name: never into our own network, never too much.

The name is looked up once, every address it has must be public, and the connection goes to that
very address: a second look-up could say something else.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urljoin, urlsplit

import httpx2

from integrations.transport.errors import PermanentError, TransientError
from integrations.transport.http import Transport, build_client

# The whole file, however slowly it drips in; shorter than the lease of the row that wants it.
LONGEST_S = 30.0
MOST_REDIRECTS = 3
PORTS = {"http": 80, "https": 443}

Resolve = Callable[[str], Sequence[str]]


class FetchPublic(Protocol):
    def __call__(self, url: str, *, max_bytes: int) -> Download: ...


class ForbiddenAddress(PermanentError):
    """The address leads into a private network, or is no address of the web."""


@dataclass(frozen=True)
class Download:
    content: bytes
    mime: str


def look_up(host: str) -> Sequence[str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise TransientError("The name of the server is not known now") from None
    return [str(row[4][0]) for row in found]


def download(
    url: str, *, max_bytes: int, transport: Transport | None = None, resolve: Resolve = look_up
) -> Download:
    """Get a file of the public web. Raises ForbiddenAddress, PermanentError, TransientError.

    `transport` replaces the network; the address is checked all the same.
    """
    deadline = time.monotonic() + LONGEST_S
    with build_client(timeout_s=LONGEST_S, transport=transport) as client:
        for _hop in range(MOST_REDIRECTS + 1):
            request = _request(client, url, resolve)
            try:
                answer = client.send(request, stream=True)
                try:
                    if answer.is_redirect:
                        url = urljoin(url, answer.headers.get("location", ""))
                        continue
                    return _read(answer, max_bytes, deadline)
                finally:
                    answer.close()
            except (httpx2.HTTPError, httpx2.InvalidURL) as fault:
                raise TransientError(f"No file came ({type(fault).__name__})") from None
    raise PermanentError("The address of the file leads on and on")


def _request(client: httpx2.Client, url: str, resolve: Resolve) -> httpx2.Request:
    parts = urlsplit(url)
    host, port = parts.hostname or "", _port(parts.netloc, parts.scheme)
    is_web = parts.scheme in PORTS and port == PORTS[parts.scheme]
    if not host or not is_web or parts.username is not None:
        raise ForbiddenAddress("The file has no public address")
    addresses = resolve(host)
    if not addresses or not all(_is_public(address) for address in addresses):
        raise ForbiddenAddress("The file has no public address")
    pinned = f"[{addresses[0]}]" if ":" in addresses[0] else addresses[0]
    target = parts._replace(netloc=pinned).geturl()
    return client.build_request(
        "GET", target, headers={"Host": host}, extensions={"sni_hostname": host}
    )


def _port(netloc: str, scheme: str) -> int | None:
    try:
        return urlsplit(f"//{netloc}").port or PORTS.get(scheme)
    except ValueError:
        return None


def _is_public(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return ip.is_global and not ip.is_multicast and (inner is None or inner.is_global)


def _read(answer: httpx2.Response, max_bytes: int, deadline: float) -> Download:
    if answer.status_code >= 500 or answer.status_code == 429:
        raise TransientError(f"The server of the file answered HTTP {answer.status_code}")
    if answer.status_code != 200:
        raise PermanentError(f"The server of the file answered HTTP {answer.status_code}")
    content = bytearray()
    for chunk in answer.iter_bytes():
        content += chunk
        if len(content) > max_bytes:
            raise PermanentError("The file is too large")
        if time.monotonic() > deadline:
            raise TransientError("The file comes too slowly")
    return Download(bytes(content), answer.headers.get("content-type", "").partition(";")[0])
