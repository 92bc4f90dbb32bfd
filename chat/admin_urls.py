from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from chat import admin_thread

THREAD = "chat/conversation/<int:conversation_id>/thread/"


def urls(site: AdminSite) -> list[URLPattern]:
    """The conversation page's addresses inside the back office."""
    pages = {
        "": ("chat_conversation_thread", admin_thread.thread_page),
        "earlier/": ("chat_conversation_earlier", admin_thread.earlier_messages),
        "updates/": ("chat_conversation_updates", admin_thread.updates),
        "list/": ("chat_conversation_neighbours", admin_thread.neighbour_list),
        "reply/": ("chat_conversation_reply", admin_thread.reply),
        "mode/": ("chat_conversation_mode", admin_thread.mode),
        "draft/": ("chat_conversation_draft", admin_thread.draft),
    }
    return [
        path(THREAD + rest, site.admin_view(view), name=name)
        for rest, (name, view) in pages.items()
    ]
