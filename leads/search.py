"""What the search of the back office finds among clients and leads."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.search import Row, Source, Viewer
from leads.models import Client, ClientIdentity, Lead
from leads.permissions import clients_visible_to, leads_visible_to
from leads.selectors import LEAST_DIGITS

# How many people of one name are looked through for leads and conversations.
MOST_NAMESAKES = 200
# Whoever types letters is not looking for a telephone.
_PHONE_MARKS = set("+-() .\u00a0")


def phone_pieces(words: str) -> list[str]:
    """Digits to look for in stored phones; a leading 8 may stand for +7 or for itself."""
    digits = "".join(char for char in words if char.isdecimal())
    is_phone = all(char.isdecimal() or char in _PHONE_MARKS for char in words)
    if not is_phone or len(digits) < LEAST_DIGITS:
        return []
    if digits[0] != "8":
        return [digits]
    return [digits[1:]] if len(digits) == 11 else [digits, f"7{digits[1:]}"]


def clients_by_words(viewer: Viewer, words: str) -> QuerySet[Client]:
    """Clients the viewer may see, by a part of the name or of an address."""
    return clients_among(clients_visible_to(viewer), words)


def clients_among(clients: QuerySet[Client], words: str) -> QuerySet[Client]:
    """Those of the clients with the words in the name or in an address.

    The id is looked up in two plain lists: PostgreSQL uses an index for each of them, and for
    neither if they stand in one condition.
    """
    named = clients.filter(name__icontains=words).order_by("-pk").values_list("pk", flat=True)
    owners = _identities(words).order_by("-client").values_list("client", flat=True)
    ids = {*named[:MOST_NAMESAKES], *owners[:MOST_NAMESAKES]}
    return clients.filter(pk__in=ids).order_by("-pk")


def _identities(words: str) -> QuerySet[ClientIdentity]:
    pieces = phone_pieces(words)
    if not pieces:
        # A chat's own id is no address that a person knows.
        return ClientIdentity.objects.filter(value__icontains=words).exclude(kind="webchat")
    found = Q()
    for piece in pieces:
        found |= Q(value__contains=piece)
    return ClientIdentity.objects.filter(found)


def find_clients(viewer: Viewer, words: str, limit: int) -> list[Row]:
    clients = clients_by_words(viewer, words).prefetch_related("identities")[:limit]
    return [
        Row(_url("client", client.pk), str(client), _addresses(client.identities.all()))
        for client in clients
    ]


def _addresses(identities: Iterable[ClientIdentity]) -> str:
    values = (one.value for one in identities if one.kind != ClientIdentity.Kind.WEBCHAT)
    # WhatsApp and the phone are often the same number.
    return ", ".join(dict.fromkeys(values))


def find_leads(viewer: Viewer, words: str, limit: int) -> list[Row]:
    """Leads by their wish, and those of the clients found."""
    visible = leads_visible_to(viewer).order_by("-pk").values_list("pk", flat=True)
    people = list(clients_by_words(viewer, words).values_list("pk", flat=True))
    ids = {*visible.filter(client__in=people)[:limit]}
    if not phone_pieces(words):
        ids |= {*visible.filter(wish__icontains=words)[:limit]}
    leads = Lead.objects.filter(pk__in=ids).select_related("client", "stage").order_by("-pk")
    return [
        Row(_url("lead", lead.pk), str(lead.client), lead.wish, lead.stage.name)
        for lead in leads[:limit]
    ]


def _url(model: str, pk: int) -> str:
    return reverse(f"admin:leads_{model}_change", args=[pk])


def _sees_leads(viewer: Viewer) -> bool:
    return any(viewer.has_perm(f"leads.{verb}_lead") for verb in ("view", "change"))


def _sees_clients(viewer: Viewer) -> bool:
    return any(viewer.has_perm(f"leads.{verb}_client") for verb in ("view", "change"))


CLIENTS = Source(
    _("Clients"), "person", _sees_clients, find_clients, "admin:leads_client_changelist"
)
LEADS = Source(
    _("Leads"), "lightning-charge", _sees_leads, find_leads, "admin:leads_lead_changelist"
)
