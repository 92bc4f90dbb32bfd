"""The page where a colleague talks with the assistant and nothing is sent."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from chat.intent_names import INTENT_NAMES
from chat.models import AiSuggestion, Scenario, ScenarioStep, Trial
from chat.services.trials import begin_trial, ensure_trial, save_as_scenario, say_in_trial
from chat.web import person
from common.errors import DomainError

may_try = permission_required("chat.add_trial", raise_exception=True)


@require_http_methods(["GET", "POST"])
@may_try
def trial_page(request: HttpRequest) -> HttpResponse:
    trial = ensure_trial(person(request))
    if request.method == "POST":
        return _act(request)
    context = {
        **admin.site.each_context(request),
        **_lines(trial),
        "title": _("Trial of the assistant"),
        "engines": Trial.Engine.choices,
        "may_keep": request.user.has_perm("chat.add_scenario"),
    }
    return render(request, "admin/chat/trial.html", context)


@require_GET
@may_try
def trial_lines(request: HttpRequest) -> HttpResponse:
    """A fragment: the talk so far; asks for itself again while an answer is under way."""
    return render(request, "admin/chat/trial_lines.html", _lines(ensure_trial(person(request))))


def _lines(trial: Trial) -> dict[str, Any]:
    reasons = dict(AiSuggestion.HandOver.choices)
    lines = [
        {
            **line,
            "person": reasons.get(line["person"], ""),
            "intent": INTENT_NAMES.get(line["intent"], line["intent"]),
            "provider": _("rules") if line["provider"] == "rules" else line["provider"],
        }
        for line in trial.lines
    ]
    return {"trial": trial, "lines": lines}


def _act(request: HttpRequest) -> HttpResponse:
    user, action = person(request), request.POST.get("action", "say")
    try:
        if action == "begin":
            begin_trial(user, request.POST.get("engine", ""))
        elif action == "keep" and user.has_perm("chat.add_scenario"):
            scenario = save_as_scenario(user)
            return HttpResponseRedirect(reverse("admin:chat_scenario_change", args=[scenario.pk]))
        else:
            say_in_trial(user, request.POST.get("text", ""))
    except DomainError as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(reverse("admin:chat_trial"))


class StepInline(admin.StackedInline):
    model = ScenarioStep
    extra = 0
    fields = ("position", "says", "intent", "question", "person", "words", "no_words")


class ScenarioAdmin(admin.ModelAdmin):
    change_form_template = "admin/chat/scenario.html"
    list_display = ("title", "step_count")
    search_fields = ("title",)
    inlines = (StepInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Scenario]:
        return super().get_queryset(request).annotate(step_total=Count("steps"))

    @admin.display(description=gettext_lazy("steps"), ordering="step_total")
    def step_count(self, scenario: Any) -> int:
        return int(scenario.step_total)
