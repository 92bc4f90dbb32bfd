"""One poller at a time: two would steal updates from each other.

On PostgreSQL an advisory lock of a session, on SQLite a lock of a file: both end with the process,
however it ends.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

# Any number of our own; the second one is the account.
CLASS_ID = 7_261_991


@contextmanager
def only_poller(account_id: int) -> Iterator[bool]:
    """Yield whether this process may poll for the account; holds the lock until the block ends."""
    if connection.vendor == "postgresql":
        with _advisory_lock(account_id) as is_ours:
            yield is_ours
        return
    with _file_lock(account_id) as is_ours:
        yield is_ours


@contextmanager
def _advisory_lock(account_id: int) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [CLASS_ID, account_id])
        is_ours = bool(cursor.fetchone()[0])
        try:
            yield is_ours
        finally:
            if is_ours:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [CLASS_ID, account_id])


@contextmanager
def _file_lock(account_id: int) -> Iterator[bool]:
    path = Path(settings.VAR_DIR) / f"telegram-{account_id}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True
