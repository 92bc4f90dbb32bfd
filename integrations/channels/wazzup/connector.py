"""One number or page that Wazzup24 serves: what goes out through it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, ClassVar

from integrations.channels.base import (
    Capabilities,
    FetchedFile,
    InboundItem,
    OutboundMessage,
    OutboundTemplate,
    Receipt,
)
from integrations.channels.wazzup.client import SentMessage, WazzupClient
from integrations.channels.wazzup.errors import DUPLICATE, Refused
from integrations.channels.wazzup.transports import messenger_of
from integrations.transport.errors import AmbiguousError, ConnectorError, InvalidRequest
from integrations.transport.public_files import FetchPublic, download

# Their server may still be busy with the first try.
PAUSE_S = 1.0


class WazzupConnector:
    kind: ClassVar[str] = "wazzup_channel"

    def __init__(
        self,
        client: WazzupClient,
        channel_id: str,
        transport: str,
        *,
        files: FetchPublic = download,
        pause_s: float = PAUSE_S,
    ) -> None:
        """`files` gets clients' files; the demo world has its own."""
        self._client, self._channel_id = client, channel_id
        self._messenger, self._files, self._pause_s = messenger_of(transport), files, pause_s

    @property
    def capabilities(self) -> Capabilities:
        return self._messenger.capabilities

    def parse(self, body: str) -> Sequence[InboundItem]:
        """Events come to the connection with the key, for all of its channels."""
        return ()

    def send(self, message: OutboundMessage, *, key: str) -> Receipt:
        body = {**self._body(message), "crmMessageId": key}
        if message.reply_to:
            body["refMessageId"] = message.reply_to
        try:
            sent = self._send_once(body)
        except Refused as refused:
            if "refMessageId" not in body or refused.code != "referencemessagenotfound":
                raise
            # The answer matters more than what it quotes.
            del body["refMessageId"]
            sent = self._send_once(body)
        return Receipt(external_id=sent.message_id)

    def _send_once(self, body: dict[str, Any]) -> SentMessage:
        """Send; where it is unknown what became of it, ask once more with the same key.

        For 60 s Wazzup24 refuses a key it knows, so a second try reaches nobody twice. It must not
        come later than that: whoever repeats after a minute sends again. Only what is wrong with
        the message itself was wrong the first time too; every other failure tells nothing of it.
        """
        try:
            return self._accepted(body)
        except AmbiguousError as lost:
            time.sleep(self._pause_s)
            try:
                return self._accepted(body)
            except Refused:
                raise
            except ConnectorError:
                raise lost from None

    def _accepted(self, body: dict[str, Any]) -> SentMessage:
        try:
            return self._client.send(body)
        except Refused as refused:
            if refused.code != DUPLICATE:
                raise
            return SentMessage(message_id="", chat_id="")

    def _body(self, message: OutboundMessage) -> dict[str, Any]:
        chat_type, _colon, chat_id = message.chat_id.partition(":")
        body: dict[str, Any] = {
            "channelId": self._channel_id,
            "chatType": chat_type,
            "chatId": chat_id,
            # An automatic answer does not mean that a person has looked.
            "clearUnanswered": bool(message.author_id),
        }
        if message.author_id:
            body["crmUserId"] = message.author_id
        if message.template:
            return body | _template(message.template)
        if message.file:
            return body | {"contentUri": message.file.url}
        return body | {"text": message.text}

    def fetch_file(self, reference: str, *, max_bytes: int) -> FetchedFile:
        found = self._files(reference, max_bytes=max_bytes)
        return FetchedFile(found.content, found.mime)

    def edit(self, external_id: str, message: OutboundMessage) -> None:
        self._client.edit(external_id, {"text": message.text})


def _template(template: OutboundTemplate) -> dict[str, Any]:
    """The last guard before the wire: a client must never read «Здравствуйте, !»."""
    if not all(value.strip() for value in template.values):
        raise InvalidRequest("A value of the template is empty.")
    return {"templateId": template.external_id, "templateValues": list(template.values)}
