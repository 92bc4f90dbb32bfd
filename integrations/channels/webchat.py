"""The chat of our own site, spoken through /api/v1/webchat/.

There is no provider behind it: a message is delivered when it is stored, because the customer's
page reads it from us. A chat's token is its random id signed with the account's key, so a session
costs no row until somebody writes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from integrations.channels.base import (
    Capabilities,
    FetchedFile,
    InboundMessage,
    OutboundMessage,
    Receipt,
    Sender,
    UnreadableEvent,
)
from integrations.transport.errors import PermanentError
from integrations.transport.webhook import Rejected

CHAT_ID_BYTES = 16
SIGNATURE_LENGTH = 32


class WebchatConnector:
    kind: ClassVar[str] = "webchat"
    capabilities: ClassVar[Capabilities] = Capabilities(text_limit=4000, repeats_safely=True)

    def __init__(self, token_keys: Sequence[str]) -> None:
        """`token_keys`: the first signs, all verify, so that a key can be replaced in use."""
        self._keys = [key.encode() for key in token_keys]

    def open_session(self) -> str:
        chat_id = secrets.token_hex(CHAT_ID_BYTES)
        return f"{chat_id}.{self._signature(self._keys[0], chat_id)}"

    def verify(self, token: str) -> str:
        """Return the chat id of a token we signed. Raises Rejected."""
        chat_id, _, signature = token.partition(".")
        if not (chat_id.isascii() and signature.isascii()):
            raise Rejected
        for key in self._keys:
            if hmac.compare_digest(self._signature(key, chat_id), signature):
                return chat_id
        raise Rejected

    def _signature(self, key: bytes, chat_id: str) -> str:
        digest = hmac.new(key, b"webchat:" + chat_id.encode(), hashlib.sha256)
        return digest.hexdigest()[:SIGNATURE_LENGTH]

    def parse(self, body: str) -> Sequence[InboundMessage]:
        try:
            event: Mapping[str, Any] = json.loads(body)
            return [
                InboundMessage(
                    external_id=event["client_id"],
                    chat_id=event["chat_id"],
                    sender=Sender(external_id=event["chat_id"]),
                    text=event["text"],
                    sent_at=datetime.fromisoformat(event["sent_at"]),
                )
            ]
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableEvent("The stored chat event has another shape.") from error

    def send(self, message: OutboundMessage, *, key: str) -> Receipt:
        return Receipt(external_id=key)

    def fetch_file(self, reference: str, *, max_bytes: int) -> FetchedFile:
        raise PermanentError("The site chat has no files.")

    def edit(self, external_id: str, message: OutboundMessage) -> None:
        """The page reads the changed words from us."""
