"""Understanding a file of messages at once, for measuring quality."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator

from chat.ai.nlp.processor import NLPProcessor


class BadLineError(ValueError):
    """A line that is not a message: what is wrong, for the person who made the file."""


def understand_lines(
    lines: Iterable[str], processor: NLPProcessor, on_error: Callable[[int, str], None]
) -> Iterator[str]:
    """Yield one JSON answer for each good line, in order; bad ones go to `on_error` by number."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            message_id, text, asked_on = _message(line)
        except BadLineError as error:
            on_error(number, str(error))
            continue
        understood = processor.understand(text, asked_on=asked_on)
        answer = {"id": message_id, "intent": understood.intent, "slots": understood.slots()}
        yield json.dumps(answer, ensure_ascii=False)


def _message(line: str) -> tuple[object, str, dt.date]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLineError("not JSON") from error
    if not isinstance(record, dict) or not isinstance(record.get("text"), str):
        raise BadLineError("no text")
    if "id" not in record:
        raise BadLineError("no id")
    try:
        asked_on = dt.date.fromisoformat(record["asked_on"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadLineError("asked_on is not a date like 2026-05-20") from error
    return record["id"], record["text"], asked_on
