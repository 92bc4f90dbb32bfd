"""Selections on the manager's side: put together, commented, sent."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings import texts
from bookings.models import Offer, Selection, SelectionEvent, SelectionItem
from bookings.sending import routes
from common.errors import Conflict, InvalidInput
from leads.models import Lead, LeadHistory, LeadStage
from leads.services import Actor, advance_lead, record
from live.services import publish

MOST_TOURS = 8
OPEN_FOR = timedelta(days=7)

Kind = SelectionEvent.Kind


@transaction.atomic
def add_to_selection(lead_id: int, offer: Offer, *, author: User) -> SelectionItem:
    """Put a tour into the selection that is being made for the lead, or begin one.

    The same offer twice is one item. Raises InvalidInput when the selection is full.
    """
    Lead.objects.select_for_update(no_key=True).get(pk=lead_id)
    selection = draft_of(lead_id) or Selection.objects.create(
        lead_id=lead_id, author=author, expires_at=timezone.now() + OPEN_FOR
    )
    known = selection.items.filter(offer=offer).first()
    if known:
        return known
    free = set(range(1, MOST_TOURS + 1)) - set(selection.items.values_list("position", flat=True))
    if not free:
        message = _("A selection holds at most %(most)s tours: send it or take one out.")
        raise InvalidInput(message % {"most": MOST_TOURS}, code="full")
    item = selection.items.create(offer=offer, first_offer=offer, position=min(free))
    _moved_on(lead_id, LeadStage.Code.SELECTION, author)
    publish("staff", "selection.changed", lead=lead_id)
    return item


def draft_of(lead_id: int) -> Selection | None:
    """The selection that has not been sent yet."""
    drafts = Selection.objects.filter(lead=lead_id, sent_at=None)
    return drafts.order_by("-pk").first()


@transaction.atomic
def take_out(item: SelectionItem) -> None:
    """Raises Conflict for a selection the client already has."""
    _refuse_sent(_locked(item.selection_id))
    item.delete()


@transaction.atomic
def write_notes(selection_id: int, note: str, item_notes: dict[int, str]) -> Selection:
    """Change the words to the client; those of items by their ids."""
    selection = _locked(selection_id)
    selection.note = note.strip()[:1000]
    selection.save(update_fields=["note", "updated_at"])
    for item in selection.items.filter(pk__in=list(item_notes)):
        item.note = item_notes[item.pk].strip()[:500]
        item.save(update_fields=["note"])
    return selection


@transaction.atomic
def send_selection(
    selection_id: int, *, author: User, route_key: str, as_text: bool = False
) -> Selection:
    """Send the link, or all tours as text with the link, into one of the lead's chats.

    Moves the lead forward to «offer sent». Raises InvalidInput for an empty selection or a chat
    that is not the lead's.
    """
    selection = _locked(selection_id)
    items = list(selection.items.select_related("offer"))
    if not items:
        raise InvalidInput(_("Put at least one tour into the selection."), code="empty")
    known = {route.key: route for route in routes(selection.lead, author)}
    if route_key not in known:
        raise InvalidInput(_("Choose a chat with the client."), code="no_chat", field="route")
    text = texts.full_text(selection, items) if as_text else texts.link_text(selection)
    # Once as a link and once as text is two messages; a second press of one button is one.
    client_key = f"selection-{selection.pk}-{'text' if as_text else 'link'}"
    known[route_key].send(text, author, client_key)
    _mark_sent(selection, author, known[route_key].label)
    return selection


@transaction.atomic
def share_link(selection_id: int, *, author: User) -> Selection:
    """The manager takes the link and sends it by themselves; it counts as sent."""
    selection = _locked(selection_id)
    if not selection.items.exists():
        raise InvalidInput(_("Put at least one tour into the selection."), code="empty")
    _mark_sent(selection, author, _("by link"))
    return selection


@transaction.atomic
def prolong(selection_id: int) -> Selection:
    """Keep the page open for another week from now."""
    selection = _locked(selection_id)
    selection.expires_at = timezone.now() + OPEN_FOR
    selection.save(update_fields=["expires_at", "updated_at"])
    return selection


def _mark_sent(selection: Selection, author: User, where: str) -> None:
    if selection.sent_at:
        return
    now = timezone.now()
    selection.sent_at, selection.expires_at = now, now + OPEN_FOR
    selection.save(update_fields=["sent_at", "expires_at", "updated_at"])
    SelectionEvent.objects.create(selection=selection, kind=Kind.SENT, text=where)
    actor = Actor(user=author, origin="admin")
    count = selection.items.count()
    words = _("Selection sent, tours: %(count)s (%(where)s)") % {"count": count, "where": where}
    record(selection.lead, LeadHistory.Kind.SELECTION, actor, after=words)
    _moved_on(selection.lead_id, LeadStage.Code.OFFER_SENT, author)
    publish("staff", "selection.changed", lead=selection.lead_id)


def _moved_on(lead_id: int, stage: str, author: User) -> None:
    advance_lead(lead_id, stage, actor=Actor(user=author, origin="admin"))


def _locked(selection_id: int) -> Selection:
    return (
        Selection.objects.select_for_update(no_key=True, of=("self",))
        .select_related("lead")
        .get(pk=selection_id)
    )


def _refuse_sent(selection: Selection) -> None:
    if selection.sent_at:
        raise Conflict(_("The client already has this selection. Make a new one."), code="sent")
