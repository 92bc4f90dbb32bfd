"""Fake servers at HTTP level: state, a request log and scripted faults.

A fake knows nothing of our connectors, so that both cannot share one mistake. The same object
serves tests, the demo (through `as_transport`, nothing leaves the process) and a local server.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import httpx2

REQUEST_LOG_SIZE = 1000


@dataclass(frozen=True)
class FakeRequest:
    """Header names are lower case; of a repeated query name the last value counts."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class FakeResponse:
    """`drip_s`: behind a real port the answer leaves byte by byte, with such a pause between."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    drip_s: float = 0.0

    @classmethod
    def of_json(cls, content: Any, status: int = 200) -> Self:
        """Compact ASCII JSON, as most of the providers send it."""
        body = json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode()
        return cls(status, {"content-type": "application/json"}, body)


class LostAnswer(Exception):
    """The client waited for the answer in vain."""


class NoConnection(Exception):
    """The client could not connect."""


@dataclass(frozen=True)
class Fault:
    name: str
    when: Callable[[FakeRequest], bool]
    retry_after: int | None
    delay_s: float


class FakeServer:
    """Base of the fakes: subclasses write `respond`, and `respond_faulty` for faults of their own.

    Faults of every fake: a status as text ("500", "429"), "html", "empty", "truncated", "slow"
    (answers after `delay_s`), "drip" (a byte each `delay_s`, see FakeResponse), "no_connection",
    "timeout" (nothing done, no answer) and "lost_answer" (done, no answer).
    """

    def __init__(self) -> None:
        self.requests: list[FakeRequest] = []
        self._faults: list[Fault] = []

    def fail_next(
        self,
        fault: str,
        times: int = 1,
        *,
        when: Callable[[FakeRequest], bool] = lambda request: True,
        retry_after: int | None = None,
        delay_s: float = 0.0,
    ) -> None:
        """Script the next `times` requests for which `when` is true to go wrong."""
        self._faults += [Fault(fault, when, retry_after, delay_s)] * times

    def forget_faults(self) -> None:
        """What was scripted and has not happened will not happen."""
        self._faults.clear()

    def handle(self, request: FakeRequest) -> FakeResponse:
        self.requests.append(request)
        del self.requests[:-REQUEST_LOG_SIZE]
        fault = next((each for each in self._faults if each.when(request)), None)
        if fault is None:
            return self.respond(request)
        self._faults.remove(fault)
        return self.respond_faulty(request, fault)

    def respond(self, request: FakeRequest) -> FakeResponse:
        raise NotImplementedError

    def respond_faulty(self, request: FakeRequest, fault: Fault) -> FakeResponse:
        if fault.name.isdecimal():
            wait = {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
            return FakeResponse(int(fault.name), wait)
        match fault.name:
            case "html":
                return FakeResponse(200, {"content-type": "text/html"}, b"<html>Busy</html>")
            case "empty":
                return FakeResponse()
            case "no_connection":
                raise NoConnection
            case "timeout":
                raise LostAnswer
        return self._respond_then_spoil(request, fault)

    def _respond_then_spoil(self, request: FakeRequest, fault: Fault) -> FakeResponse:
        answer = self.respond(request)
        match fault.name:
            case "truncated":
                return replace(answer, body=answer.body[: len(answer.body) // 2])
            case "slow":
                time.sleep(fault.delay_s)
                return answer
            case "drip":
                return replace(answer, drip_s=fault.delay_s)
            case "lost_answer":
                raise LostAnswer
        raise ValueError(f"unknown fault {fault.name!r}")


def as_transport(fake: FakeServer) -> httpx2.BaseTransport:
    """Let a real HTTP client talk to the fake without leaving the process.

    An answer that comes after the client's time-out is not waited for, as on a network.
    """

    def handle(request: httpx2.Request) -> httpx2.Response:
        waits_s = request.extensions.get("timeout", {}).get("read")
        started = time.monotonic()
        try:
            answer = fake.handle(_fake_request(request))
        except NoConnection:
            raise httpx2.ConnectError("fake: no connection", request=request) from None
        except LostAnswer:
            raise httpx2.ReadTimeout("fake: no answer", request=request) from None
        if waits_s is not None and time.monotonic() - started > waits_s:
            raise httpx2.ReadTimeout("fake: too late", request=request)
        return httpx2.Response(answer.status, headers=dict(answer.headers), content=answer.body)

    return httpx2.MockTransport(handle)


def _fake_request(request: httpx2.Request) -> FakeRequest:
    return FakeRequest(
        method=request.method,
        path=request.url.path,
        query=dict(request.url.params),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.read(),
    )
