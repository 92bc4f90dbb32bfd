"""Fake of OpenAI's chat completions: scripted answers, and the faults a real service shows.

https://platform.openai.com/docs/api-reference/chat/object
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from integrations.fakes.base import FakeRequest, FakeResponse, FakeServer, Fault

Script = Callable[[Mapping[str, Any]], Mapping[str, Any] | str]


class FakeOpenAI(FakeServer):
    """`script` gets the request's JSON and returns the answer's object, or raw text.

    `{"tool": name, "arguments": {…}}` makes the model call a tool. Own faults for `fail_next`:
    "refusal", "length" (cut off), "filtered", "no_choice", "prose" (no JSON), "wrong_shape",
    "bad_arguments" (a tool call whose arguments are no JSON).
    """

    key = "sk-fake-0123456789abcdef0123"

    def __init__(self, script: Script | None = None, *, model: str = "gpt-4o") -> None:
        super().__init__()
        self.script: Script = script or (lambda body: {})
        self.model = model

    def respond(self, request: FakeRequest) -> FakeResponse:
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return _error(401, "invalid_api_key")
        if request.path.endswith("/models"):
            models = [{"id": self.model, "object": "model", "created": 1, "owned_by": "fake"}]
            return FakeResponse.of_json({"object": "list", "data": models})
        if request.method != "POST" or not request.path.endswith("/chat/completions"):
            return _error(404, "unknown_url")
        body = request.json()
        missing = {"model", "messages"} - body.keys()
        if missing:
            return _error(400, f"missing {sorted(missing)}")
        return self._completion(self.script(body))

    def respond_faulty(self, request: FakeRequest, fault: Fault) -> FakeResponse:
        wrong: dict[str, dict[str, Any]] = {
            "refusal": {"message": {"content": None, "refusal": "I can't help with that."}},
            "length": {"finish_reason": "length", "message": {"content": '{"text": "Здрав'}},
            "filtered": {"finish_reason": "content_filter", "message": {"content": ""}},
            "prose": {"message": {"content": "Конечно! Вот ваш тур."}},
            "wrong_shape": {"message": {"content": '{"anything": 1}'}},
            "bad_arguments": {"finish_reason": "tool_calls", "message": _call("search", "{oops")},
        }
        if fault.name == "no_choice":
            return FakeResponse.of_json({**_frame(self.model), "choices": []})
        if fault.name in wrong:
            return self._choice(**wrong[fault.name])
        return super().respond_faulty(request, fault)

    def _completion(self, answer: Mapping[str, Any] | str) -> FakeResponse:
        if isinstance(answer, str):
            return self._choice(message={"content": answer})
        if "tool" in answer:
            call = _call(answer["tool"], json.dumps(answer["arguments"]))
            return self._choice(finish_reason="tool_calls", message=call)
        return self._choice(message={"content": json.dumps(answer, ensure_ascii=False)})

    def _choice(self, *, message: Mapping[str, Any], finish_reason: str = "stop") -> FakeResponse:
        full = {"role": "assistant", "content": None, "refusal": None, **message}
        choice = {"index": 0, "message": full, "logprobs": None, "finish_reason": finish_reason}
        return FakeResponse.of_json({**_frame(self.model), "choices": [choice]})


def _frame(model: str) -> dict[str, Any]:
    usage = {"prompt_tokens": 120, "completion_tokens": 40, "total_tokens": 160}
    created = int(time.time())
    kind = "chat.completion"
    return {
        "id": "chatcmpl-1", "object": kind, "created": created, "model": model, "usage": usage,
    }  # fmt: skip


def _call(name: str, arguments: str) -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {"tool_calls": [{"id": "call_1", "type": "function", "function": function}]}


def _error(status: int, code: str) -> FakeResponse:
    error = {"message": code, "type": "invalid_request_error", "param": None, "code": code}
    return FakeResponse.of_json({"error": error}, status)
