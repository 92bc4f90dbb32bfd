"""The sheet of a lead: a fragment that opens over the board, or a page without scripts."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common.errors import DomainError
from common.web import is_script
from leads.board import as_number
from leads.contradictions import accept_contradiction, correct_facts, keep_fact
from leads.fact_form import FactsForm
from leads.models import Lead, LeadStage, LostReason
from leads.permissions import visible_lead_ids
from leads.selectors import sheet_lead
from leads.services import Actor, add_note, assign_lead
from leads.sheet import history_context, sheet_context
from leads.sheet_forms import (
    AssignForm,
    DecisionForm,
    LaterForm,
    NoteForm,
    NothingForm,
    StepForm,
    TagsForm,
)
from leads.steps import finish_step, plan_step, postpone_step, tag_lead
from live.selectors import latest_cursor

may_view = permission_required("leads.view_lead", raise_exception=True)
may_change = permission_required("leads.change_lead", raise_exception=True)
Words = dict[str, Any]
View = Callable[[HttpRequest, int], HttpResponse]


def _lead(request: HttpRequest, lead_id: int) -> Lead:
    lead = sheet_lead(lead_id, request.user)
    if lead is None:
        raise Http404
    return lead


@require_GET
@may_view
def sheet(request: HttpRequest, lead_id: int) -> HttpResponse:
    """A page; with `?fragment=1` only what lies over the board."""
    # Before the lead: what changes while it is read is told again, never missed.
    cursor = latest_cursor()
    lead = _lead(request, lead_id)
    before = as_number(request.GET.get("before", ""))
    context = {**sheet_context(lead, request.user, before), "cursor": str(cursor)}
    if "fragment" in request.GET:
        return render(request, "admin/leads/sheet_body.html", {**context, "is_fragment": True})
    context |= {
        **admin.site.each_context(request),
        "title": str(lead.client),
        "stages": LeadStage.objects.all(),
        "reasons": LostReason.objects.all(),
    }
    return render(request, "admin/leads/sheet_page.html", context)


@require_GET
@may_view
def timeline(request: HttpRequest, lead_id: int) -> HttpResponse:
    """A fragment: the next rows of the history and the button for those before them."""
    lead = _lead(request, lead_id)
    before = as_number(request.GET.get("before", ""))
    context = {"lead": lead, **history_context(lead.pk, before)}
    return render(request, "admin/leads/sheet_history.html", context)


def _changes(form_class: type[forms.Form]) -> Callable[[Callable[..., str]], View]:
    """Make a view of a function that changes one visible lead and says what it has done."""

    def decorate(act: Callable[[int, Words, Actor], str]) -> View:
        @require_POST
        @may_change
        @wraps(act)
        def view(request: HttpRequest, lead_id: int) -> HttpResponse:
            _lead(request, lead_id)
            form = form_class(request.POST)
            if not form.is_valid():
                return _refused(request, lead_id, *_first_error(form))
            actor = Actor(request.user, "board")  # type: ignore[arg-type]  # staff only
            try:
                said = act(lead_id, form.cleaned_data, actor)
            except DomainError as error:
                return _refused(request, lead_id, error.message, error.field)
            return _done(request, lead_id, said)

        return view

    return decorate


def _first_error(form: forms.Form) -> tuple[str, str]:
    field, errors = next(iter(form.errors.items()))
    return str(errors[0]), field


def _refused(request: HttpRequest, lead_id: int, sentence: str, field: str) -> HttpResponse:
    if is_script(request):
        return JsonResponse({"detail": sentence, "field": field}, status=400)
    messages.error(request, sentence)
    return HttpResponseRedirect(reverse("admin:leads_lead_sheet", args=[lead_id]))


def _done(request: HttpRequest, lead_id: int, said: str) -> HttpResponse:
    """The fresh sheet; nothing of it where the person has just given the lead away."""
    is_visible = bool(visible_lead_ids(request.user, [lead_id]))
    if not is_script(request):
        messages.success(request, said)
        address = ("sheet", [lead_id]) if is_visible else ("board", [])
        return HttpResponseRedirect(reverse(f"admin:leads_lead_{address[0]}", args=address[1]))
    context = sheet_context(_lead(request, lead_id), request.user) if is_visible else {}
    context["is_fragment"] = True
    html = render_to_string("admin/leads/sheet_body.html", context, request) if is_visible else ""
    return JsonResponse({"said": said, "html": html})


@_changes(AssignForm)
def assign(lead_id: int, words: Words, actor: Actor) -> str:
    assignee = words["assignee"]
    assign_lead(lead_id, assignee, actor=actor)
    if assignee is None:
        return _("The lead is free: any manager may take it.")
    name = assignee.get_full_name() or assignee.username
    return _("%(name)s is responsible now.") % {"name": name}


@_changes(TagsForm)
def tags(lead_id: int, words: Words, actor: Actor) -> str:
    names = set(Lead.objects.get(pk=lead_id).tags.values_list("name", flat=True))
    tag_lead(lead_id, (names - {words["remove"]}) | {words["add"]}, actor=actor)
    return _("The tags are saved.")


@_changes(StepForm)
def plan(lead_id: int, words: Words, actor: Actor) -> str:
    kind = words["kind"] or Lead.StepKind.TASK
    plan_step(lead_id, words["text"], words["due"], actor=actor, kind=kind)
    return _("The next step is planned.")


@_changes(NothingForm)
def done(lead_id: int, words: Words, actor: Actor) -> str:
    finish_step(lead_id, actor=actor)
    return _("Done. What is next?")


@_changes(LaterForm)
def later(lead_id: int, words: Words, actor: Actor) -> str:
    postpone_step(lead_id, words["days"], actor=actor)
    return _("The step is put off.")


@_changes(NoteForm)
def note(lead_id: int, words: Words, actor: Actor) -> str:
    add_note(lead_id, words["text"], actor=actor)
    return _("The note is kept.")


@_changes(DecisionForm)
def decide(lead_id: int, words: Words, actor: Actor) -> str:
    """The client says otherwise than a person has set: which is true."""
    if words["decision"] == "accept":
        accept_contradiction(lead_id, words["fact"], actor=actor)
        return _("The client's words are taken.")
    keep_fact(lead_id, words["fact"], actor=actor)
    return _("Left as it was.")


@_changes(FactsForm)
def facts(lead_id: int, words: Words, actor: Actor) -> str:
    """What a person knows better; the bot leaves these facts alone from now on."""
    correct_facts(lead_id, words, actor=actor)
    return _("The facts are saved.")
