"""The list behind the bell. Everybody who is logged in has their own and nobody else's."""

from __future__ import annotations

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from live.notifications import find_notification, mark_read, recent_notifications


def _reader(request: HttpRequest) -> int:
    return request.user.pk or 0


@require_GET
@never_cache
def notification_list(request: HttpRequest) -> HttpResponse:
    """A whole page, or only the list where a script asks for it."""
    context = {"notifications": recent_notifications(_reader(request))}
    if request.headers.get("X-Fragment"):
        return render(request, "admin/bell/list.html", context)
    frame = {**admin.site.each_context(request), "title": _("Notifications")}
    return render(request, "admin/bell/page.html", {**frame, **context})


@require_POST
def open_notification(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Mark one as read and go where it leads."""
    notification = find_notification(_reader(request), notification_id)
    if notification is None:
        raise Http404
    mark_read(_reader(request), notification_id=notification_id)
    return HttpResponseRedirect(notification.url)


@require_POST
def read_notifications(request: HttpRequest) -> HttpResponse:
    """Mark as read: those that lead to the page `url`, or all."""
    mark_read(_reader(request), url=request.POST.get("url", ""))
    if request.headers.get("X-Fragment"):
        return HttpResponse(status=204)
    return HttpResponseRedirect(reverse("admin:notifications"))
