"""What the invented world knows of tours: the operator's whole catalogue, read from the fake."""

from __future__ import annotations

from bookings.services.catalogue import continue_sync, start_sync

BUDGET_S = 60.0


def read_catalogue() -> None:
    """Nothing leaves the machine: in the demo world the operator is the shipped fake."""
    continue_sync(start_sync().pk, BUDGET_S)
