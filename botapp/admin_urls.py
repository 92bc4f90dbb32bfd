from __future__ import annotations

from collections.abc import Callable

from django.contrib.admin import AdminSite
from django.http import HttpResponse
from django.urls import URLPattern, path

from botapp import admin_pages

Page = Callable[..., HttpResponse]


def urls(site: AdminSite) -> list[URLPattern]:
    """The bot's addresses inside the back office."""
    pages: dict[str, tuple[str, Page]] = {
        "": ("botapp_bot", admin_pages.bot_page),
        "switch/": ("botapp_switch", admin_pages.switch),
        "settings/": ("botapp_settings", admin_pages.save_settings),
        "repair/": ("botapp_repair", admin_pages.repair),
        "group-code/": ("botapp_group_code", admin_pages.group_code),
        "chats/<int:chat_id>/remove/": ("botapp_remove_chat", admin_pages.remove_chat),
        "me/": ("botapp_me", admin_pages.my_telegram),
        "me/unlink/": ("botapp_unlink", admin_pages.unlink_me),
    }
    return [
        path(f"telegram/{rest}", site.admin_view(page), name=name)
        for rest, (name, page) in pages.items()
    ]
