from __future__ import annotations

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from live.hub import Choose, stream
from live.selectors import Cursor


def event_stream(request: HttpRequest, start: Cursor, choose: Choose) -> HttpResponseBase:
    """Answer with the live stream, or 204 where the server can't hold one open.

    Under WSGI an endless answer would occupy a worker for ever; the page polls instead.
    """
    if not isinstance(request, ASGIRequest):
        return HttpResponse(status=204)
    return StreamingHttpResponse(
        stream(start, choose),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )
