"""Who wants to hear of what happens here. The composition root fills the lists."""

from __future__ import annotations

from collections.abc import Callable

from bookings.models import SearchRun, SelectionEvent

# A search that had to wait for the operator has ended.
on_late_search: list[Callable[[SearchRun], None]] = []
# A client has opened a selection, liked, asked or chosen; or a price in it has changed.
on_selection_event: list[Callable[[SelectionEvent], None]] = []
