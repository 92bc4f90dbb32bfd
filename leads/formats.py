"""Short words for cards: how long, how much, who."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from babel.numbers import format_decimal
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

SIGNS = {"KZT": "₸", "USD": "$", "EUR": "€", "RUB": "₽"}
MINUTE, HOUR, DAY = 60, 3600, 86_400


def span_since(moment: datetime) -> str:
    """«8 min», «3 h», «2 d»: the largest whole unit."""
    seconds = max(0, int((timezone.now() - moment).total_seconds()))
    if seconds >= DAY:
        return _("%(count)s d") % {"count": seconds // DAY}
    if seconds >= HOUR:
        return _("%(count)s h") % {"count": seconds // HOUR}
    return _("%(count)s min") % {"count": max(1, seconds // MINUTE)}


def money(amount: Decimal, currency: str) -> str:
    """«612 400 ₸»: whole units, the sign behind the sum."""
    number = format_decimal(int(amount), locale=get_language() or "ru")
    return f"{number} {SIGNS.get(currency, currency)}"


def initials(user: User) -> str:
    """Two letters for the round badge."""
    words = user.get_full_name().split() or [user.username]
    return "".join(word[0] for word in words[:2]).upper()
