from __future__ import annotations

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from chat.admin_ai import AiAgentAdmin, AiRunAdmin, ArticleAdmin
from chat.admin_list import list_page
from chat.admin_trial import ScenarioAdmin
from chat.canned import VARIABLES, unknown_variables
from chat.models import (
    AiAgent,
    AiRun,
    AnswerPolicy,
    Article,
    CannedReply,
    Conversation,
    Scenario,
    WorkDay,
)
from chat.permissions import conversations_visible_to
from common.admin import OnlyVisible, ReadOnly

admin.site.register(AiAgent, AiAgentAdmin)
admin.site.register(AiRun, AiRunAdmin)
admin.site.register(Article, ArticleAdmin)
admin.site.register(Scenario, ScenarioAdmin)


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
        if not (object_id.isascii() and object_id.isdigit()):
            raise Http404
        return HttpResponseRedirect(reverse("admin:chat_conversation_thread", args=[object_id]))


class CannedReplyForm(forms.ModelForm):
    class Meta:
        model = CannedReply
        fields = ("title", "shortcut", "text", "position")
        help_texts = {
            "shortcut": _("Latin letters and digits: typed after «/» in a chat."),
            "text": format_lazy(
                _("Filled in by itself: {variables}."),
                variables=", ".join(f"{{{name}}}" for name in VARIABLES),
            ),
        }

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if unknown := unknown_variables(text):
            message = _("Nothing is known under %(variable)s. Choose one from the list below.")
            raise forms.ValidationError(message % {"variable": unknown[0]})
        return text


@admin.register(CannedReply)
class CannedReplyAdmin(admin.ModelAdmin):
    form = CannedReplyForm
    list_display = ("title", "command", "text", "position")
    search_fields = ("title", "shortcut", "text")
    ordering = ("position", "title")

    @admin.display(description=_("shortcut"), ordering="shortcut")
    def command(self, reply: CannedReply) -> str:
        return f"/{reply.shortcut}"


@admin.register(AnswerPolicy)
class AnswerPolicyAdmin(admin.ModelAdmin):
    list_display = ("__str__", "by_day", "by_night", "bot_returns_after_h", "most_turns")
    list_select_related = ("account",)


@admin.register(WorkDay)
class WorkDayAdmin(admin.ModelAdmin):
    list_display = ("weekday", "opens_at", "closes_at")
    list_display_links = ("weekday",)
