"""Webhooks that came while the database was away: one file each, stored when it is back.

Files lie in VAR_DIR/webhooks, readable for the owner only; their names sort by time of arrival.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

import structlog
from django.conf import settings
from django.db import Error as DatabaseFault
from django.db import IntegrityError

from integrations.delivery.inbox import receive_all
from integrations.transport.webhook import WebhookEvent

log = structlog.get_logger(__name__)

# Below this the disk is left to the database, which needs it to come back.
LEAST_FREE_BYTES = 200 * 1024 * 1024
PAGE = 2_000

_is_ours_to_store = threading.Event()
_one_at_a_time = threading.Lock()


class SpoolFull(OSError):
    """There is no room for more."""


def folder() -> Path:
    return Path(settings.VAR_DIR) / "webhooks"


def keep(account_id: int, events: Sequence[WebhookEvent]) -> None:
    """Write the events of one call to disk. Raises OSError when that fails."""
    if not events:
        return
    where = folder()
    where.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(where).free < LEAST_FREE_BYTES:
        raise SpoolFull
    name = f"{time.time_ns():020d}-{uuid.uuid4().hex}"
    text = json.dumps({"account": account_id, "events": [astuple(event) for event in events]})
    draft = where / f"{name}.part"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    # Whole or not at all: a reader never sees half a file.
    draft.rename(where / f"{name}.json")
    _is_ours_to_store.set()


def has_our_own() -> bool:
    return _is_ours_to_store.is_set()


def store_our_own() -> None:
    """Store what this process has kept, once the database has answered again.

    The worker does the same by its clock, but may stand on another machine.
    """
    if _one_at_a_time.acquire(blocking=False):
        try:
            _is_ours_to_store.clear()
            store_kept()
        finally:
            _one_at_a_time.release()


def store_kept() -> int:
    """Store what is kept, oldest first; return how many calls. Safe to run twice at once.

    Ends quietly while the database is still away.
    """
    stored = 0
    for file in sorted(folder().glob("*.json"))[:PAGE]:
        try:
            _store(file)
        except FileNotFoundError:
            continue
        except (ValueError, KeyError, TypeError, IntegrityError) as error:
            # Nobody's account, or damaged: kept for a person, out of the way of the others.
            log.error("kept_webhook_unreadable", file=file.name, reason=type(error).__name__)
            file.rename(file.with_suffix(".bad"))
        except DatabaseFault:
            _is_ours_to_store.set()
            break
        else:
            stored += 1
    if stored:
        log.info("kept_webhooks_stored", calls=stored)
    return stored


def _store(file: Path) -> None:
    kept = json.loads(file.read_text(encoding="utf-8"))
    receive_all(kept["account"], [WebhookEvent(*event) for event in kept["events"]])
    file.unlink(missing_ok=True)
