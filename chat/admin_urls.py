from __future__ import annotations

from collections.abc import Callable

from django.contrib.admin import AdminSite
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from chat import (
    admin_files,
    admin_list,
    admin_search,
    admin_talk,
    admin_template,
    admin_thread,
    admin_trial,
    admin_wazzup,
)

Page = Callable[..., HttpResponseBase]
LIST = "chat/conversation/"
THREAD = "chat/conversation/<int:conversation_id>/thread/"


def urls(site: AdminSite) -> list[URLPattern]:
    """The addresses of the chats inside the back office."""
    pages: dict[str, tuple[str, Page]] = {
        "": ("chat_conversation_thread", admin_thread.thread_page),
        "earlier/": ("chat_conversation_earlier", admin_thread.earlier_messages),
        "updates/": ("chat_conversation_updates", admin_thread.updates),
        "reply/": ("chat_conversation_reply", admin_thread.reply),
        "mode/": ("chat_conversation_mode", admin_thread.mode),
        "draft/": ("chat_conversation_draft", admin_thread.draft),
        "answered/": ("chat_conversation_answered", admin_talk.answered),
        "snooze/": ("chat_conversation_snooze", admin_talk.put_off),
        "pause/": ("chat_conversation_pause", admin_talk.pause),
        "typing/": ("chat_conversation_typing", admin_talk.typing),
        "canned/": ("chat_conversation_canned", admin_talk.canned_replies),
        "again/": ("chat_conversation_again", admin_talk.again),
        "assign/": ("chat_conversation_assign", admin_talk.assign),
        "tags/": ("chat_conversation_tags", admin_talk.tags),
        "files/<int:attachment_id>/": ("chat_conversation_file", admin_files.attachment_file),
        "template/": ("chat_conversation_template", admin_template.template),
        "step/": ("chat_conversation_step", admin_talk.step),
        "decide/": ("chat_conversation_decide", admin_talk.decide),
    }
    view = site.admin_view
    return [
        path("chat/wazzup/", view(admin_wazzup.wazzup_page), name="chat_wazzup"),
        path("chat/trial/", view(admin_trial.trial_page), name="chat_trial"),
        path("chat/trial/lines/", view(admin_trial.trial_lines), name="chat_trial_lines"),
        path(LIST + "rows/", view(admin_list.more_rows), name="chat_conversation_rows"),
        path(LIST + "search/", view(admin_search.search_page), name="chat_conversation_search"),
        path(LIST + "changes/", view(admin_list.changed_rows), name="chat_conversation_changes"),
    ] + [path(THREAD + rest, view(page), name=name) for rest, (name, page) in pages.items()]
