"""The page «Wazzup24»: what comes and goes through it at this moment."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chat import wazzup_watch
from chat.web import person

may_view = permission_required("integrations.view_integrationaccount", raise_exception=True)


@require_GET
@never_cache
@may_view
def wazzup_page(request: HttpRequest) -> HttpResponse:
    """A page; for a script that looks again, only its changing part."""
    viewer = person(request)
    context = {
        "connections": wazzup_watch.connections(),
        "channels": wazzup_watch.channels(),
        "closing": wazzup_watch.closing_soon(viewer),
        "failed": wazzup_watch.failed_sends(viewer),
    }
    if request.headers.get("X-Fragment"):
        return render(request, "admin/chat/wazzup_now.html", context)
    frame = {**admin.site.each_context(request), "title": _("Wazzup24 now")}
    return render(request, "admin/chat/wazzup.html", {**frame, **context})
