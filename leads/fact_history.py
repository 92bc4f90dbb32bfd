"""How what is known of one thing has changed: «Турция → Вьетнам, 14:20»."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from common.admin import short_moment
from leads.models import LeadFact

# What a message makes untrue and what it tells instead are one change.
TOGETHER = timedelta(seconds=0.5)
MOST = 3
Say = Callable[[Sequence[LeadFact]], str]


def fact_changes(rows: Sequence[LeadFact], say: Say) -> tuple[str, ...]:
    """The last changes of a group of facts, the oldest first. `rows`: closed ones too, by age."""
    ends = _ends(rows)
    texts = [(moment, say(_alive(rows, ends, moment))) for moment in _moments(rows, ends)]
    told = [(moment, text) for moment, text in texts if text]
    pairs = zip(told, told[1:], strict=False)
    changes = [f"{old} → {new}, {_when(moment)}" for (_, old), (moment, new) in pairs if old != new]
    return tuple(changes[-MOST:])


def _ends(rows: Sequence[LeadFact]) -> list[datetime | None]:
    """When each row stopped being true; rows closed before that was kept end with their heir."""
    ends: list[datetime | None] = []
    for number, row in enumerate(rows):
        heirs = (later.created_at for later in rows[number + 1 :] if later.name == row.name)
        end = row.closed_at or next(heirs, row.created_at)
        ends.append(None if row.is_current else end)
    return ends


def _moments(rows: Sequence[LeadFact], ends: Sequence[datetime | None]) -> list[datetime]:
    """The last moment of every change."""
    all_of_them = sorted({row.created_at for row in rows} | {end for end in ends if end})
    following = [*all_of_them[1:], None]
    return [
        moment
        for moment, after in zip(all_of_them, following, strict=True)
        if after is None or after - moment > TOGETHER
    ]


def _alive(
    rows: Sequence[LeadFact], ends: Sequence[datetime | None], moment: datetime
) -> list[LeadFact]:
    alive = {
        row.name: row
        for row, end in zip(rows, ends, strict=True)
        if row.created_at <= moment and (end is None or end > moment)
    }
    return list(alive.values())


def _when(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local:%H:%M}" if local.date() == timezone.localdate() else str(short_moment(moment))
