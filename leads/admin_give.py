"""The button on a lead's page that says who answers for it."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from leads.assignment import lead_workers
from leads.models import Lead
from leads.permissions import ensure_lead_visible, visible_lead_ids
from leads.services import Actor, assign_lead

may_change = permission_required("leads.change_lead", raise_exception=True)


class GiveForm(forms.Form):
    """An empty choice sets the lead free."""

    assignee = forms.ModelChoiceField(User.objects.none(), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        cast(forms.ModelChoiceField, self.fields["assignee"]).queryset = lead_workers()


@require_POST
@may_change
def give(request: HttpRequest, lead_id: int) -> HttpResponse:
    ensure_lead_visible(request.user, lead_id)
    if not Lead.objects.filter(pk=lead_id).exists():
        raise Http404
    form = GiveForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a colleague from the list."))
        return _back(request, lead_id)
    to = form.cleaned_data["assignee"]
    assign_lead(lead_id, to, actor=Actor(cast(User, request.user), "admin"))
    name = (to.get_full_name() or to.username) if to else _("Nobody")
    messages.success(request, _("Responsible: %(name)s") % {"name": name})
    return _back(request, lead_id)


def _back(request: HttpRequest, lead_id: int) -> HttpResponse:
    """To the lead, or to the list if it is out of sight now."""
    if visible_lead_ids(request.user, [lead_id]):
        return HttpResponseRedirect(reverse("admin:leads_lead_change", args=[lead_id]))
    return HttpResponseRedirect(reverse("admin:leads_lead_changelist"))
