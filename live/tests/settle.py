from __future__ import annotations

import time

from live.models import LiveEvent
from live.selectors import cursor_of, latest_cursor


def settle(seconds: float = 15) -> None:
    """Wait until the feed tells its last event.

    On PostgreSQL it waits for older transactions of the whole server: other tests run beside us.
    """
    newest = LiveEvent.objects.order_by("transaction", "id").last()
    last = cursor_of(newest) if newest else latest_cursor()
    ends_at = time.monotonic() + seconds
    while latest_cursor() != last and time.monotonic() < ends_at:
        time.sleep(0.05)
