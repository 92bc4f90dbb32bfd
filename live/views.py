"""The staff's live feed: a stream where the server can hold one open, polling everywhere else."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from live.audience import heard_by
from live.http import event_stream
from live.hub import Choose
from live.selectors import Cursor, cursor_of, events_after, latest_cursor

View = Callable[[HttpRequest], HttpResponseBase]


def _staff_only(view: View) -> View:
    """403 instead of the log-in page: a script asks, and it could not follow a redirect."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponseBase:
        if not (request.user.is_active and request.user.is_staff):
            return JsonResponse({"code": "not_staff", "detail": _("Please log in.")}, status=403)
        return view(request)

    return guarded


def _start(request: HttpRequest) -> Cursor | None:
    asked = request.headers.get("Last-Event-ID") or request.GET.get("cursor", "")
    return Cursor.parse(asked)


def _hearing(request: HttpRequest) -> Choose:
    user = cast(User, request.user)
    return lambda events: heard_by(user, events)


@require_GET
@never_cache
@_staff_only
def staff_events(request: HttpRequest) -> HttpResponseBase:
    start = _start(request) or latest_cursor()
    return event_stream(request, start, _hearing(request))


@require_GET
@never_cache
@_staff_only
def staff_poll(request: HttpRequest) -> HttpResponseBase:
    """Return what came after the cursor; 204 when nothing did. Without a cursor, the newest one."""
    start = _start(request)
    if start is None:
        return JsonResponse({"cursor": str(latest_cursor()), "events": []})
    events = events_after(start)
    if not events:
        return HttpResponse(status=204)
    heard = _hearing(request)(events)
    notices = [{"kind": event.kind, **event.payload} for event in heard]
    return JsonResponse({"cursor": str(cursor_of(events[-1])), "events": notices})
