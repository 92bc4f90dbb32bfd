"""The part of the fake Wazzup24 that keeps our users, contacts, deals and pipelines."""

from __future__ import annotations

from typing import Any

from integrations.fakes.base import FakeRequest, FakeResponse

MOST_ITEMS, PAGE = 100, 100
REQUIRED = {
    "users": ("id", "name"),
    "contacts": ("id", "responsibleUserId", "name", "contactData"),
    "deals": ("id", "responsibleUserId", "name", "contacts", "uri", "closed"),
}


class RecordStore:
    def __init__(self) -> None:
        self.rows: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in REQUIRED}
        self.pipelines: list[dict[str, Any]] = []
        self.unanswered: dict[str, int] = {}

    def respond(self, request: FakeRequest, path: str) -> FakeResponse:
        kind, _slash, rest = path.strip("/").partition("/")
        if kind in self.rows:
            return self._of_kind(request, kind, rest)
        match request.method, path:
            case "GET", "/pipelines":
                return FakeResponse.of_json(self.pipelines)
            case "POST", "/pipelines":
                self.pipelines = request.json()
                return FakeResponse()
        if request.method == "GET" and kind == "unanswered" and rest:
            count = self.unanswered.get(rest, 0)
            body = {"counterV2": count, "type": "red" if count else None, "lastMsgDateTime": None}
            return FakeResponse.of_json(body)
        return _refuse(404, "NOT_FOUND")

    def _of_kind(self, request: FakeRequest, kind: str, rest: str) -> FakeResponse:
        rows = self.rows[kind]
        match request.method, rest:
            case "GET", "":
                return self._list(kind, int(request.query.get("offset", "0")))
            case "POST", "":
                return self._save(kind, request.json())
            case "PATCH", "bulk_delete":
                return FakeResponse.of_json(
                    [one for one in request.json() if rows.pop(one, None) is None]
                )
            case "GET", _ if rest in rows:
                return FakeResponse.of_json(rows[rest])
            case "DELETE", _ if rest in rows:
                del rows[rest]
                return FakeResponse()
        return _refuse(404, "NOT_FOUND")

    def _list(self, kind: str, offset: int) -> FakeResponse:
        rows = self.rows[kind]
        if kind == "users":
            return FakeResponse.of_json(sorted(rows.values(), key=lambda row: row["name"]))
        found = [rows[key] for key in sorted(rows)][offset : offset + PAGE]
        return FakeResponse.of_json({"count": len(rows), "data": found})

    def _save(self, kind: str, items: Any) -> FakeResponse:
        if not isinstance(items, list):
            return _refuse(400, "VALIDATION_ERROR")
        if len(items) > MOST_ITEMS:
            return _refuse(400, "TOO_MANY_ENTITIES")
        bad = [
            {"index": index, "fields": missing}
            for index, item in enumerate(items)
            if (missing := [name for name in REQUIRED[kind] if item.get(name) in (None, "", [])])
        ]
        if bad:
            return _refuse(400, f"INVALID_{kind.upper()}_DATA", bad)
        ids = [item["id"] for item in items]
        if kind == "contacts" and len(set(ids)) < len(ids):
            return FakeResponse(500)
        self.rows[kind].update({item["id"]: item for item in items})
        return FakeResponse()


def _refuse(status: int, code: str, data: Any = None) -> FakeResponse:
    body = {"status": status, "error": code, "description": code}
    return FakeResponse.of_json(body if data is None else {**body, "data": data}, status)
