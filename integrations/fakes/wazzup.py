"""Fake of Wazzup24's public API v3: https://wazzup24.com/help/api-en/

What a real account does and a happy test forgets is here: the limit of calls, the memory of
`crmMessageId` for a minute, a key without rights, channels that take messages and deliver none.
What the fake says by itself is in `wazzup_webhooks.py`.
"""

from __future__ import annotations

import re
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from integrations.fakes.base import FakeRequest, FakeResponse, FakeServer, Fault
from integrations.fakes.wazzup_records import RecordStore
from integrations.fakes.wazzup_webhooks import WazzupCaller

CHANNEL_TRANSPORTS = {
    "whatsapp": {"whatsapp", "whatsgroup"},
    "wapi": {"whatsapp"},
    "instagram": {"instagram"},
    "tgapi": {"telegram", "telegroup"},
    "telegram": {"telegram", "telegroup"},
    "max": {"max", "maxgroup"},
    "maxbot": {"max", "maxgroup"},
    "vk": {"vk"},
    "avito": {"avito"},
    "viber": {"viber"},
}
SIDECAR_ROUTES = (
    ("GET", "/channels"),
    ("POST", "/message"),
    ("GET", "/webhooks"),
    ("PATCH", "/webhooks"),
    ("GET", "/templates/whatsapp"),
)
FIND_BY_PHONE = ("telegram", "max")
REMEMBERED_S, WINDOW_S, DAY_S = 60, 5, 86_400
_MESSAGE = re.compile(r"/message/([^/]+)")


class FakeWazzup(FakeServer):
    """Own faults for `fail_next`: "accepted_500" (done, answered with 500), "accepted_empty" (done,
    201 without a body), and those of every fake; "lost_answer" is a time-out after accepting.
    """

    key = "fake0123456789abcdef0123456789ab"

    def __init__(self, *, now: Callable[[], float] = time.time) -> None:
        super().__init__()
        self.now = now
        self.is_sidecar = False
        self.limit = 500
        self.duplicate_code = "REPEATED_CRM_MESSAGE_ID"
        self.channels: dict[str, dict[str, Any]] = {}
        self.templates: list[dict[str, Any]] = []
        # What clients' files hold, by their address.
        self.files: dict[str, bytes] = {}
        self.sent: list[dict[str, Any]] = []
        self.last_inbound: dict[tuple[str, str], float] = {}
        self.records = RecordStore()
        self.calls = WazzupCaller(self)
        self._calls_at: deque[float] = deque()
        self._crm_ids: dict[str, float] = {}

    def add_channel(
        self, transport: str, plain_id: str, state: str = "active", *, channel_id: str = ""
    ) -> str:
        channel_id = channel_id or str(uuid.uuid4())
        self.channels[channel_id] = {
            "channelId": channel_id,
            "transport": transport,
            "plainId": plain_id,
            "state": state,
            "name": f"{transport} {plain_id}",
        }
        return channel_id

    def add_template(
        self, code: str, *channel_ids: str, status: str = "approved", guid: str = ""
    ) -> str:
        guid = guid or str(uuid.uuid4())
        self.templates.append(
            {
                "templateGuid": guid,
                "accountId": 1,
                "title": "Напоминание",
                "name": "reminder",
                "waba": {"wabaId": "1", "wabaName": "Agency"},
                "channels": list(channel_ids),
                "category": "UTILITY",
                "language": "ru",
                "status": status,
                "rejected_reason": None,
                "namespace": "ns",
                "templateCode": code,
                "components": [{"type": "BODY", "text": code}],
            }
        )
        return guid

    def respond(self, request: FakeRequest) -> FakeResponse:
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return error(401, "UNAUTHORIZED")
        if self._is_too_much():
            return error(429, "TOO_MANY_REQUESTS")
        path = request.path.removeprefix("/v3")
        if self.is_sidecar and (request.method, path) not in SIDECAR_ROUTES:
            return error(403, "FORBIDDEN")
        match request.method, path:
            case "GET", "/channels":
                return FakeResponse.of_json(list(self.channels.values()))
            case "POST", "/message":
                return self._send(request.json())
            case "GET", "/webhooks":
                return FakeResponse.of_json(self.calls.settings())
            case "PATCH", "/webhooks":
                return self._set_webhooks(request.json())
            case "GET", "/templates/whatsapp":
                return self._page_of_templates(request.query)
        if found := _MESSAGE.fullmatch(path):
            return self._change(request, found[1])
        return self.records.respond(request, path)

    def respond_faulty(self, request: FakeRequest, fault: Fault) -> FakeResponse:
        if fault.name == "accepted_500":
            self.respond(request)
            return FakeResponse(500)
        if fault.name == "accepted_empty":
            return FakeResponse(self.respond(request).status)
        return super().respond_faulty(request, fault)

    def _is_too_much(self) -> bool:
        now = self.now()
        while self._calls_at and self._calls_at[0] <= now - WINDOW_S:
            self._calls_at.popleft()
        if len(self._calls_at) >= self.limit:
            return True
        self._calls_at.append(now)
        return False

    def _send(self, body: Mapping[str, Any]) -> FakeResponse:
        if refusal := self._refusal(body):
            return refusal
        channel = self.channels[body["channelId"]]
        message = {
            **body,
            "messageId": str(uuid.uuid4()),
            "chatId": body.get("chatId") or f"guid-{uuid.uuid4()}",
        }
        if crm_id := body.get("crmMessageId"):
            self._crm_ids[crm_id] = self.now()
        self.sent.append(message)
        if channel["state"] != "blocked":
            self.calls.after_send(message, is_late=self._is_late(channel, message))
        answer = {"messageId": message["messageId"], "chatId": message["chatId"]}
        return FakeResponse.of_json(answer, 201)

    def _refusal(self, body: Mapping[str, Any]) -> FakeResponse | None:
        crm_id = body.get("crmMessageId", "")
        if self.now() - self._crm_ids.get(crm_id, -REMEMBERED_S) < REMEMBERED_S:
            return error(400, self.duplicate_code, {"crmMessageId": crm_id})
        channel = self.channels.get(body.get("channelId", ""))
        if channel is None:
            return error(400, "CHANNEL_NOT_FOUND")
        chat_type = body.get("chatType", "")
        if chat_type not in CHANNEL_TRANSPORTS[channel["transport"]]:
            return error(400, "WRONG_TRANSPORT", {"chatType": chat_type})
        has_words = bool(body.get("text")) or bool(body.get("templateId"))
        if has_words and body.get("contentUri"):
            return error(400, "MESSAGE_ONLY_TEXT_OR_CONTENT")
        if not has_words and not body.get("contentUri"):
            return error(400, "MESSAGE_NOTHING_TO_SEND")
        return self._refused_address(body) or self._refused_template(body)

    def _refused_address(self, body: Mapping[str, Any]) -> FakeResponse | None:
        by_phone = body.get("chatType") in FIND_BY_PHONE and (
            body.get("phone") or body.get("username")
        )
        if body.get("chatId") or by_phone:
            return None
        return error(400, "INVALID_MESSAGE_DATA", {"fields": ["chatId"]})

    def _refused_template(self, body: Mapping[str, Any]) -> FakeResponse | None:
        if "templateId" not in body:
            return None
        guid = body["templateId"]
        template = next((one for one in self.templates if one["templateGuid"] == guid), None)
        if template is None or template["status"] != "approved":
            return error(400, "TEMPLATE_REJECTED")
        wanted = len(set(re.findall(r"\{\{\d+}}", template["templateCode"])))
        values = body.get("templateValues", [])
        if len(values) != wanted or not all(values):
            return error(400, "INVALID_MESSAGE_DATA", {"fields": ["templateValues"]})
        return None

    def _is_late(self, channel: Mapping[str, Any], message: Mapping[str, Any]) -> bool:
        """Free text on a business number more than a day after the client's last words."""
        if channel["transport"] != "wapi" or "templateId" in message:
            return False
        last = self.last_inbound.get((message["channelId"], message["chatId"]), 0)
        return self.now() - last > DAY_S

    def _change(self, request: FakeRequest, message_id: str) -> FakeResponse:
        message = next((one for one in self.sent if one["messageId"] == message_id), None)
        if message is None:
            return error(404, "MESSAGES_NOT_FOUND")
        is_waba = self.channels[message["channelId"]]["transport"] == "wapi"
        if request.method == "DELETE":
            if is_waba:
                return error(400, "CHANNEL_INVALID_TRANSPORT_FOR_DELETION")
            message["isDeleted"] = True
            return FakeResponse(200)
        if request.method != "PATCH":
            return error(404, "NOT_FOUND")
        if is_waba:
            return error(400, "CHANNEL_INVALID_TRANSPORT_FOR_EDITING")
        if message.get("buttonsObject"):
            return error(400, "MESSAGES_CONTAIN_BUTTONS")
        message.update(request.json())
        return FakeResponse(200)

    def _set_webhooks(self, body: Mapping[str, Any]) -> FakeResponse:
        uri = str(body.get("webhooksUri", ""))
        if uri and (len(uri) > 200 or not uri.startswith(("http://", "https://"))):
            return error(400, "uriNotValid")
        if uri:
            status = self.calls.test(uri)
            if status != 200:
                return error(400, "testPostNotPassed", status)
        self.calls.set(body)
        # Not JSON, as their documentation prints it.
        return FakeResponse(200, {"content-type": "text/html"}, b"{ok}")

    def _page_of_templates(self, query: Mapping[str, str]) -> FakeResponse:
        offset, limit = int(query.get("offset", "0")), int(query.get("limit", "100"))
        return FakeResponse.of_json(self.templates[offset : offset + min(limit, 100)])


def error(status: int, code: str, data: Any = None) -> FakeResponse:
    body = {"status": status, "requestId": str(uuid.uuid4()), "error": code, "description": code}
    return FakeResponse.of_json(body if data is None else {**body, "data": data}, status)
