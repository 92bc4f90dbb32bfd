"""Flights of a found tour: asked for when somebody wants to see them, kept with the offer."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from bookings.models import Offer
from bookings.operator import ask_operator
from bookings.topics import LOAD_FLIGHTS
from integrations.delivery.handlers import Outgoing
from integrations.delivery.outbox import enqueue


@transaction.atomic
def want_flights(offer_id: int) -> Offer:
    """Enqueues `bookings.load_flights` unless they are known."""
    offer = Offer.objects.get(pk=offer_id)
    if offer.flights_at is None:
        enqueue(LOAD_FLIGHTS, f"offer:{offer.pk}", {"offer": offer.pk}, merge=True)
    return offer


class LoadFlights:
    """The outbox handler of `bookings.load_flights`, payload `{"offer": id}`."""

    def perform(self, outgoing: Outgoing) -> list[dict[str, Any]]:
        offer = Offer.objects.get(pk=outgoing.payload["offer"])
        if offer.flights_at:
            return list(offer.flights)
        legs = ask_operator(lambda operator: operator.flights(offer.row_id))
        return [leg.as_dict() for leg in legs]

    def apply(self, outgoing: Outgoing, result: list[dict[str, Any]]) -> None:
        self._keep(outgoing, result)

    def give_up(self, outgoing: Outgoing, error_kind: str, message: str) -> None:
        """The page says that the operator does not tell; the row stays for whoever mends it."""
        self._keep(outgoing, [])

    def is_repeatable(self, outgoing: Outgoing) -> bool:
        return True

    def _keep(self, outgoing: Outgoing, flights: list[dict[str, Any]]) -> None:
        offers = Offer.objects.filter(pk=outgoing.payload["offer"], flights_at=None)
        offers.update(flights=flights, flights_at=timezone.now())
