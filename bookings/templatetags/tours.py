"""Tours in templates: prices, parties and flights in words."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django import template

from bookings import texts
from bookings.models import Offer
from integrations.tours.samo.portal import portal_url

register = template.Library()
register.filter("hotel_name", texts.hotel)
register.filter("price_in_words", texts.price)
register.filter("party_in_words", texts.party)
register.filter("nights_in_words", texts.nights)
register.filter("meal_in_words", texts.meal)


@register.filter
def operator_price(offer: Offer) -> str:
    """What the operator itself asks, where that is not what is shown first."""
    if offer.currency == "KZT" or offer.price_kzt is None:
        return ""
    return texts.money(offer.price, offer.currency)


@register.filter
def rate_in_words(offer: Offer) -> str:
    """«1 $ = 520 ₸», empty where nothing was converted."""
    if offer.kzt_rate is None or offer.currency == "KZT":
        return ""
    sign = texts.SIGNS.get(offer.currency, offer.currency)
    rate = offer.kzt_rate.quantize(Decimal("0.01")).normalize()
    return f"1 {sign} = {rate:f} ₸"


@register.filter
def difference(newer: Offer, older: Offer) -> str:
    """«+12 000 ₸» between two prices of one tour, in the currency the client sees."""
    if newer.price_kzt is not None and older.price_kzt is not None:
        change, currency = newer.price_kzt - older.price_kzt, "KZT"
    else:
        change, currency = newer.price - older.price, newer.currency
    sign = "+" if change > 0 else "−"
    return f"{sign}{texts.money(abs(change), currency)}"


@register.filter
def portal(offer: Offer, page: str) -> str:
    """The link to this tour in the operator's own search."""
    return portal_url(
        page,
        offer.operator_keys,
        check_in=offer.check_in,
        nights=offer.nights,
        adults=offer.adults,
        ages=tuple(offer.children_ages),
    )


@register.filter
def clock(moment: str) -> datetime:
    """A moment of a flight, as it stands on the ticket."""
    return datetime.fromisoformat(moment)
