from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from live import bell_views, views


def urls(site: AdminSite) -> list[URLPattern]:
    """The addresses of the feed and of the bell inside the back office."""
    view, bell = site.admin_view, "notifications/"
    return [
        path("live/events/", views.staff_events, name="live_events"),
        path("live/poll/", views.staff_poll, name="live_poll"),
        path(bell, view(bell_views.notification_list), name="notifications"),
        path(f"{bell}read/", view(bell_views.read_notifications), name="notifications_read"),
        path(
            f"{bell}<int:notification_id>/open/",
            view(bell_views.open_notification),
            name="notification_open",
        ),
    ]
