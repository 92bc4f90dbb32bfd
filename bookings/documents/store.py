"""Files of bookings on the disk, encrypted. The name on the disk says nothing."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from django.conf import settings

from integrations.crypto import decrypt_bytes, encrypt_bytes


def put(file_id: uuid.UUID, content: bytes) -> None:
    path = _path(file_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_bytes(encrypt_bytes(content))
    os.replace(draft, path)


def get(file_id: uuid.UUID) -> bytes:
    """Raises FileNotFoundError where it is gone, InvalidToken without its key."""
    return decrypt_bytes(_path(file_id).read_bytes())


def _path(file_id: uuid.UUID) -> Path:
    name = file_id.hex
    return Path(settings.DOCUMENTS_DIR) / name[:2] / name
