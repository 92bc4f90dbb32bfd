"""One action for many leads: each through its own service, each in its own transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from common.errors import DomainError
from leads.permissions import Person, visible_lead_ids

Result = TypeVar("Result")


@dataclass
class Outcome(Generic[Result]):
    """What each lead's service returned, and why it refused the others."""

    asked: int = 0
    done: dict[int, Result] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)


def for_each(
    lead_ids: Iterable[int], viewer: Person, act: Callable[[int], Result]
) -> Outcome[Result]:
    """Act on those of the leads the person may see; one refusal does not stop the rest."""
    chosen = list(dict.fromkeys(lead_ids))
    visible = visible_lead_ids(viewer, chosen)
    outcome: Outcome[Result] = Outcome(asked=len(chosen))
    for lead_id in chosen:
        if lead_id not in visible:
            continue
        try:
            outcome.done[lead_id] = act(lead_id)
        except DomainError as error:
            outcome.refusals.append(error.message)
    return outcome
