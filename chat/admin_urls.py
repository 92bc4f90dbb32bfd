from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from chat import admin_list, admin_thread

LIST = "chat/conversation/"
THREAD = "chat/conversation/<int:conversation_id>/thread/"


def urls(site: AdminSite) -> list[URLPattern]:
    """The addresses of the chats inside the back office."""
    pages = {
        "": ("chat_conversation_thread", admin_thread.thread_page),
        "earlier/": ("chat_conversation_earlier", admin_thread.earlier_messages),
        "updates/": ("chat_conversation_updates", admin_thread.updates),
        "reply/": ("chat_conversation_reply", admin_thread.reply),
        "mode/": ("chat_conversation_mode", admin_thread.mode),
        "draft/": ("chat_conversation_draft", admin_thread.draft),
    }
    view = site.admin_view
    return [
        path(LIST + "rows/", view(admin_list.more_rows), name="chat_conversation_rows"),
        path(LIST + "changes/", view(admin_list.changed_rows), name="chat_conversation_changes"),
    ] + [path(THREAD + rest, view(page), name=name) for rest, (name, page) in pages.items()]
