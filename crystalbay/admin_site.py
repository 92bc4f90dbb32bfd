from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from bookings import admin_urls as tours_urls
from bookings.desk import urls as bookings_urls
from botapp import admin_urls as bot_urls
from chat import admin_urls as chat_urls
from crystalbay import frame_urls
from crystalbay.language import CHOICES
from crystalbay.menu import menu_for
from crystalbay.overview import waiting_cards
from crystalbay.search import open_sources
from crystalbay.today import views as today
from crystalbay.today.page import day_context
from leads import admin_urls as leads_urls
from live import admin_urls as live_urls
from live.notifications import unread_count
from live.selectors import latest_cursor

NARROW_COOKIE = "sidebar"


class BackOfficeSite(AdminSite):
    site_title = "Crystal Bay Travel"
    site_header = "Crystal Bay Travel"
    index_title = _("Today")
    enable_nav_sidebar = False
    site_url = "/chat/"
    empty_value_display = "—"

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        # Lazy: pages without the frame (popups, login) must not pay for the counters.
        return super().each_context(request) | {
            "is_demo": settings.DEMO_MODE,
            "is_sidebar_narrow": request.COOKIES.get(NARROW_COOKIE) == "narrow",
            "languages": CHOICES,
            "unread_count": SimpleLazyObject(lambda: unread_count(request.user.pk or 0)),
            "live_cursor": SimpleLazyObject(latest_cursor),
            "may_search": SimpleLazyObject(lambda: bool(open_sources(request.user))),
            "menu": SimpleLazyObject(lambda: menu_for(request)),
        }

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().index(
            request,
            {
                "waiting_cards": waiting_cards(request),
                **day_context(request),
                **(extra_context or {}),
            },
        )

    def get_urls(self) -> list[URLPattern | URLResolver]:
        # Before the stock addresses, which end with a catch-all.
        return [
            *today.urls(self),
            *live_urls.urls(self),
            *frame_urls.urls(self),
            *leads_urls.urls(self),
            *chat_urls.urls(self),
            *bot_urls.urls(self),
            *tours_urls.urls(self),
            *bookings_urls.urls(self),
            *super().get_urls(),
        ]
