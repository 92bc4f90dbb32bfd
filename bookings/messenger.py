"""How bookings speak to clients. Empty here; the composition root hangs the chat on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from django.utils.translation import gettext as _

from common.errors import Conflict


class Messenger(Protocol):
    def tell(self, lead_id: int, text: str, *, key: str) -> int:
        """Enqueue the text to the client of a lead, once per `key`; return the message's id.

        Call it inside a transaction. Raises a DomainError that says why it can't be sent.
        """

    def delivery(self, message_ids: Iterable[int]) -> Mapping[int, str]:
        """What became of messages, in the words of the desk."""


messengers: list[Messenger] = []


def tell_client(lead_id: int, text: str, *, key: str) -> int:
    """Raises Conflict where no channel is connected; a person has to call."""
    if not messengers:
        raise Conflict(_("No channel leads to this client: call them."), code="no_channel")
    return messengers[0].tell(lead_id, text, key=key)


def delivery_of(message_ids: Iterable[int]) -> Mapping[int, str]:
    return messengers[0].delivery(message_ids) if messengers else {}
