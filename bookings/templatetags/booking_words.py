from __future__ import annotations

from datetime import date
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.formats import date_format

from bookings.documents.values import money as money_words
from bookings.look import TONES

register = template.Library()
# Nobody takes a day so near for that of another year.
NEAR_DAYS = 270


@register.filter
def money(amount: Decimal, currency: str) -> str:
    return money_words(amount, currency)


@register.filter
def short_day(day: date | None) -> str:
    """«12 янв», with the year where it could be mistaken."""
    if day is None:
        return ""
    is_near = abs((day - timezone.localdate()).days) < NEAR_DAYS
    return date_format(day, "j M" if is_near else "j M Y", use_l10n=False).lower()


@register.filter
def tone(state: str) -> str:
    return TONES.get(state, "")
