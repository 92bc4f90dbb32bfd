"""What the fake Wazzup24 says to us by itself: messages, statuses, changes of channels.

Bodies wait in `queue` until `flush`, so that a test decides what comes when; `post` is how they
travel (a test's client, or a real call).
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from integrations.fakes.wazzup import FakeWazzup

# (address, headers, body) -> status of the answer
Post = Callable[[str, Mapping[str, str], bytes], int]
# Their own spelling: a hyphen instead of the equals sign.
CONTENT_TYPE = "application/json; charset-utf-8"


@dataclass
class Manners:
    """How the provider behaves; each is legal by the documents."""

    echoes_our_sends: bool = False
    echo_overtakes_answer: bool = False
    shuffles: bool = False
    doubles: bool = False
    mixes: bool = False


class WazzupCaller:
    def __init__(self, server: FakeWazzup) -> None:
        self._server = server
        self.post: Post = lambda url, headers, body: 200
        self.uri = ""
        self.crm_key = ""
        self.flags: dict[str, bool] = {}
        self.manners = Manners()
        self.queue: list[dict[str, Any]] = []
        self.answers: list[int] = []

    def settings(self) -> dict[str, Any]:
        """Live the flags are booleans and the one of templates has another name."""
        flags = dict(self.flags)
        if "templateStatus" in flags:
            flags["wabaTemplatesStatus"] = flags.pop("templateStatus")
        return {"webhooksUri": self.uri, "subscriptions": flags}

    def set(self, body: Mapping[str, Any]) -> None:
        self.uri = body.get("webhooksUri", self.uri)
        self.flags |= body.get("subscriptions", {})

    def test(self, uri: str) -> int:
        return self._call(uri, {"test": True})

    def flush(self) -> None:
        """Send what waits; what the receiver does meanwhile is sent as well."""
        while self.queue:
            bodies, self.queue = self.queue, []
            if self.manners.mixes:
                bodies = [_mixed(bodies)]
            if self.manners.shuffles:
                random.shuffle(bodies)
            for body in bodies * (2 if self.manners.doubles else 1):
                self.answers.append(self._call(self.uri, body))

    def _call(self, uri: str, body: Mapping[str, Any]) -> int:
        headers = {"content-type": CONTENT_TYPE}
        if self.crm_key:
            headers["authorization"] = f"Bearer {self.crm_key}"
        return self.post(uri, headers, json.dumps(body, ensure_ascii=False).encode())

    # --- what happens in the messengers ---

    def client_writes(
        self, channel_id: str, chat_id: str, text: str = "", **more: Any
    ) -> dict[str, Any]:
        self._server.last_inbound[channel_id, chat_id] = self._server.now()
        message = self._message(channel_id, chat_id, text, isEcho=False, status="inbound")
        message["contact"] = {"name": more.pop("name", "Анна")}
        return self._say(message | more)

    def staff_writes_on_phone(
        self, channel_id: str, chat_id: str, text: str = "", **more: Any
    ) -> dict[str, Any]:
        message = self._message(channel_id, chat_id, text, isEcho=True, status="sent")
        return self._say(message | {"authorName": "Айгуль", "sentFromApp": False} | more)

    def edited(self, message: Mapping[str, Any], text: str) -> dict[str, Any]:
        old = {"oldText": message.get("text", "")}
        return self._say({**message, "text": text, "isEdited": True, "oldInfo": old})

    def deleted(self, message: Mapping[str, Any]) -> dict[str, Any]:
        old = {"oldText": message.get("text", "")}
        return self._say({**message, "isDeleted": True, "oldInfo": old})

    def status(self, message_id: str, status: str, error: str = "") -> None:
        row: dict[str, Any] = {
            "messageId": message_id,
            "timestamp": self._moment(),
            "status": status,
        }
        if error:
            row["error"] = {"error": error, "description": error.lower()}
        self.queue.append({"statuses": [row]})

    def channel_goes(self, channel_id: str, state: str, **more: Any) -> None:
        self._server.channels[channel_id]["state"] = state
        stamp = int(self._server.now() * 1000)
        row = {"channelId": channel_id, "state": state, "timestamp": stamp}
        self.queue.append({"channelsUpdates": [row | more]})

    def template_goes(self, guid: str, status: str) -> None:
        for template in self._server.templates:
            if template["templateGuid"] == guid:
                template["status"] = status.lower()
        self.queue.append({"templateStatus": {"templateGuid": guid, "status": status}})

    def after_send(self, message: Mapping[str, Any], *, is_late: bool) -> None:
        message_id = message["messageId"]
        if self.manners.echoes_our_sends:
            echo = self._message(
                message["channelId"],
                message["chatId"],
                message.get("text", ""),
                isEcho=True,
                status="sent",
                chatType=message["chatType"],
                messageId=message_id,
            )
            self._say(echo)
        if is_late:
            self.status(message_id, "error", "24_HOURS_EXCEEDED")
        else:
            for status in ("sent", "delivered"):
                self.status(message_id, status)
        if self.manners.echo_overtakes_answer:
            self.flush()

    def _say(self, message: dict[str, Any]) -> dict[str, Any]:
        self.queue.append({"messages": [message]})
        return message

    def _message(self, channel_id: str, chat_id: str, text: str, **more: Any) -> dict[str, Any]:
        transport = self._server.channels[channel_id]["transport"]
        chat_type = {"wapi": "whatsapp", "tgapi": "telegram", "maxbot": "max"}.get(
            transport, transport
        )
        message = {
            "messageId": str(uuid.uuid4()),
            "channelId": channel_id,
            "chatType": chat_type,
            "chatId": chat_id,
            "dateTime": self._moment(),
            "type": "text",
            "somethingNew": {"of": "tomorrow"},
        }
        return message | ({"text": text} if text else {}) | more

    def _moment(self) -> str:
        moment = datetime.fromtimestamp(self._server.now(), UTC)
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _mixed(bodies: list[dict[str, Any]]) -> dict[str, Any]:
    """All in one body, as it comes when much happens at once."""
    mixed: dict[str, Any] = {}
    for body in bodies:
        for name, value in body.items():
            rows = value if isinstance(value, list) else [value]
            mixed[name] = [*mixed.get(name, []), *rows]
    return mixed
