"""Secrets at rest. The first of FIELD_KEYS encrypts, every one of them decrypts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

PREFIX = "enc1:"


class Unreadable(dict[str, Any]):
    """Stands for secrets that no present key opens: empty, and recognisable.

    Raising while rows are loaded would turn one bad row into an error page for the whole list.
    """


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


if TYPE_CHECKING:
    DictionaryField = models.Field[dict[str, Any], dict[str, Any]]
else:
    DictionaryField = models.TextField


class EncryptedJSONField(DictionaryField):
    """A dictionary that is stored as `enc1:<Fernet token>`."""

    def get_prep_value(self, value: Any) -> str:
        text = json.dumps(value or {}, ensure_ascii=False, sort_keys=True)
        return PREFIX + _fernet().encrypt(text.encode()).decode()

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> dict[str, Any]:
        if not value:
            return {}
        try:
            return json.loads(_fernet().decrypt(value.removeprefix(PREFIX).encode()))
        except InvalidToken:
            return Unreadable()

    def value_to_string(self, obj: Any) -> str:
        """For `dumpdata`: a dump is as good as the database, and holds no more than it."""
        return self.get_prep_value(self.value_from_object(obj))

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.startswith(PREFIX):
            return self.from_db_value(value, None, None)
        return value if isinstance(value, dict) or value is None else json.loads(value)


def encrypt_bytes(content: bytes) -> bytes:
    """For files: what lies on the disk is no use without the keys."""
    return _fernet().encrypt(content)


def decrypt_bytes(token: bytes) -> bytes:
    """Raises InvalidToken if no present key opens it."""
    return _fernet().decrypt(token)


def mask(secret: str) -> str:
    """What a page may show of a secret: its last four characters, if it is long enough."""
    return f"••••{secret[-4:]}" if len(secret) >= 12 else "••••"
