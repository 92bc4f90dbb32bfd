"""Selections on the client's side: opened, liked, asked about, chosen; nobody logs in."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from bookings import texts
from bookings.listeners import on_selection_event
from bookings.models import Selection, SelectionEvent, SelectionItem
from bookings.topics import RECHECK_SELECTION
from common.errors import Conflict, InvalidInput
from common.text import clean_message
from integrations.delivery.outbox import enqueue
from leads.models import Lead, LeadHistory, LeadStage
from leads.services import Actor, advance_lead, record
from leads.steps import plan_step
from live.services import publish

CLIENT = Actor(user=None, origin="selection")
PRICES_FRESH_FOR = timedelta(minutes=10)
NEW_VISIT_AFTER = timedelta(minutes=30)
CALL_WITHIN = timedelta(hours=1)
# Longer than that nobody watches a page for; the answer is kept when it comes.
CHECK_TAKES = timedelta(seconds=45)
LONGEST_QUESTION = 500
# A page without a login: more than a family can tap in a week is not a family.
MOST_EVENTS = 300

Kind = SelectionEvent.Kind


@transaction.atomic
def note_opening(token: str) -> Selection:
    """The client looks at the page: counted once per visit; stale prices are asked for again.

    May enqueue `bookings.recheck_selection`.
    """
    selection = _open(token)
    now = timezone.now()
    if is_stale(selection, now):
        selection.check_started_at = now
        want_recheck(selection.pk)
    last = selection.events.filter(kind=Kind.OPENED).first()
    if last is None or now - last.created_at > NEW_VISIT_AFTER:
        selection.opened_at = selection.opened_at or now
        selection.open_count += 1
        _happened(selection, None, Kind.OPENED)
    selection.save(update_fields=["check_started_at", "opened_at", "open_count", "updated_at"])
    return selection


@transaction.atomic
def want_recheck(selection_id: int) -> None:
    """Enqueues `bookings.recheck_selection`."""
    key, payload = f"selection:{selection_id}", {"selection": selection_id}
    enqueue(RECHECK_SELECTION, key, payload, merge=True)


def is_stale(selection: Selection, now: datetime) -> bool:
    """Whether prices are older than ten minutes and nobody is asking for them already."""
    times = (selection.checked_at, selection.check_started_at, selection.sent_at)
    newest = max((moment for moment in times if moment), default=None)
    return newest is None or now - newest > PRICES_FRESH_FOR


@transaction.atomic
def like(token: str, item_id: int, *, is_liked: bool = True) -> SelectionItem:
    """Like a tour or take the like back; saying the same again changes nothing."""
    item = _item(token, item_id)
    if bool(item.liked_at) == is_liked:
        return item
    item.liked_at = timezone.now() if is_liked else None
    item.save(update_fields=["liked_at"])
    _happened(item.selection, item, Kind.LIKED if item.liked_at else Kind.UNLIKED)
    return item


@transaction.atomic
def ask(token: str, item_id: int, question: str) -> SelectionItem:
    """The same words about the same tour are one question. Raises InvalidInput for an empty or
    hidden text."""
    text = clean_message(question, limit=LONGEST_QUESTION)
    item = _item(token, item_id)
    if item.selection.events.filter(item=item, kind=Kind.ASKED, text=text).exists():
        return item
    _happened(item.selection, item, Kind.ASKED, text)
    _plan(item.selection.lead, gettext_noop("Answer the question about %(hotel)s"), item)
    return item


@transaction.atomic
def choose(token: str, item_id: int) -> SelectionItem:
    """«Хочу этот»: the lead moves on to negotiation, a person has to check the price and book.

    A second tap changes nothing. Raises Conflict for a tour that is sold out.
    """
    item = _item(token, item_id)
    if item.state == SelectionItem.State.SOLD_OUT:
        raise Conflict(_("This tour has just been sold out. Choose another one."), code="sold_out")
    if item.chosen_at:
        return item
    item.selection.items.exclude(chosen_at=None).update(chosen_at=None)
    item.chosen_at = timezone.now()
    item.save(update_fields=["chosen_at"])
    _happened(item.selection, item, Kind.CHOSEN)
    advance_lead(item.selection.lead_id, LeadStage.Code.NEGOTIATION, actor=CLIENT)
    _plan(item.selection.lead, gettext_noop("Book what the client has chosen: %(hotel)s"), item)
    return item


def _open(token: str) -> Selection:
    """Lock it. Raises Conflict once it has expired, InvalidInput where somebody plays with it."""
    selection = (
        Selection.objects.select_for_update(no_key=True, of=("self",))
        .select_related("lead")
        .get(token=token, sent_at__isnull=False)
    )
    if not selection.is_open:
        raise Conflict(
            _("This page has expired. Write to us, prices have changed."), code="expired"
        )
    if selection.events.count() >= MOST_EVENTS:
        raise InvalidInput(_("Too many taps. Write to us in the chat."), code="too_many")
    return selection


def _item(token: str, item_id: int) -> SelectionItem:
    selection = _open(token)
    item = selection.items.select_related("offer").get(pk=item_id)
    item.selection = selection
    return item


def _happened(
    selection: Selection, item: SelectionItem | None, kind: str, text: str = ""
) -> SelectionEvent:
    """Keep it, tell the lead's history, and whoever listens. Staff read it in their language."""
    event = SelectionEvent.objects.create(selection=selection, item=item, kind=kind, text=text)
    with override(settings.LANGUAGE_CODE):
        words = str(Kind(kind).label)
        if item is not None:
            words = f"{words}: {texts.offer_line(item.offer)}"
        record(selection.lead, LeadHistory.Kind.SELECTION, CLIENT, after=words[:300], note=text)
        for tell in on_selection_event:
            tell(event)
    publish("staff", "selection.changed", lead=selection.lead_id)
    return event


def _plan(lead: Lead, words: str, item: SelectionItem) -> None:
    """What a person has promised for an earlier hour stays; a closed lead needs no step."""
    due = timezone.now() + CALL_WITHIN
    lead = Lead.objects.get(pk=lead.pk)
    if lead.is_closed or (lead.next_step and lead.next_step_at and lead.next_step_at <= due):
        return
    with override(settings.LANGUAGE_CODE):
        text = _(words) % {"hotel": item.offer.hotel}
    plan_step(lead.pk, text[:200], due, actor=CLIENT, kind=Lead.StepKind.CALL)
