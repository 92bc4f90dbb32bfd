"""Rows of an operator → `Offer`: the snapshot that selections and bookings are made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bookings.models import Offer, SearchRun
from bookings.services.rates import newest_rate, note_rate
from integrations.tours.base import TourOffer, TourSearch

CENT = Decimal("0.01")


@dataclass(frozen=True)
class _Tenge:
    amount: Decimal
    rate: Decimal
    rated_at: datetime


def save_offer(found: TourOffer, search: TourSearch, *, run: SearchRun | None = None) -> Offer:
    """Keep one found row for good; it may then be put into a selection or booked."""
    return save_offers([found], search, run=run)[0]


def save_offers(
    found: Iterable[TourOffer], search: TourSearch, *, run: SearchRun | None = None
) -> list[Offer]:
    """Keep rows of one search. Prices without the operator's own tenge get its newest rate."""
    rows = list(found)
    _note_rates(rows)
    known: dict[str, _Tenge | None] = {}
    offers = [_snapshot(row, search, run, _in_tenge(row, known)) for row in rows]
    return Offer.objects.bulk_create(offers)


def _note_rates(rows: Iterable[TourOffer]) -> None:
    """One rate per currency: that of the dearest row, where rounding weighs least."""
    in_tenge = (row for row in rows if row.converted_currency == "KZT" and row.converted_price)
    dearest = sorted((row for row in in_tenge if row.currency != "KZT"), key=lambda row: row.price)
    best = {row.currency: row for row in dearest}
    for currency, row in best.items():
        note_rate(currency, (row.converted_price or row.price) / row.price, row.fetched_at)


def _in_tenge(row: TourOffer, known: dict[str, _Tenge | None]) -> _Tenge | None:
    own = row.price if row.currency == "KZT" else row.amount_in("KZT")
    if own is not None:
        return _Tenge(own, (own / row.price).quantize(Decimal("0.0001")), row.fetched_at)
    if row.currency not in known:
        newest = newest_rate(row.currency)
        known[row.currency] = _Tenge(Decimal(0), newest.kzt, newest.seen_at) if newest else None
    at = known[row.currency]
    return _Tenge((row.price * at.rate).quantize(CENT), at.rate, at.rated_at) if at else None


def _snapshot(
    row: TourOffer, search: TourSearch, run: SearchRun | None, tenge: _Tenge | None
) -> Offer:
    return Offer(
        row_id=row.row_id,
        operator_keys=dict(row.operator_keys),
        search=run,
        parameters=search.as_dict(),
        departure_city=row.departure_city,
        country=row.country,
        resort=row.resort,
        hotel=row.hotel,
        stars=row.stars,
        room=row.room,
        placement=row.placement,
        meal=row.meal,
        programme=row.programme,
        check_in=row.check_in,
        check_out=row.check_out,
        nights=row.nights,
        adults=row.adults,
        children_ages=list(search.children_ages),
        price=row.price,
        currency=row.currency,
        price_kzt=tenge.amount if tenge else None,
        kzt_rate=tenge.rate if tenge else None,
        rated_at=tenge.rated_at if tenge else None,
        availability=row.availability.value,
        seen_at=row.fetched_at,
    )
