"""Two clients who are one person are made one, and apart again at any later time.

What moved is written into `ClientMerge.moved`, so that exactly that goes back. Rows that came later
stay with the client who is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from common.errors import Conflict, InvalidInput
from leads.models import Client, ClientIdentity, ClientMerge, Lead, LeadHistory
from leads.services import STAFF, Actor, record
from live.services import publish

FIELDS = ("name", "language", "is_partner", "note")


class Mover(Protocol):
    """How an upper app takes its rows along. `move` returns JSON of what `put_back` needs."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str | Promise: ...
    def count(self, client_id: int) -> int: ...
    def move(self, emptied_id: int, kept_id: int) -> Any: ...
    def put_back(self, moved: Any, emptied_id: int, kept_id: int) -> None: ...


# Empty here; the composition root fills it.
movers: list[Mover] = []


@transaction.atomic
def merge_clients(
    kept_id: int,
    emptied_id: int,
    *,
    actor: Actor,
    values: Mapping[str, Any] | None = None,
    reason: str = "",
) -> ClientMerge:
    """Give everything of one client to the other; `values` are the kept one's fields after it.

    Raises InvalidInput for a client with itself, Conflict if one of them has been merged already.
    """
    if kept_id == emptied_id:
        raise InvalidInput(_("Choose another client."), code="same", field="other")
    kept, emptied = _locked(kept_id, emptied_id)
    if kept.merged_into_id or emptied.merged_into_id:
        raise Conflict(_("One of the two has already been merged. Reload the page."), code="merged")
    # First: it waits for those who write to a conversation and may add an address meanwhile.
    moved: dict[str, Any] = {mover.key: mover.move(emptied_id, kept_id) for mover in movers}
    leads = list(Lead.objects.filter(client=emptied).order_by("pk"))
    moved |= {
        "fields": _set_fields(kept, values or {}),
        "identities": _ids(ClientIdentity.objects.filter(client=emptied)),
        "leads": [lead.pk for lead in leads],
    }
    _hand_over(moved, emptied, kept)
    Client.objects.filter(pk=emptied_id).update(merged_into=kept)
    _tell(leads, emptied, kept, actor)
    return ClientMerge.objects.create(
        kept=kept, emptied=emptied, reason=reason[:200], moved=moved, actor=actor.user
    )


@transaction.atomic
def undo_merge(merge_id: int, *, actor: Actor) -> ClientMerge:
    """Put everything back that the merge moved and nobody has moved on since. Safe twice.

    Raises Conflict while the kept client is part of a later merge itself.
    """
    merge = ClientMerge.objects.select_for_update(no_key=True).get(pk=merge_id)
    if merge.undone_at:
        return merge
    kept, emptied = _locked(merge.kept_id, merge.emptied_id)
    if kept.merged_into_id:
        said = _("“%(client)s” was merged again later. Take that merge back first.")
        raise Conflict(said % {"client": kept}, code="merged")
    Client.objects.filter(pk=emptied.pk).update(merged_into=None)
    leads = list(Lead.objects.filter(pk__in=merge.moved["leads"], client=kept).order_by("pk"))
    _hand_over(merge.moved, kept, emptied)
    for mover in movers:
        if mover.key in merge.moved:
            mover.put_back(merge.moved[mover.key], emptied.pk, kept.pk)
    _reset_fields(kept, merge)
    merge.undone_at = timezone.now()
    merge.save(update_fields=["undone_at"])
    _tell(leads, kept, emptied, actor)
    return merge


def final_client_id(client: Client) -> int:
    """Who has everything of this client now: itself, or the end of the chain of merges."""
    while client.merged_into:
        client = client.merged_into
    return client.pk


def _locked(kept_id: int, emptied_id: int) -> tuple[Client, Client]:
    """In one order for everybody, so that two merges never wait for each other."""
    clients = Client.objects.select_for_update(no_key=True).order_by("pk")
    found = {client.pk: client for client in clients.filter(pk__in=(kept_id, emptied_id))}
    return found[kept_id], found[emptied_id]


def _ids(rows: Any) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _hand_over(moved: Mapping[str, Any], giver: Client, taker: Client) -> None:
    for model, key in ((ClientIdentity, "identities"), (Lead, "leads")):
        model.objects.filter(pk__in=moved[key], client=giver).update(client=taker)


def _set_fields(kept: Client, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return what changed, as `{name: [before, after]}`."""
    changed = {
        name: [getattr(kept, name), value]
        for name, value in values.items()
        if name in FIELDS and getattr(kept, name) != value
    }
    if changed:
        after = {name: new for name, (_before, new) in changed.items()}
        Client.objects.filter(pk=kept.pk).update(**after)
    return changed


def _reset_fields(kept: Client, merge: ClientMerge) -> None:
    """A field edited since stays; one that a later merge took over goes back when that one does."""
    later = list(kept.merges.filter(pk__gt=merge.pk, undone_at=None).order_by("pk"))
    for name, (before, after) in merge.moved["fields"].items():
        heir = next((one for one in later if name in one.moved["fields"]), None)
        if heir:
            heir.moved["fields"][name][0] = before
            heir.save(update_fields=["moved"])
        elif getattr(kept, name) == after:
            Client.objects.filter(pk=kept.pk).update(**{name: before})


def _tell(leads: Iterable[Lead], giver: Client, taker: Client, actor: Actor) -> None:
    for lead in leads:
        words = {"before": str(giver)[:300], "after": str(taker)[:300]}
        record(lead, LeadHistory.Kind.CLIENT, actor, **words)
    touched = Lead.objects.filter(client__in=(giver, taker)).values_list("pk", flat=True)
    for pk in touched:
        publish(STAFF, "lead.changed", lead=pk)
