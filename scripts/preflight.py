"""Whether the site can be started here and now."""

from __future__ import annotations

import fcntl
import socket
from typing import IO

from terminal import address, fail, var_dir


def refuse_if_running() -> IO[str]:
    """Return the lock of this folder; leaves with a sentence when the site can't be started."""
    host, port = address()
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            fail(
                f"Не удалось занять {host}:{port} ({error.strerror}). Возможно, сайт уже запущен; "
                f"другой порт можно указать так: PORT={port + 1} make run."
            )
    var_dir().mkdir(parents=True, exist_ok=True)
    lock = (var_dir() / "run.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        fail("Сайт из этой папки уже запущен в другом окне. Остановите его там (Ctrl-C).")
    return lock
