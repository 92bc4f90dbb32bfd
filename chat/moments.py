"""Moments in the few words that a list or a head has room for."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = 60, 3600, 86_400


def list_moment(moment: datetime) -> str:
    """«14:05» today, «24 ноя» this year, «24 ноя 2025» before."""
    local, today = timezone.localtime(moment), timezone.localdate()
    if local.date() == today:
        return date_format(local, "H:i", use_l10n=False)
    pattern = "j b" if local.year == today.year else "j b Y"
    return date_format(local, pattern, use_l10n=False)


def span_until(moment: datetime) -> str:
    """«12 h», «40 min»: what is left, rounded up."""
    seconds = max(1, int((moment - timezone.now()).total_seconds()))
    if seconds > 2 * DAY:
        return _("%(count)s d") % {"count": -(-seconds // DAY)}
    if seconds > HOUR:
        return _("%(count)s h") % {"count": -(-seconds // HOUR)}
    return _("%(count)s min") % {"count": -(-seconds // MINUTE)}
