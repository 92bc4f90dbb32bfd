"""The channel port: what every messenger, mailbox and site chat looks like to the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Literal, Protocol

from integrations.transport.errors import PermanentError


class UnreadableEvent(PermanentError):
    """An authentic event that this connector can't read; a person has to look at it."""


AttachmentKind = Literal[
    "photo", "document", "voice", "audio", "video", "sticker", "location", "contact"
]
DeliveryStatus = Literal["sent", "delivered", "read", "failed"]


@dataclass(frozen=True)
class Capabilities:
    """`repeats_safely`: the provider recognises our key, so a repeat can't reach a client twice.

    `text_limit`: in UTF-16 units, as messengers count; a longer text is refused, or becomes several
    messages where `splits_text`. `edits`: words and keys of a sent message can be changed.
    `buttons`: keys under a message. `window`: for so long after the client's last words free text
    goes through; afterwards only `templates`, or nothing.
    """

    text_limit: int
    repeats_safely: bool
    splits_text: bool = False
    files: bool = False
    file_limit_bytes: int = 0
    edits: bool = False
    buttons: bool = False
    window: timedelta | None = None
    templates: bool = False


@dataclass(frozen=True)
class Sender:
    external_id: str
    name: str = ""
    phone: str = ""


@dataclass(frozen=True)
class InboundAttachment:
    """Something that came with a message.

    `reference` is what `fetch_file` needs to get the content, empty where there is none: a place or
    a contact is all in `details` (`latitude`, `longitude`, `title`; `name`, `phone`).
    """

    kind: AttachmentKind
    reference: str = ""
    name: str = ""
    mime: str = ""
    size: int | None = None
    details: Mapping[str, str | float] = field(default_factory=dict)


@dataclass(frozen=True)
class InboundMessage:
    """`album`: messages of one chat with the same mark are one message with several files.

    `reply_to`: the id of the message it quotes. `group`: the group it was said in, where it was
    one; the sender is the group then, and `author_name` who said it.
    """

    external_id: str
    chat_id: str
    sender: Sender
    text: str
    sent_at: datetime
    attachments: tuple[InboundAttachment, ...] = ()
    reply_to: str = ""
    album: str = ""
    group: str = ""
    author_name: str = ""


@dataclass(frozen=True)
class InboundEcho:
    """Something that went out from our side of a chat: a repeat of our own message, or what a
    colleague wrote past us, in the phone. `message` is as if the client had said it.

    `author_id` is our own number of the colleague, where the channel knows it.
    """

    message: InboundMessage
    author_name: str = ""
    author_id: str = ""


@dataclass(frozen=True)
class InboundEdit:
    """The author has changed the words of a message."""

    external_id: str
    chat_id: str
    text: str
    edited_at: datetime


@dataclass(frozen=True)
class InboundDeletion:
    """The author has taken a message back."""

    external_id: str
    chat_id: str
    deleted_at: datetime


@dataclass(frozen=True)
class DeliveryUpdate:
    """What became of a message of ours. May come in any order, and before our own answer."""

    external_id: str
    status: DeliveryStatus
    at: datetime
    reason: str = ""


InboundItem = InboundMessage | InboundEcho | InboundEdit | InboundDeletion | DeliveryUpdate


@dataclass(frozen=True)
class OutboundFile:
    kind: AttachmentKind
    name: str
    mime: str
    content: bytes
    # Where the channel may fetch it for some minutes, for those that want an address.
    url: str = ""


@dataclass(frozen=True)
class OutboundTemplate:
    """An approved text of the messenger; `values` fill its places, in order."""

    external_id: str
    values: tuple[str, ...]


# A button with this `data` hands over the phone number, where the channel knows such a thing.
ASK_PHONE = "@phone"


@dataclass(frozen=True)
class Button:
    """A key under a message: it opens `url`, or sends `data` (1 to 64 bytes) back to us."""

    label: str
    data: str = ""
    url: str = ""


@dataclass(frozen=True)
class OutboundMessage:
    """Words, or one file, or a template; `buttons` are rows of keys.

    `author_id`: our number of the colleague who writes, empty for what is written automatically.
    """

    chat_id: str
    text: str
    file: OutboundFile | None = None
    reply_to: str = ""
    buttons: tuple[tuple[Button, ...], ...] = ()
    template: OutboundTemplate | None = None
    author_id: str = ""


@dataclass(frozen=True)
class Receipt:
    """`external_id` is empty when it was taken, but its id is lost: an echo may tell it."""

    external_id: str


@dataclass(frozen=True)
class FetchedFile:
    content: bytes
    mime: str = ""


class ChannelConnector(Protocol):
    kind: ClassVar[str]

    @property
    def capabilities(self) -> Capabilities:
        """What this very account can do; one kind may serve several messengers."""

    def parse(self, body: str) -> Sequence[InboundItem]:
        """Read one stored event. Pure. Raises UnreadableEvent."""

    def send(self, message: OutboundMessage, *, key: str) -> Receipt:
        """Hand a message to the provider. `key` is the same on every repeat.

        Raises a ConnectorError; AmbiguousError when the answer was lost.
        """

    def fetch_file(self, reference: str, *, max_bytes: int) -> FetchedFile:
        """Get a file of a client. Raises a ConnectorError; PermanentError if it is too large."""

    def edit(self, external_id: str, message: OutboundMessage) -> None:
        """Change what a sent message says, where `capabilities.edits`. Safe to repeat."""
