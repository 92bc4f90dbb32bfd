"""What the tours of a selection cost now: a newer price is a newer offer, the older ones stay."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from bookings.listeners import on_selection_event
from bookings.models import Offer, Selection, SelectionEvent, SelectionItem
from bookings.operator import ask_operator
from bookings.services.offers import save_offer
from bookings.topics import RECHECK_SELECTION
from integrations.delivery.handlers import Outgoing
from integrations.delivery.outbox import enqueue
from integrations.tours.base import TourOffer, TourSearch
from integrations.transport.errors import InvalidRequest, TransientError
from live.services import publish

BUDGET_S = 30.0  # inside the lease of an outbox row
ENOUGH_FOR_ONE_S = 5.0

State = SelectionItem.State
Kind = SelectionEvent.Kind


@dataclass(frozen=True)
class Checked:
    """`found` is None where the operator no longer sells the tour."""

    item_id: int
    search: TourSearch
    found: TourOffer | None


def same_tour_search(offer: Offer) -> TourSearch:
    """The question to which exactly this tour is an answer; prices asked for in tenge."""
    return TourSearch(
        departure_city=offer.departure_city,
        country=offer.country,
        date_from=offer.check_in,
        date_to=offer.check_in,
        nights_min=offer.nights,
        nights_max=offer.nights,
        adults=offer.adults,
        children_ages=tuple(offer.children_ages),
        currency="KZT",
    )


@dataclass(frozen=True)
class Round:
    """What was checked in the time there is; `rest_from` is the place of the first one left."""

    checked: list[Checked]
    rest_from: int | None = None


class RecheckSelection:
    """The outbox handler of `bookings.recheck_selection`, payload `{"selection": id}`.

    Eight tours of a slow operator take longer than a row may: the rest is a row of its own, with
    `"from": place` in its payload.
    """

    def perform(self, outgoing: Outgoing) -> Round:
        selection = Selection.objects.get(pk=outgoing.payload["selection"])
        if not selection.is_open:
            return Round([])
        left = selection.items.filter(position__gte=outgoing.payload.get("from", 1))
        return _check(left.select_related("offer"), time.monotonic() + BUDGET_S)

    def apply(self, outgoing: Outgoing, result: Round) -> None:
        selection = Selection.objects.select_for_update(no_key=True).get(
            pk=outgoing.payload["selection"]
        )
        items = {item.pk: item for item in selection.items.select_related("offer", "first_offer")}
        for checked in result.checked:
            if checked.item_id in items:
                _take_over(items[checked.item_id], checked)
        if result.rest_from:
            payload = {"selection": selection.pk, "from": result.rest_from}
            enqueue(RECHECK_SELECTION, outgoing.key, payload, merge=True)
        else:
            selection.checked_at = timezone.now()
            selection.save(update_fields=["checked_at", "updated_at"])
        publish("staff", "selection.changed", lead=selection.lead_id)

    def give_up(self, outgoing: Outgoing, error_kind: str, message: str) -> None:
        """Prices stay as they were, with the time they were seen; the page says so."""
        Selection.objects.filter(pk=outgoing.payload["selection"]).update(check_started_at=None)

    def is_repeatable(self, outgoing: Outgoing) -> bool:
        return True


def _check(items: Iterable[SelectionItem], stop_at: float) -> Round:
    """Raises a ConnectorError where nothing at all could be checked."""
    done: list[Checked] = []
    for item in items:
        if done and time.monotonic() > stop_at - ENOUGH_FOR_ONE_S:
            return Round(done, item.position)
        search = same_tour_search(item.offer)
        try:
            found = _ask(search, item.offer, stop_at - time.monotonic())
        except InvalidRequest:  # this one cannot be asked for: it stays with the time it was seen
            continue
        except TransientError:
            if done:
                return Round(done, item.position)
            raise
        done.append(Checked(item.pk, search, found))
    return Round(done)


def _ask(search: TourSearch, offer: Offer, timeout_s: float) -> TourOffer | None:
    keys = offer.operator_keys
    return ask_operator(lambda operator: operator.recheck(search, keys, timeout_s=timeout_s))


def _take_over(item: SelectionItem, checked: Checked) -> None:
    if checked.found is None:
        _change(item, State.SOLD_OUT, None)
        return
    newer = save_offer(checked.found, checked.search)
    is_as_sent = _same_price(newer, item.first_offer)
    _change(item, State.AS_SENT if is_as_sent else State.CHANGED, newer)


def _change(item: SelectionItem, state: str, newer: Offer | None) -> None:
    """An event for what the client would want to know; a mere confirmation is none."""
    before, was = item.offer, item.state
    item.state, item.offer = state, newer or before
    item.save(update_fields=["state", "offer"])
    is_gone = state == State.SOLD_OUT
    if (is_gone and was == state) or (newer and was == state and _same_price(newer, before)):
        return
    if newer and was == State.SOLD_OUT and _same_price(newer, before):
        return
    event = SelectionEvent.objects.create(
        selection_id=item.selection_id,
        item=item,
        kind=Kind.SOLD_OUT if is_gone else Kind.PRICE_CHANGED,
        before=before,
        after=newer,
    )
    with override(settings.LANGUAGE_CODE):
        for tell in on_selection_event:
            tell(event)


def _same_price(one: Offer, other: Offer) -> bool:
    return (one.price, one.currency, one.price_kzt) == (
        other.price,
        other.currency,
        other.price_kzt,
    )
