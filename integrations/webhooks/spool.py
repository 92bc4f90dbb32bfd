"""Webhooks that came while the database was away: one file each, stored when it is back.

Files lie in VAR_DIR/webhooks, readable for the owner only; their names sort by time of arrival.
"""

from __future__ import annotations

import json
import os
import shutil
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path

import structlog
from django.conf import settings
from django.db import DataError, IntegrityError
from django.db import Error as DatabaseFault

from integrations.delivery.inbox import Arrival, receive_calls
from integrations.transport.webhook import WebhookEvent

log = structlog.get_logger(__name__)

# Below this the disk is left to the database, which needs it to come back.
LEAST_FREE_BYTES = 200 * 1024 * 1024
PAGE = 200
Kept = tuple[Path, Arrival]


class SpoolFull(OSError):
    """There is no room for more."""


def folder() -> Path:
    return Path(settings.VAR_DIR) / "webhooks"


def keep(arrival: Arrival) -> None:
    """Write the events of one call to disk. Raises OSError when that fails."""
    if not arrival.events:
        return
    where = folder()
    where.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(where).free < LEAST_FREE_BYTES:
        raise SpoolFull
    name = f"{time.time_ns():020d}-{uuid.uuid4().hex}"
    text = json.dumps(
        {
            "account": arrival.account_id,
            "number": arrival.correlation_id,
            "events": [astuple(event) for event in arrival.events],
        }
    )
    draft = where / f"{name}.part"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    # Whole or not at all: a reader never sees half a file.
    draft.rename(where / f"{name}.json")


def store_kept() -> int:
    """Store what is kept, oldest first; return how many calls. Safe to run twice at once.

    Ends quietly while the database is still away.
    """
    stored = 0
    try:
        while files := sorted(folder().glob("*.json"))[:PAGE]:
            kept = [(file, arrival) for file in files if (arrival := _read(file))]
            stored += _store_together(kept)
    except DatabaseFault as error:
        log.warning("kept_webhooks_wait", reason=type(error).__name__)
    if stored:
        log.info("kept_webhooks_stored", calls=stored)
    return stored


def _read(file: Path) -> Arrival | None:
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        events = [WebhookEvent(*event) for event in kept["events"]]
        return Arrival(int(kept["account"]), events, str(kept.get("number", "")))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        _set_aside(file, error)
        return None


def _store_together(kept: Sequence[Kept]) -> int:
    """Store all of them, or find the one that the database does not want."""
    try:
        receive_calls([arrival for _file, arrival in kept])
    except (IntegrityError, DataError) as error:
        if len(kept) == 1:
            _set_aside(kept[0][0], error)
            return 0
        return sum(_store_together([one]) for one in kept)
    for file, _arrival in kept:
        file.unlink(missing_ok=True)
    return len(kept)


def _set_aside(file: Path, error: Exception) -> None:
    """Nobody's account, or damaged: kept for a person, out of the way of the others."""
    log.error("kept_webhook_unreadable", file=file.name, reason=type(error).__name__)
    with suppress(FileNotFoundError):
        file.rename(file.with_suffix(".bad"))
