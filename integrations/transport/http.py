"""The only HTTP client of the project: time-outs, a size cap, no redirects, one error family.

Connectors call `fetch`, look at the answer for what they know better (Telegram's 403 "blocked"),
and leave the rest to `raise_for_status`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from integrations.transport.bounded import BoundedTransport
from integrations.transport.errors import (
    AmbiguousError,
    AuthFailed,
    ConfigError,
    ConnectorError,
    InvalidRequest,
    PermanentError,
    RateLimited,
    TransientError,
)
from integrations.transport.redact import RedactingFilter

# Connectors name these types through us, so that the library can be changed in one place.
Client = httpx2.Client
Transport = httpx2.BaseTransport

CONNECT_TIMEOUT_S = 10.0
MAX_BODY_BYTES = 2 * 1024 * 1024

_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
_NEVER_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
)
_URL_LOG_FILTER = RedactingFilter()


@dataclass(frozen=True)
class Answer:
    """Whatever the other side said, whole, with any status. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", errors="replace")


def build_client(
    *,
    base_url: str = "",
    timeout_s: float = 20.0,
    proxy: str | None = None,
    transport: Transport | None = None,
    headers: Mapping[str, str] | None = None,
    ipv4_only: bool = False,
) -> Client:
    """Return a client that ignores proxies and passwords of the environment.

    `timeout_s` bounds each call as a whole. `transport` replaces the network (fakes, tests);
    `proxy` and `ipv4_only` are then unused.
    """
    # The library logs every URL at INFO, and some providers want the token in the URL.
    logging.getLogger("httpx2").addFilter(_URL_LOG_FILTER)
    if transport is None:
        source = "0.0.0.0" if ipv4_only else None  # noqa: S104 - outgoing address, not a listener
        transport = BoundedTransport(proxy=proxy, local_address=source, trust_env=False)
    return httpx2.Client(
        base_url=base_url,
        timeout=_timeout(timeout_s),
        transport=transport,
        headers=dict(headers or {}),
        trust_env=False,
        follow_redirects=False,
    )


def fetch(
    client: Client,
    method: str,
    url: str,
    *,
    params: Mapping[str, str] | None = None,
    json: Any = None,
    fields: Mapping[str, str] | None = None,
    files: Mapping[str, tuple[str, bytes, str]] | None = None,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout_s: float | None = None,
    idempotent: bool | None = None,
    max_bytes: int = MAX_BODY_BYTES,
) -> Answer:
    """Make one call and read the whole answer; raise only when there is none.

    `fields` and `files` (name, content, type) make a form with files. `timeout_s` bounds the call
    as a whole, to the answer's last byte.
    `idempotent` defaults by method: it decides whether a lost answer is transient or ambiguous.
    """
    safe_to_repeat = method.upper() in _IDEMPOTENT if idempotent is None else idempotent
    timeout = client.timeout if timeout_s is None else _timeout(timeout_s)
    request = client.build_request(
        method,
        url,
        params=params,
        json=json,
        data=fields,
        files=files,
        content=content,
        headers=headers,
        timeout=timeout,
    )
    try:
        return _read(client, request, max_bytes)
    except (httpx2.HTTPError, httpx2.InvalidURL, _AnswerTooLarge) as fault:
        # "from None": the library's exception carries the request with its URL and headers.
        raise _fault_error(fault, safe_to_repeat) from None


def raise_for_status(answer: Answer, service: str) -> None:
    """Map the status to the error family; return silently for 2xx. `service` names them."""
    status, message = answer.status, f"{service} answered HTTP {answer.status}"
    if 200 <= status < 300:
        return
    if status == 429:
        raise RateLimited(message, retry_after=retry_after_s(answer))
    if status >= 500:
        raise TransientError(message, retry_after=retry_after_s(answer))
    if status in (401, 403):
        raise AuthFailed(message)
    if status >= 400:
        raise InvalidRequest(message)
    raise PermanentError(f"{message}; redirects are not followed")


def retry_after_s(answer: Answer) -> float | None:
    """The Retry-After header where it is a number of seconds; its date form is not used."""
    value = answer.headers.get("retry-after", "").strip()
    return float(value) if value.isdecimal() else None


class _AnswerTooLarge(Exception):
    pass


def _timeout(timeout_s: float) -> httpx2.Timeout:
    return httpx2.Timeout(timeout_s, connect=min(timeout_s, CONNECT_TIMEOUT_S))


def _read(client: Client, request: httpx2.Request, max_bytes: int) -> Answer:
    body = bytearray()
    response = client.send(request, stream=True)
    try:
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > max_bytes:
                raise _AnswerTooLarge
    finally:
        response.close()
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, bytes(body))


def _fault_error(fault: Exception, safe_to_repeat: bool) -> ConnectorError:
    name = type(fault).__name__.lstrip("_")
    if isinstance(fault, httpx2.InvalidURL | httpx2.UnsupportedProtocol):
        return ConfigError(f"The address is not valid ({name})")
    if isinstance(fault, httpx2.LocalProtocolError):
        return InvalidRequest(f"The call cannot be sent as it is ({name})")
    if isinstance(fault, _NEVER_SENT):
        return TransientError(f"No connection ({name})")
    if not safe_to_repeat:
        return AmbiguousError(f"The answer was lost ({name})")
    if isinstance(fault, _AnswerTooLarge):
        return PermanentError(f"The answer is too large ({name})")
    return TransientError(f"The answer was lost ({name})")
