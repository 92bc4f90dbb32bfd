"""Found tours nobody has used are forgotten; those in a selection or a booking stay."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from bookings.models import Offer, OperatorRate, SearchRun

UNUSED_KEPT_FOR = timedelta(days=14)
SEARCHES_KEPT_FOR = timedelta(days=90)
RATES_KEPT_FOR = timedelta(days=730)
CHUNK = 1000


def prune_offers() -> int:
    """Delete unused offers and old searches; return how many offers."""
    now, deleted = timezone.now(), 0
    nobodys = {f"{relation.name}__isnull": True for relation in Offer._meta.related_objects}
    unused = Offer.objects.filter(seen_at__lt=now - UNUSED_KEPT_FOR, **nobodys)
    while ids := list(unused.values_list("pk", flat=True)[:CHUNK]):
        Offer.objects.filter(pk__in=ids).delete()
        deleted += len(ids)
    SearchRun.objects.filter(created_at__lt=now - SEARCHES_KEPT_FOR).delete()
    OperatorRate.objects.filter(seen_at__lt=now - RATES_KEPT_FOR).delete()
    return deleted
