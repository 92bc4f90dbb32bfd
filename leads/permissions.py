"""Who may see which client and lead. The one place; pages, search, feed and API ask here.

A manager sees their own leads and those nobody has taken; `leads.view_all_leads` opens the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from common.errors import NotAllowed
from leads.models import Client, Lead

Person = User | AnonymousUser


def sees_all_leads(user: Person) -> bool:
    return _may_look(user, "leads.lead") and user.has_perm("leads.view_all_leads")


def leads_visible_to(user: Person) -> QuerySet[Lead]:
    leads: QuerySet[Lead] = Lead.objects.all()
    if sees_all_leads(user):
        return leads
    return leads.filter(_own_or_free(user)) if _may_look(user, "leads.lead") else leads.none()


def clients_visible_to(user: Person) -> QuerySet[Client]:
    """Clients with a lead one may see or with none yet; rows emptied by a merge are left out."""
    clients = Client.objects.filter(merged_into=None)
    if not _may_look(user, "leads.client"):
        return clients.none()
    if user.has_perm("leads.view_all_leads"):
        return clients
    leads = Lead.objects.filter(client=OuterRef("pk"))
    return clients.filter(Exists(leads.filter(_own_or_free(user))) | ~Exists(leads))


def visible_lead_ids(user: Person, lead_ids: Iterable[int]) -> set[int]:
    """Those of the leads that the person may see, in one query."""
    return set(leads_visible_to(user).filter(pk__in=list(lead_ids)).values_list("pk", flat=True))


def ensure_lead_visible(user: Person, lead_id: int) -> None:
    """Raise NotAllowed for a lead that exists and is a colleague's."""
    if not visible_lead_ids(user, [lead_id]) and Lead.objects.filter(pk=lead_id).exists():
        raise NotAllowed(_("A colleague works with this lead."), code="not_yours")


def ensure_client_visible(user: Person, client_id: int) -> None:
    """Raise NotAllowed for a client who exists and is a colleague's."""
    if not clients_visible_to(user).filter(pk=client_id).exists():
        raise NotAllowed(_("A colleague works with this client."), code="not_yours")


def _own_or_free(user: Person) -> Q:
    return Q(assignee=user.pk) | Q(assignee=None)


def _may_look(user: Person, model: str) -> bool:
    """Like the admin: whoever may change may look."""
    app, _dot, name = model.partition(".")
    may: Any = user.has_perm
    return user.is_active and (may(f"{app}.view_{name}") or may(f"{app}.change_{name}"))
