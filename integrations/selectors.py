from __future__ import annotations

from django.utils import timezone

from integrations.models import OutboxMessage


def oldest_due_outbox_age_s() -> int:
    """Seconds since the oldest waiting action became due; 0 when none is late."""
    now = timezone.now()
    due = OutboxMessage.objects.filter(status__in=("pending", "in_flight"), next_try_at__lte=now)
    oldest = due.order_by("next_try_at").values_list("next_try_at", flat=True).first()
    return int((now - oldest).total_seconds()) if oldest else 0
