from __future__ import annotations

from django.urls import URLPattern, path

from live import views


def urls() -> list[URLPattern]:
    """The feed's addresses inside the back office."""
    return [
        path("live/events/", views.staff_events, name="live_events"),
        path("live/poll/", views.staff_poll, name="live_poll"),
    ]
