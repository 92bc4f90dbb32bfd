"""What a manager does with a chat besides writing: puts it off, gives it away, plans, tags."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chat import selectors
from chat.canned import replies_for
from chat.models import Conversation, Message
from chat.permissions import visible_conversation_ids
from chat.services.modes import pause_bot
from chat.services.reply_drafts import keep_draft
from chat.services.resend import send_again
from chat.services.waiting import mark_answered, snooze, wake
from chat.thread_view import full_name
from chat.web import (
    conversation_or_404,
    done,
    may_change,
    number,
    person,
    refused,
)
from common.errors import DomainError, InvalidInput
from common.web import is_script
from leads.contradictions import accept_contradiction, keep_fact
from leads.models import Lead, Tag
from leads.services import Actor, assign_lead
from leads.steps import finish_step, plan_step, tag_lead

may_change_lead = permission_required("leads.change_lead", raise_exception=True)
MORNING = time(9, 0)
# As the browser's field for a day and an hour writes it.
LOCAL_MOMENT = "%Y-%m-%dT%H:%M"


class MomentForm(forms.Form):
    moment = forms.DateTimeField(input_formats=[LOCAL_MOMENT])


class StepForm(forms.Form):
    text = forms.CharField(required=False, max_length=200)
    kind = forms.ChoiceField(choices=Lead.StepKind.choices)
    moment = forms.DateTimeField(input_formats=[LOCAL_MOMENT])


def _act(request: HttpRequest, conversation_id: int, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except DomainError as error:
        return refused(request, conversation_id, error)
    return done(request, conversation_id, {})


@require_POST
@may_change
def answered(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """The client's last words need no answer."""
    conversation_or_404(request, conversation_id)
    user = person(request)
    return _act(request, conversation_id, lambda: mark_answered(conversation_id, user=user))


@require_POST
@may_change
def put_off(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Put the chat off for an hour, till the morning or a chosen moment; or take it back."""
    conversation_or_404(request, conversation_id)
    user = person(request)

    def act() -> None:
        if request.POST.get("until") == "now":
            wake(conversation_id, user=user)
        else:
            snooze(conversation_id, _moment(request), user=user)

    return _act(request, conversation_id, act)


def _moment(request: HttpRequest) -> datetime:
    now = timezone.localtime()
    if request.POST.get("until") == "hour":
        return now + timedelta(hours=1)
    if request.POST.get("until") == "tomorrow":
        return datetime.combine(now.date() + timedelta(days=1), MORNING, now.tzinfo)
    form = MomentForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(_("Choose a day and a time."), code="date", field="moment")
    moment: datetime = form.cleaned_data["moment"]
    return moment


@require_POST
@may_change
def pause(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Silence the bot for an hour, till the morning or a chosen moment."""
    conversation_or_404(request, conversation_id)
    user = person(request)
    return _act(
        request, conversation_id, lambda: pause_bot(conversation_id, _moment(request), user=user)
    )


@require_POST
@may_change
def typing(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Keep the half-typed answer and let colleagues see that somebody writes."""
    conversation = conversation_or_404(request, conversation_id)
    keep_draft(conversation, person(request), request.POST.get("text", ""))
    return done(request, conversation_id, {})


@require_GET
@may_change
def canned_replies(request: HttpRequest, conversation_id: int) -> JsonResponse:
    conversation = conversation_or_404(request, conversation_id)
    return JsonResponse({"replies": replies_for(conversation, person(request))})


@require_POST
@may_change
def again(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Try a failed message again."""
    conversation_or_404(request, conversation_id)
    message = number(request.POST.get("message", ""))
    known = Message.objects.filter(pk=message or 0, conversation=conversation_id)
    if message is None or not known.exists():
        raise Http404
    return _act(request, conversation_id, lambda: send_again(message))


# --- the lead at the side ---


def _lead_of(conversation: Conversation) -> int:
    if conversation.lead_id is None:
        raise Http404
    return conversation.lead_id


@require_POST
@may_change
@may_change_lead
def assign(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Make a colleague responsible; who loses sight of the chat goes back to the list."""
    lead_id = _lead_of(conversation_or_404(request, conversation_id))
    user = person(request)
    wanted = number(request.POST.get("assignee", ""))
    colleague = selectors.colleagues().filter(pk=wanted or 0).first()
    if colleague is None:
        error = InvalidInput(_("Choose a colleague from the list."), field="assignee")
        return refused(request, conversation_id, error)
    assign_lead(lead_id, colleague, actor=Actor(user, "chat"))
    if visible_conversation_ids(user, [conversation_id]):
        return done(request, conversation_id, {})
    messages.success(request, _("The chat is now with %(who)s.") % {"who": full_name(colleague)})
    address = reverse("admin:chat_conversation_changelist")
    return JsonResponse({"go": address}) if is_script(request) else HttpResponseRedirect(address)


@require_POST
@may_change
@may_change_lead
def tags(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Add the named tag to the lead, or take one away."""
    lead_id = _lead_of(conversation_or_404(request, conversation_id))
    actor = Actor(person(request), "chat")
    names = set(Tag.objects.filter(leads=lead_id).values_list("name", flat=True))
    wanted = (names - {request.POST.get("remove", "")}) | {request.POST.get("add", "")}
    return _act(request, conversation_id, lambda: tag_lead(lead_id, wanted, actor=actor))


@require_POST
@may_change
@may_change_lead
def step(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """Plan the lead's next step, or say that it is done."""
    lead_id = _lead_of(conversation_or_404(request, conversation_id))
    actor = Actor(person(request), "chat")
    if request.POST.get("action") == "finish":
        return _act(request, conversation_id, lambda: finish_step(lead_id, actor=actor))
    form = StepForm(request.POST)
    if not form.is_valid():
        error = InvalidInput(_("Choose a day and a time."), code="date", field="moment")
        return refused(request, conversation_id, error)
    wish = form.cleaned_data
    return _act(
        request,
        conversation_id,
        lambda: plan_step(lead_id, wish["text"], wish["moment"], actor=actor, kind=wish["kind"]),
    )


@require_POST
@may_change
@may_change_lead
def decide(request: HttpRequest, conversation_id: int) -> HttpResponse:
    """The client says otherwise than a person has set: take the client's words, or leave ours."""
    lead_id = _lead_of(conversation_or_404(request, conversation_id))
    actor, name = Actor(person(request), "chat"), request.POST.get("fact", "")
    decisions = {"accept": accept_contradiction, "keep": keep_fact}
    decision = decisions.get(request.POST.get("decision", ""))
    if decision is None:
        return refused(request, conversation_id, InvalidInput(_("Choose what to do.")))
    return _act(request, conversation_id, lambda: decision(lead_id, name, actor=actor))
