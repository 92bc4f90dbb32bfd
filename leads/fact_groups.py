"""Facts that belong together: a new «from 5 nights» must not keep an old «up to 3»."""

from __future__ import annotations

GROUPS = (
    ("date_from", "date_to"),
    ("nights_min", "nights_max"),
    ("budget_min", "budget_max", "currency"),
    ("children", "children_ages"),
    ("countries", "resorts"),
)


def group_of(name: str) -> tuple[str, ...]:
    return next((group for group in GROUPS if name in group), (name,))
