"""A fake behind a real port of this machine: for proxies, relays and other processes."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from integrations.fakes.base import FakeRequest, FakeResponse, FakeServer, LostAnswer, NoConnection


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up in the middle is part of the play."""


@contextmanager
def serve(fake: FakeServer, tls: ssl.SSLContext | None = None, port: int = 0) -> Iterator[str]:
    """Yield the address of the running fake, `http(s)://127.0.0.1:<port>`."""
    server = _Server(("127.0.0.1", port), _handler(fake))
    scheme = "http"
    if tls:
        scheme, server.socket = "https", tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"{scheme}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _drip(handler: BaseHTTPRequestHandler, answer: FakeResponse) -> None:
    """Send the headers and the body a byte at a time; whoever hangs up is served no more."""
    head = b"".join(handler._headers_buffer) + b"\r\n"  # type: ignore[attr-defined]
    handler._headers_buffer = []  # type: ignore[attr-defined]
    for byte in head + answer.body:
        handler.wfile.write(bytes([byte]))
        time.sleep(answer.drip_s)


def _handler(fake: FakeServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            request = FakeRequest(
                method=self.command,
                path=parts.path,
                query=dict(parse_qsl(parts.query, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=body,
            )
            try:
                answer = fake.handle(request)
            except (NoConnection, LostAnswer):
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.body)))
            if answer.drip_s:
                _drip(self, answer)
                return
            self.end_headers()
            self.wfile.write(answer.body)

        do_POST = do_GET  # noqa: N815 - the library's names

        def log_message(self, format: str, *args: object) -> None:
            """Not into the test's output."""

    return Handler
