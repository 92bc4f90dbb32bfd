from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation
from chat.permissions import conversations_visible_to
from common.admin import EMPTY, OnlyVisible, ReadOnly, chip, moment_column
from leads.formats import span_since

MODE_TONES = {"bot": "purple", "drafts": "teal", "human": "green"}


class WaitingFilter(admin.SimpleListFilter):
    title = _("answer")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return [("yes", _("Unanswered")), ("no", _("Answered"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Conversation]
    ) -> QuerySet[Conversation]:
        if self.value() is None:
            return queryset
        return queryset.filter(unanswered_since__isnull=self.value() == "no")


@admin.register(Conversation)
class ConversationAdmin(ReadOnly, OnlyVisible):
    list_display = ("who", "last_words", "waiting", "mode_chip", "account", "last_message")
    list_filter = (WaitingFilter, "mode", "account")
    list_select_related = ("client", "account")
    search_fields = ("client__name", "client__identities__value")
    search_help_text = _("Client's name, phone or address")
    show_full_result_count = False
    list_per_page = 50
    ordering = ("-last_message_at", "-id")
    list_display_links = None
    last_message = moment_column("last_message_at", _("last message"))

    def visible_rows(self, request: HttpRequest) -> QuerySet[Conversation]:
        return conversations_visible_to(request.user)

    def change_view(
        self, request: HttpRequest, object_id: str, *args: object, **kwargs: object
    ) -> HttpResponse:
        """There is one page to work with a conversation."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if not (object_id.isascii() and object_id.isdigit()):
            raise Http404
        return HttpResponseRedirect(reverse("admin:chat_conversation_thread", args=[object_id]))

    @admin.display(description=_("client"), ordering="client__name")
    def who(self, conversation: Conversation) -> SafeString:
        url = reverse("admin:chat_conversation_thread", args=[conversation.pk])
        return format_html('<a href="{}">{}</a>', url, conversation.client)

    @admin.display(description=_("last words"))
    def last_words(self, conversation: Conversation) -> str:
        return conversation.last_text or EMPTY

    @admin.display(description=_("who speaks"), ordering="mode")
    def mode_chip(self, conversation: Conversation) -> SafeString:
        return chip(conversation.get_mode_display(), MODE_TONES[conversation.mode])

    @admin.display(description=_("waiting"), ordering="unanswered_since")
    def waiting(self, conversation: Conversation) -> str:
        if conversation.unanswered_since is None:
            return EMPTY
        return chip(span_since(conversation.unanswered_since), "orange")
