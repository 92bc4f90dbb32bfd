"""Making two clients one: choose the other, look at what comes from where, merge, take it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from common.errors import DomainError
from leads.duplicates import find_duplicates
from leads.merging import FIELDS, merge_clients, movers, undo_merge
from leads.models import Client, ClientMerge, Lead
from leads.permissions import Person, clients_visible_to, ensure_client_visible, leads_visible_to
from leads.services import Actor

may_merge = permission_required("leads.change_clientmerge", raise_exception=True)
KEPT, OTHER, BOTH = "kept", "other", "both"


class OtherForm(forms.Form):
    """Which client comes to this one; only those the person may see."""

    other = forms.ModelChoiceField(
        Client.objects.none(),
        label=gettext_lazy("Other client"),
        widget=AutocompleteSelect(Lead._meta.get_field("client"), admin.site),
    )

    def __init__(self, viewer: Person, kept: Client, data: Any = None) -> None:
        super().__init__(data)
        field = cast(forms.ModelChoiceField, self.fields["other"])
        field.queryset = clients_visible_to(viewer).exclude(pk=kept.pk)


@dataclass(frozen=True)
class Choice:
    """One field of both clients; without a difference there is nothing to choose."""

    name: str
    label: str
    kept: str
    other: str
    may_join: bool = False

    @property
    def differs(self) -> bool:
        return self.kept != self.other

    @property
    def default(self) -> str:
        if self.may_join:
            return BOTH
        return KEPT if self.kept else OTHER


@dataclass(frozen=True)
class Side:
    client: Client
    leads: list[Lead]
    counts: list[tuple[Any, int]]


@require_http_methods(["GET", "POST"])
@may_merge
def merge(request: HttpRequest, client_id: int) -> HttpResponse:
    kept = _visible_client(request, client_id)
    form = OtherForm(request.user, kept, request.POST or request.GET or None)
    if not form.is_valid():
        return _choose_page(request, kept, is_again=form.is_bound)
    other = form.cleaned_data["other"]
    if request.method == "POST":
        return _merged(request, kept, other)
    sides = [_side(request, client) for client in (kept, other)]
    return _page(request, kept, other=other, choices=_choices(kept, other), sides=sides)


@require_POST
@may_merge
def undo(request: HttpRequest, merge_id: int) -> HttpResponse:
    found = ClientMerge.objects.select_related("kept", "emptied").filter(pk=merge_id).first()
    if found is None:
        raise Http404
    ensure_client_visible(request.user, found.kept_id)
    try:
        undo_merge(merge_id, actor=_actor(request))
    except DomainError as error:
        messages.error(request, error.message)
    else:
        said = _("“%(first)s” and “%(second)s” are two clients again.")
        messages.success(request, said % {"first": found.kept, "second": found.emptied})
    return _to_page_of(found.kept_id)


def _visible_client(request: HttpRequest, client_id: int) -> Client:
    client = Client.objects.filter(pk=client_id).first()
    if client is None:
        raise Http404
    ensure_client_visible(request.user, client_id)
    return client


def _choose_page(request: HttpRequest, kept: Client, *, is_again: bool) -> HttpResponse:
    if is_again:
        messages.error(request, _("Choose a client from the list."))
    # Blank: the chooser can't show a value that is nobody's.
    form, hints = OtherForm(request.user, kept), find_duplicates(kept, request.user)
    return _page(request, kept, form=form, hints=hints)


def _page(request: HttpRequest, kept: Client, **context: Any) -> HttpResponse:
    frame = {**admin.site.each_context(request), "title": _("Merge clients"), "kept": kept}
    return render(request, "admin/leads/merge.html", {**frame, **context})


def _merged(request: HttpRequest, kept: Client, other: Client) -> HttpResponse:
    values = {name: _chosen(name, request.POST.get(name, KEPT), kept, other) for name in FIELDS}
    try:
        merge_clients(kept.pk, other.pk, actor=_actor(request), values=values)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        said = _("“%(client)s” is merged. It can be taken back on this page at any time.")
        messages.success(request, said % {"client": other})
    return _to_page_of(kept.pk)


def _chosen(name: str, wish: str, kept: Client, other: Client) -> Any:
    if wish == BOTH and name == "note":
        return "\n\n".join(note for note in (kept.note, other.note) if note)
    return getattr(other if wish == OTHER else kept, name)


def _choices(kept: Client, other: Client) -> list[Choice]:
    return [_choice(name, kept, other) for name in FIELDS]


def _choice(name: str, kept: Client, other: Client) -> Choice:
    # Russian has another word for what a thing is called than for a person's name.
    label = _("Name of the person or agency") if name == "name" else _verbose(name)
    first, second = _shown(kept, name), _shown(other, name)
    return Choice(name, label, first, second, name == "note" and bool(first and second))


def _verbose(name: str) -> str:
    return str(Client._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _shown(client: Client, name: str) -> str:
    if name == "is_partner":
        return str(_("Yes") if client.is_partner else _("No"))
    return str(client.get_language_display() if name == "language" else getattr(client, name))


def _side(request: HttpRequest, client: Client) -> Side:
    leads = leads_visible_to(request.user).filter(client=client).select_related("stage")
    counts = [(mover.label, mover.count(client.pk)) for mover in movers]
    return Side(client, list(leads.order_by("-pk")[:20]), counts)


def _actor(request: HttpRequest) -> Actor:
    return Actor(cast(User, request.user), "admin")


def _to_page_of(client_id: int) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:leads_client_change", args=[client_id]))
