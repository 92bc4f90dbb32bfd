"""What the tours of a selection cost now: a newer price is a newer offer, the older ones stay."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from bookings.listeners import on_selection_event
from bookings.models import Offer, Selection, SelectionEvent, SelectionItem
from bookings.operator import ask_operator
from bookings.services.offers import save_offer
from integrations.delivery.handlers import Outgoing
from integrations.tours.base import TourOffer, TourSearch
from live.services import publish

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


def check_offer(offer: Offer) -> TourOffer | None:
    """Ask the operator for this very tour. A network call; raises a ConnectorError."""
    search = same_tour_search(offer)
    return ask_operator(lambda operator: operator.recheck(search, offer.operator_keys))


class RecheckSelection:
    """The outbox handler of `bookings.recheck_selection`, payload `{"selection": id}`."""

    def perform(self, outgoing: Outgoing) -> list[Checked]:
        selection = Selection.objects.get(pk=outgoing.payload["selection"])
        if not selection.is_open:
            return []
        items = selection.items.select_related("offer")
        return [
            Checked(item.pk, same_tour_search(item.offer), check_offer(item.offer))
            for item in items
        ]

    def apply(self, outgoing: Outgoing, result: list[Checked]) -> None:
        selection = Selection.objects.select_for_update(no_key=True).get(
            pk=outgoing.payload["selection"]
        )
        items = {item.pk: item for item in selection.items.select_related("offer", "first_offer")}
        for checked in result:
            if checked.item_id in items:
                _take_over(items[checked.item_id], checked)
        selection.checked_at = timezone.now()
        selection.save(update_fields=["checked_at", "updated_at"])
        publish("staff", "selection.changed", lead=selection.lead_id)

    def give_up(self, outgoing: Outgoing, error_kind: str, message: str) -> None:
        """Prices stay as they were, with the time they were seen; the page says so."""
        Selection.objects.filter(pk=outgoing.payload["selection"]).update(check_started_at=None)

    def is_repeatable(self, outgoing: Outgoing) -> bool:
        return True


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
