"""The channel port: what every messenger, mailbox and site chat looks like to the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol

from integrations.transport.errors import PermanentError


class UnreadableEvent(PermanentError):
    """An authentic event that this connector can't read; a person has to look at it."""


@dataclass(frozen=True)
class Capabilities:
    """`repeats_safely`: the provider recognises our key, so a repeat can't reach a client twice."""

    text_limit: int
    repeats_safely: bool


@dataclass(frozen=True)
class Sender:
    external_id: str
    name: str = ""
    phone: str = ""


@dataclass(frozen=True)
class InboundMessage:
    external_id: str
    chat_id: str
    sender: Sender
    text: str
    sent_at: datetime


@dataclass(frozen=True)
class OutboundMessage:
    chat_id: str
    text: str


@dataclass(frozen=True)
class Receipt:
    external_id: str


class ChannelConnector(Protocol):
    kind: ClassVar[str]
    capabilities: ClassVar[Capabilities]

    def parse(self, body: str) -> Sequence[InboundMessage]:
        """Read one stored event. Pure. Raises UnreadableEvent."""

    def send(self, message: OutboundMessage, *, key: str) -> Receipt:
        """Hand a message to the provider. `key` is the same on every repeat.

        Raises a ConnectorError; AmbiguousError when the answer was lost.
        """
