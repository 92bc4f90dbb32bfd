from __future__ import annotations

from collections.abc import Callable

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from live.hub import stream
from live.models import LiveEvent
from live.selectors import Cursor


def event_stream(
    request: HttpRequest, start: Cursor, is_wanted: Callable[[LiveEvent], bool]
) -> HttpResponseBase:
    """Answer with the live stream, or 204 where the server can't hold one open.

    Under WSGI an endless answer would occupy a worker for ever; the page polls instead.
    """
    if not isinstance(request, ASGIRequest):
        return HttpResponse(status=204)
    return StreamingHttpResponse(
        stream(start, is_wanted),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )
