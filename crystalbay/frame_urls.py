from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from crystalbay.frame_state import frame_state
from crystalbay.language import choose_language
from crystalbay.search import search_page


def urls(site: AdminSite) -> list[URLPattern]:
    """Addresses of what surrounds every page of the back office."""
    return [
        path("search/", site.admin_view(search_page), name="search"),
        path("frame/", site.admin_view(frame_state), name="frame_state"),
        path("language/", site.admin_view(choose_language), name="language"),
    ]
