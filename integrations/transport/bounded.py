"""A network whose time-out bounds a whole call.

The library's own bounds each operation by itself: a server that sends one byte now and then is
waited for without end. Here every operation gets what is left of the call's time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from ssl import SSLContext
from threading import Thread
from typing import Any

import httpcore2
import httpx2

_ends_at: ContextVar[float | None] = ContextVar("ends_at", default=None)


class BoundedTransport(httpx2.HTTPTransport):
    """`read` of a request's time-outs: from the name of the server to the answer's last byte."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # The library takes no backend from outside and hands this one to each new connection.
        self._pool._network_backend = _Network()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        seconds = request.extensions.get("timeout", {}).get("read")
        ends_at = None if seconds is None else time.monotonic() + seconds
        with _until(ends_at):
            response = super().handle_request(request)
        if isinstance(response.stream, httpx2.SyncByteStream):
            response.stream = _Body(response.stream, ends_at)
        return response


@contextmanager
def _until(ends_at: float | None) -> Iterator[None]:
    token = _ends_at.set(ends_at)
    try:
        yield
    finally:
        _ends_at.reset(token)


def _left(timeout: float | None, too_late: type[Exception]) -> float | None:
    ends_at = _ends_at.get()
    if ends_at is None:
        return timeout
    left = ends_at - time.monotonic()
    if left <= 0:
        raise too_late
    return left if timeout is None else min(timeout, left)


class _Body(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, ends_at: float | None) -> None:
        self._stream, self._ends_at = stream, ends_at

    def __iter__(self) -> Iterator[bytes]:
        pieces = iter(self._stream)
        while True:
            with _until(self._ends_at):
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece

    def close(self) -> None:
        self._stream.close()


class _Stream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout, httpcore2.WriteTimeout))

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left))

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Network(httpcore2.SyncBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        connect = partial(super().connect_tcp, host, port, left, local_address, socket_options)
        return _Stream(connect() if left is None else _in_time(connect, left))


def _in_time(
    connect: Callable[[], httpcore2.NetworkStream], seconds: float
) -> httpcore2.NetworkStream:
    """Looking a name up knows no time-out, and a name may have many addresses to try in turn.

    Whoever is late goes on in a thread of its own, and its connection is closed.
    """
    made: Future[httpcore2.NetworkStream] = Future()
    Thread(target=_make, args=(connect, made), daemon=True).start()
    try:
        return made.result(seconds)
    except TimeoutError:
        made.add_done_callback(_close)
        raise httpcore2.ConnectTimeout from None


def _make(
    connect: Callable[[], httpcore2.NetworkStream], made: Future[httpcore2.NetworkStream]
) -> None:
    try:
        made.set_result(connect())
    except Exception as error:  # noqa: BLE001 - it is raised where the connection is waited for
        made.set_exception(error)


def _close(made: Future[httpcore2.NetworkStream]) -> None:
    if made.exception() is None:
        made.result().close()
