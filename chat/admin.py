from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from chat.admin_list import list_page
from chat.models import Conversation
from chat.permissions import conversations_visible_to
from common.admin import OnlyVisible, ReadOnly


@admin.register(Conversation)
class ConversationAdmin(ReadOnly, OnlyVisible):
    """Gives the list and the page of a conversation their usual addresses in the admin."""

    ordering = ("-last_message_at", "-id")

    def visible_rows(self, request: HttpRequest) -> QuerySet[Conversation]:
        return conversations_visible_to(request.user)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return list_page(request)

    def change_view(
        self, request: HttpRequest, object_id: str, *args: object, **kwargs: object
    ) -> HttpResponse:
        """There is one page to work with a conversation."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:chat_conversation_thread", args=[object_id]))
