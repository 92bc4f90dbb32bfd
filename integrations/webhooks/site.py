"""The way of webhooks through the web server, and of everything else.

Webhooks come by the hundred and know no session, cookie, language or page. They go past Django's
middleware, signals and threads, which cost more than storing them; a caller that hangs up before
the answer is no reason to drop what it said.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import resolve

WEBHOOKS = "/webhooks/"


class Site(ASGIHandler):
    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"].startswith(WEBHOOKS):
            await self._answer_webhook(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def _answer_webhook(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with body:
            request, refusal = self.create_request(scope, body)
            if refusal:
                await self.send_response(refusal, send)
            elif request:
                await self.send_response(await viewed(request), send)


async def _viewed(request: HttpRequest) -> HttpResponseBase:
    found = resolve(request.path_info)
    answer: HttpResponseBase = await found.func(request, *found.args, **found.kwargs)
    return answer


# An address that is not there is a 404, a failing view a 500, as behind the middleware.
viewed: Callable[[HttpRequest], Awaitable[HttpResponseBase]] = convert_exception_to_response(
    _viewed
)  # type: ignore[assignment]  # asynchronous because the view is
