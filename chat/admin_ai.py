"""The assistant in the back office: its workers, their prompts, what they took, what they know."""

from __future__ import annotations

import difflib
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.agents import active_text, runs_of_a_day, spent
from chat.ai.agent import BUILT_IN, PLACEHOLDERS
from chat.knowledge import articles_with
from chat.models import AiAgent, AiRun, Article
from chat.services.agents import refuse_bad_prompt, roll_back, save_prompt
from chat.services.knowledge import save_article
from chat.web import person
from common.admin import NeverDeleted, ReadOnly, chip, moment_column
from common.errors import InvalidInput

OUTCOME_TONES = {"ok": "green", "gate": "orange"}


class AgentForm(forms.ModelForm):
    prompt = forms.CharField(label=_("Prompt"), widget=forms.Textarea(attrs={"rows": 14}))
    comment = forms.CharField(
        label=_("What has changed"), max_length=200, required=False, widget=forms.TextInput
    )

    class Meta:
        model = AiAgent
        fields = (
            "is_active",
            "model",
            "max_tokens",
            "tokens_per_day",
            "money_per_day",
            "price_in",
            "price_out",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["prompt"].initial = active_text(self.instance)
        names = ", ".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS[self.instance.code]))
        self.fields["prompt"].help_text = gettext("Filled in by itself: {variables}.").format(
            variables=names
        )

    def clean_prompt(self) -> str:
        text: str = self.cleaned_data["prompt"]
        try:
            refuse_bad_prompt(self.instance.code, text)
        except InvalidInput as error:
            raise ValidationError(error.message) from None
        return text


class AiAgentAdmin(NeverDeleted, admin.ModelAdmin):
    form = AgentForm
    change_form_template = "admin/chat/agent.html"
    list_display = ("__str__", "works", "model", "tokens_today", "money_today")
    fieldsets = (
        (None, {"fields": ("is_active", "prompt", "comment")}),
        (_("Model and limits"), {"fields": ("model", "max_tokens", "tokens_per_day")}),
        (_("Money"), {"fields": ("money_per_day", "price_in", "price_out")}),
    )

    @admin.display(description=_("works"), ordering="is_active")
    def works(self, agent: AiAgent) -> SafeString:
        if agent.is_active:
            return chip(gettext("works"), "green")
        return chip(gettext("switched off"))

    @admin.display(description=_("tokens in 24 hours"))
    def tokens_today(self, agent: AiAgent) -> str:
        taken = spent(runs_of_a_day().filter(agent=agent.code)).tokens
        return f"{taken:,} / {agent.tokens_per_day:,}".replace(",", "\u00a0")

    @admin.display(description=_("dollars in 24 hours"))
    def money_today(self, agent: AiAgent) -> str:
        taken = spent(runs_of_a_day().filter(agent=agent.code)).money
        return f"{taken:.2f} / {agent.money_per_day:.2f}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: AiAgent, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        wish = form.cleaned_data
        save_prompt(obj.pk, wish["prompt"], user=person(request), comment=wish["comment"])

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        agent = kwargs.get("obj")
        context["versions"] = agent.prompts.select_related("user") if agent else ()
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.version)
        page = path("<int:agent_id>/prompt/<int:number>/", view, name="chat_aiagent_prompt")
        return [page, *super().get_urls()]

    def version(self, request: HttpRequest, agent_id: int, number: int) -> HttpResponse:
        """One version beside the one before it; a POST makes it hold again."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        agent = get_object_or_404(AiAgent, pk=agent_id)
        version = agent.prompts.filter(number=number).first()
        if version is None:
            raise Http404
        if request.method == "POST":
            return self._roll_back(request, agent, version)
        before = agent.prompts.filter(number=number - 1).first()
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Prompt, version %(number)s") % {"number": number},
            "agent": agent,
            "version": version,
            "is_last": version == agent.prompts.first(),
            "may_change": self.has_change_permission(request),
            "lines": diff_lines(before.text if before else BUILT_IN[agent.code], version.text),
        }
        return render(request, "admin/chat/prompt.html", context)

    def _roll_back(self, request: HttpRequest, agent: AiAgent, version: Any) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        if roll_back(version, user=person(request)):
            messages.success(request, gettext("This text holds again."))
        else:
            messages.warning(request, gettext("This text holds already."))
        return HttpResponseRedirect(reverse("admin:chat_aiagent_change", args=[agent.pk]))


def diff_lines(before: str, after: str) -> list[tuple[str, str]]:
    """(kind, line) with kind added, removed or same."""
    kinds = {"+ ": "added", "- ": "removed", "  ": "same"}
    rows = difflib.ndiff(before.splitlines(), after.splitlines())
    return [(kinds[row[:2]], row[2:]) for row in rows if row[:2] in kinds]


class AiRunAdmin(ReadOnly, admin.ModelAdmin):
    list_display = (
        "when",
        "agent",
        "provider",
        "outcome_chip",
        "latency_ms",
        "tokens",
        "cost",
        "conversation",
    )
    list_filter = ("agent", "provider", "outcome")
    list_select_related = ("conversation__client",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-pk",)
    when = moment_column("created_at", _("when"))

    @admin.display(description=_("outcome"), ordering="outcome")
    def outcome_chip(self, run: AiRun) -> SafeString:
        return chip(run.outcome, OUTCOME_TONES.get(run.outcome, "red"))

    @admin.display(description=_("tokens"))
    def tokens(self, run: AiRun) -> int:
        return run.prompt_tokens + run.completion_tokens


class ArticleAdmin(admin.ModelAdmin):
    list_display = ("title", "language", "state", "valid_until")
    list_filter = ("language", "is_published")
    search_fields = ("title",)
    search_help_text = _("Words of the title or the text, in any form")
    fields = ("title", "text", "language", "valid_until", "is_published")

    @admin.display(description=_("state"))
    def state(self, article: Article) -> SafeString:
        if not article.is_published:
            return chip(gettext("switched off"))
        if article.valid_until and article.valid_until < timezone.localdate():
            return chip(gettext("out of date"), "orange")
        return chip(gettext("in use"), "green")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Article], search_term: str
    ) -> tuple[QuerySet[Article], bool]:
        return (articles_with(search_term, queryset) if search_term else queryset), False

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        save_article(obj)
