"""Kombu's broker of files without its race: a message is seen only when it is whole.

The stock transport opens the final file and writes into it afterwards; a reader in another process
may take it while it is still empty, and the worker dies of it. Only wake-ups go this way, so a file
that can't be read is dropped: the sweepers find the rows. `broker_transport` of the settings.
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from queue import Empty
from time import time_ns
from typing import Any

from kombu.transport import filesystem
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads


class Channel(filesystem.Channel):
    def _put(  # type: ignore[override]  # kombu's own classes disagree on the name
        self, queue: str, payload: dict[str, Any], **kwargs: Any
    ) -> None:
        folder = Path(self.data_folder_out)
        # A leading dot: neither name belongs to a queue until it is renamed.
        draft = folder / f".{uuid.uuid4()}.draft"
        draft.write_bytes(str_to_bytes(dumps(payload)))
        os.replace(draft, folder / f"{time_ns()}_{uuid.uuid4()}.{queue}.msg")

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        folder = Path(self.data_folder_in)
        for name in sorted(os.listdir(folder)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            taken = folder / f".{uuid.uuid4()}.taken"
            try:
                # Whoever renames it has it; the other readers find it gone.
                os.rename(folder / name, taken)
            except FileNotFoundError:
                continue
            text = bytes_to_str(taken.read_bytes())
            taken.unlink()
            try:
                return loads(text)
            except ValueError:
                continue
        raise Empty


class Transport(filesystem.Transport):
    Channel = Channel
