"""Who does what with incoming events and outgoing actions; `crystalbay.wiring` fills it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from integrations.models import InboxEvent


@dataclass(frozen=True)
class Outgoing:
    """What a handler sees of an outbox row. `id` is stable over retries: an idempotency key."""

    id: str
    topic: str
    key: str
    payload: dict[str, Any]


class OutboxHandler(Protocol):
    """Two steps, so that no network happens in a transaction."""

    def perform(self, outgoing: Outgoing) -> Any:
        """Do the effect. No transaction is open. Raise a ConnectorError to be tried again."""

    def apply(self, outgoing: Outgoing, result: Any) -> None:
        """Write the outcome, in the transaction that also marks the row done."""

    def give_up(self, outgoing: Outgoing, error_kind: str, message: str) -> None:
        """Tell a person; runs in the transaction that marks the row as needing attention."""

    def is_repeatable(self, outgoing: Outgoing) -> bool:
        """Whether doing it again is harmless when a worker died in the middle of it."""


# A whole event, inside the transaction that marks it done. Returns False when there was nothing
# to do with it.
InboxHandler = Callable[[InboxEvent], bool]

inbox_handlers: dict[str, InboxHandler] = {}
outbox_handlers: dict[str, OutboxHandler] = {}

# Topics whose actions take many seconds each, because somebody else's server does. All of them
# together get fewer threads than the smallest worker has: clients are answered by the others.
slow_topics: set[str] = set()
MOST_SLOW = 3
