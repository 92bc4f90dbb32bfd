"""The addresses behind «Сегодня»: the list as it is now, and one tap on a row."""

from __future__ import annotations

import re
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from bookings.models import BookingTask
from bookings.permissions import ensure_booking_visible
from chat.selectors import find_conversation
from common.errors import Conflict, DomainError, NotAllowed
from common.web import is_script
from crystalbay.today.acts import DAYS, Done, act_on_lead, act_on_talk, act_on_task, restore
from crystalbay.today.page import RIGHT, day_context
from leads.assignment import lead_workers
from leads.models import Lead
from leads.permissions import ensure_lead_visible

LARGEST_ID = 2**63 - 1
TARGET = re.compile(r"(lead|talk|task)-(\d{1,18}):([\w]+)")
ACTS = {"done", "give", "restore", *DAYS}
may_view = permission_required(RIGHT, raise_exception=True)
may_act = permission_required("leads.change_lead", raise_exception=True)


class ActForm(forms.Form):
    """`do` is `<lead or talk>-<number>:<act>`: all that one button can say."""

    do = forms.RegexField(TARGET)
    to = forms.ModelChoiceField(User.objects.none(), required=False)
    step = forms.CharField(required=False, max_length=200)
    due = forms.DateTimeField(required=False)
    kind = forms.ChoiceField(choices=Lead.StepKind.choices, required=False)
    version = forms.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["to"]).queryset = lead_workers()

    def clean_do(self) -> tuple[str, int, str]:
        found = TARGET.fullmatch(self.cleaned_data["do"])
        if found is None or found[3] not in ACTS:
            raise forms.ValidationError("unknown act")
        return found[1], int(found[2]), found[3]


def urls(site: AdminSite) -> list[URLPattern]:
    return [
        path("today/list/", site.admin_view(today_list), name="today_list"),
        path("today/act/", site.admin_view(today_act), name="today_act"),
    ]


@require_GET
@may_view
def today_list(request: HttpRequest) -> HttpResponse:
    """A fragment: the list as it is now."""
    return render(request, "admin/today/list.html", day_context(request))


@require_POST
@may_act
def today_act(request: HttpRequest) -> HttpResponse:
    form = ActForm(request.POST)
    if not form.is_valid():
        return _refusal(request, 400, _("This can't be done here. Reload the page."))
    try:
        done = _act(cast(User, request.user), form.cleaned_data)
    except Conflict as error:
        return _refusal(request, 409, error.message)
    except NotAllowed as error:
        return _refusal(request, 403, error.message)
    except DomainError as error:
        return _refusal(request, 400, error.message)
    if is_script(request):
        return JsonResponse({"said": done.said, "undo": done.undo})
    messages.success(request, done.said)
    return _back(request)


def _act(user: User, wish: dict[str, Any]) -> Done:
    target, number, act = wish["do"]
    if target == "talk":
        return act_on_talk(_talk(user, number), act, user=user, to=wish["to"])
    if target == "task":
        return act_on_task(_task(user, number), act, user=user)
    ensure_lead_visible(user, number)
    lead = Lead.objects.select_related("client").filter(pk=number).first()
    if lead is None:
        raise Http404
    if act == "restore":
        return restore(lead, wish, user=user)
    return act_on_lead(lead, act, user=user, to=wish["to"])


def _talk(user: User, number: int) -> Any:
    if not user.has_perm("chat.change_conversation"):
        raise NotAllowed(_("You may not answer clients."))
    talk = find_conversation(number, user)
    if talk is None:
        raise Http404
    return talk


def _task(user: User, number: int) -> BookingTask:
    if not user.has_perm("bookings.change_booking"):
        raise NotAllowed(_("You may not change bookings."))
    task = BookingTask.objects.filter(pk=number).first()
    if task is None:
        raise Http404
    ensure_booking_visible(user, task.booking_id)
    return task


def _refusal(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if is_script(request):
        return JsonResponse({"detail": sentence}, status=status)
    messages.error(request, sentence)
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    who = request.POST.get("who", "")
    query = f"?who={who}" if who.isdecimal() else ""
    return HttpResponseRedirect(reverse("admin:index") + query)
