"""Which cards a person wants to see on the board."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from leads.models import Client, ClientIdentity, Lead
from leads.permissions import Person, leads_visible_to

# Fewer digits would match nearly every telephone number.
LEAST_DIGITS = 4


@dataclass(frozen=True)
class BoardFilter:
    """Which cards a person wants to see: of all those they may see."""

    viewer: Person
    assignee_id: int | None = None
    words: str = ""


def leads_on_board(wanted: BoardFilter) -> QuerySet[Lead]:
    leads = leads_visible_to(wanted.viewer)
    if wanted.assignee_id is not None:
        leads = leads.filter(assignee=wanted.assignee_id)
    if wanted.words:
        leads = leads.filter(_matches(wanted.words))
    return leads


def _matches(words: str) -> Q:
    clients = Client.objects.filter(pk=OuterRef("client"), name__icontains=words)
    found = Q(wish__icontains=words) | Q(Exists(clients))
    digits = "".join(char for char in words if char.isdigit())
    if len(digits) >= LEAST_DIGITS:
        # Kazakhstan's own prefix 8 stands for +7 in what we store.
        digits = digits[1:] if len(digits) == 11 and digits[0] == "8" else digits
        phones = ClientIdentity.objects.filter(
            client=OuterRef("client"), kind=ClientIdentity.Kind.PHONE, value__contains=digits
        )
        found |= Q(Exists(phones))
    return found
