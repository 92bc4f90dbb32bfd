"""What upper apps show on leads. Empty here; the composition root fills it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Badge:
    """What another app knows about a lead.

    `url` is the page where one works with it. `watch` names the object whose live notices concern
    the card, as `<payload key>:<id>`.
    """

    url: str = ""
    watch: str = ""
    waiting_since: datetime | None = None
    last_text: str = ""


BadgeSource = Callable[[Sequence[int]], Mapping[int, Badge]]

card_badges: list[BadgeSource] = []


def badges_of(lead_ids: Sequence[int]) -> dict[int, Badge]:
    """Ask every source once for all the leads; the first one that knows a lead wins."""
    found: dict[int, Badge] = {}
    for source in card_badges:
        found = {**source(lead_ids), **found}
    return found
