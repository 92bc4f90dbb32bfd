"""Tours in words, for messages, pages and histories."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from babel.numbers import format_decimal
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from bookings.models import Offer, Selection, SelectionItem

SIGNS = {"KZT": "₸", "USD": "$", "EUR": "€", "RUB": "₽"}


def money(amount: Decimal, currency: str) -> str:
    """«719 680 ₸»: whole units, the sign behind the sum."""
    whole = format_decimal(amount.quantize(Decimal(1)), locale=get_language() or "ru")
    return f"{whole} {SIGNS.get(currency, currency)}"


def price(offer: Offer) -> str:
    """In tenge where the rate is known, else in the operator's currency."""
    if offer.price_kzt is not None:
        return money(offer.price_kzt, "KZT")
    return money(offer.price, offer.currency)


def hotel(offer: Offer) -> str:
    return f"{offer.hotel} {offer.stars}★" if offer.stars else offer.hotel


_MEALS = {
    "RO": gettext_lazy("without meals"),
    "BB": gettext_lazy("breakfast"),
    "HB": gettext_lazy("half board"),
    "FB": gettext_lazy("full board"),
    "AI": gettext_lazy("all inclusive"),
    "UAI": gettext_lazy("ultra all inclusive"),
}


def meal(offer: Offer) -> str:
    """In words where the code is a usual one: «всё включено (AI)»."""
    words = _MEALS.get(offer.meal)
    return f"{words} ({offer.meal})" if words else offer.meal


def nights(count: int) -> str:
    return ngettext("%(count)s night", "%(count)s nights", count) % {"count": count}


def party(offer: Offer) -> str:
    """«2 взрослых, дети 6 и 9 лет»: ages are those on the travel date."""
    adults = ngettext("%(count)s adult", "%(count)s adults", offer.adults)
    words = adults % {"count": offer.adults}
    if not offer.children_ages:
        return words
    ages = ", ".join(map(str, offer.children_ages))
    children = ngettext("child of %(ages)s", "children of %(ages)s", len(offer.children_ages))
    return f"{words}, {children % {'ages': ages}}"


def offer_line(offer: Offer) -> str:
    """«Coral Lagoon 4★, Нячанг · 3 марта, 7 ночей · BB · 719 680 ₸»."""
    place = ", ".join(filter(None, (hotel(offer), offer.resort)))
    day = date_format(offer.check_in, "j E")
    stay = f"{day}, {nights(offer.nights)}"
    return " · ".join(filter(None, (place, stay, offer.meal, price(offer))))


def offer_text(offer: Offer) -> str:
    """One tour for a message: what it is, for whom, and of when the price is."""
    words = _(
        "The price is for everybody (%(party)s) as of %(moment)s; I will confirm it before you pay."
    )
    seen = date_format(timezone.localtime(offer.seen_at), "j E, H:i")
    return f"{offer_line(offer)}\n{words % {'party': party(offer), 'moment': seen}}"


def selection_url(selection: Selection) -> str:
    path = reverse("selection", args=[selection.token])
    return f"{settings.PUBLIC_BASE_URL}{path}"


def link_text(selection: Selection) -> str:
    intro = selection.note or _("I have chosen tours for you. Prices and details are here:")
    return f"{intro}\n{selection_url(selection)}"


def full_text(selection: Selection, items: Sequence[SelectionItem]) -> str:
    intro = selection.note or _("I have chosen tours for you:")
    lines = [
        f"{number}. {offer_line(item.offer)}" + (f"\n   {item.note}" if item.note else "")
        for number, item in enumerate(items, 1)
    ]
    for_whom = _("Prices are for everybody: %(party)s.") % {"party": party(items[0].offer)}
    more = _("Details and the price of this minute: %(url)s") % {"url": selection_url(selection)}
    return "\n".join([intro, *lines, for_whom, more])
