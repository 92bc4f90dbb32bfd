"""Rows of PRICES → offers: check that a row is what was asked, convert it, keep the cheapest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from integrations.tours.base import Availability, TourOffer, TourSearch
from integrations.tours.samo.client import PriceQuery
from integrations.tours.samo.mapping import availability, hotel_name
from integrations.tours.samo.schemas import PriceRow, star_digit


def offers_of(rows: Iterable[PriceRow], search: TourSearch, query: PriceQuery) -> list[TourOffer]:
    """The rows that may be shown: sellable, affordable and really what was asked."""
    fetched_at = datetime.now(UTC)
    offers = [_offer(row, search, fetched_at) for row in rows if _is_asked(row, search, query)]
    return [
        offer
        for offer in offers
        if offer.availability is not Availability.NONE and _is_affordable(offer, search)
    ]


def cheapest_per_hotel(offers: Iterable[TourOffer], currency: str) -> tuple[TourOffer, ...]:
    """One offer per hotel, cheapest first. Prices without a value in `currency` come last."""

    def price(offer: TourOffer) -> tuple[bool, Decimal]:
        amount = offer.amount_in(currency)
        return (amount is None, offer.price if amount is None else amount)

    best: dict[object, TourOffer] = {}
    for offer in sorted(offers, key=price):
        best.setdefault(offer.operator_keys.get("hotelKey", (offer.hotel, offer.resort)), offer)
    return tuple(best.values())


def same_tour(offers: Iterable[TourOffer], keys: Mapping[str, int | str]) -> TourOffer | None:
    """The cheapest of the offers with the room, meal and placement of `keys`."""

    def is_same(offer: TourOffer) -> bool:
        names = ("hotelKey", "roomKey", "mealKey", "htPlaceKey")
        return all(offer.operator_keys.get(name) == keys.get(name) for name in names)

    return min(filter(is_same, offers), key=lambda offer: offer.price, default=None)


def _is_asked(row: PriceRow, search: TourSearch, query: PriceQuery) -> bool:
    """The API ignores filters it does not know and falls back to its default direction, so every
    row is compared with the question. Keys that an installation leaves out are not held against
    it."""
    asked_ids = {
        "stateKey": (query.direction.state_id,),
        "townKey": query.resort_ids,
        "starKey": query.star_ids,
        "mealKey": query.meal_ids,
        "hotelKey": query.hotel_ids,
    }
    return (
        search.date_from <= row.check_in <= search.date_to
        and search.nights_min <= row.nights <= search.nights_max
        and _is_party(row, search)
        and all(not ids or row.keys.get(name) in (None, *ids) for name, ids in asked_ids.items())
    )


def _is_party(row: PriceRow, search: TourSearch) -> bool:
    """Installations may or may not count infants among the children."""
    children = len(search.children_ages)
    if row.adults is not None and row.adults != search.adults:
        return False
    return row.children is None or children in (row.children, row.children + row.infants)


def _is_affordable(offer: TourOffer, search: TourSearch) -> bool:
    if search.budget_max is None:
        return True
    amount = offer.amount_in(search.currency)
    return amount is not None and amount <= search.budget_max


def _offer(row: PriceRow, search: TourSearch, fetched_at: datetime) -> TourOffer:
    return TourOffer(
        row_id=row.id,
        hotel=hotel_name(row.hotel),
        stars=star_digit(row.star),
        resort=row.resort,
        country=search.country,
        meal=row.meal,
        room=row.room,
        placement=row.placement,
        check_in=row.check_in,
        check_out=row.check_out,
        nights=row.nights,
        adults=search.adults,
        children=len(search.children_ages),
        price=row.price,
        currency=row.currency,
        converted_price=row.converted_price,
        converted_currency=row.converted_currency,
        availability=availability(row),
        departure_city=search.departure_city,
        programme=row.programme,
        fetched_at=fetched_at,
        operator_keys=row.keys,
    )
