"""How a call to a foreign system may fail. A retry policy reads `kind` and `retry_after` only."""

from __future__ import annotations

from typing import ClassVar

from integrations.transport.redact import redact


class ConnectorError(Exception):
    """Base of the family. The message is redacted here, so it may be stored, logged and shown."""

    kind: ClassVar[str] = "permanent"

    def __init__(self, message: str = "") -> None:
        self.message = redact(message)
        super().__init__(self.message)


class TransientError(ConnectorError):
    """Nothing happened on the other side; the same call may succeed later."""

    kind = "transient"

    def __init__(self, message: str = "", *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after  # seconds asked for by the other side


class RateLimited(TransientError):
    """The other side asks to slow down."""


class AmbiguousError(ConnectorError):
    """The call was sent and the answer lost: it may or may not have taken effect."""

    kind = "ambiguous"


class PermanentError(ConnectorError):
    """The same call will fail again."""


class RecipientGone(PermanentError):
    """The person blocked us, left or never existed there.

    `reason`: blocked, deactivated or unknown.
    """

    def __init__(self, message: str = "", *, reason: str = "unknown") -> None:
        super().__init__(message)
        self.reason = reason


class RecipientMoved(PermanentError):
    """Nothing happened: the chat has another id now."""

    def __init__(self, message: str = "", *, chat_id: str) -> None:
        super().__init__(message)
        self.chat_id = chat_id


class InvalidRequest(PermanentError):
    """The other side understood the call and refused its content."""


class ConfigError(ConnectorError):
    """Nothing works until an administrator changes the settings."""

    kind = "config"


class AuthFailed(ConfigError):
    """Wrong or revoked credentials, or no right to the call."""
