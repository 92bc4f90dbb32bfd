"""The errors a service may raise. Pages, API and commands show `message` as it is."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied


class DomainError(Exception):
    """A refusal a person can read.

    `code` is stable and for programs; `message` is one translated sentence that says what to do;
    `field` names the input at fault, where there is one.
    """

    default_code = "refused"

    def __init__(self, message: str, *, code: str = "", field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.field = field


class InvalidInput(DomainError):
    default_code = "invalid_input"


class NotAllowed(DomainError, PermissionDenied):
    """The person lacks the right. Django's pages answer 403 to it by themselves."""

    default_code = "not_allowed"


class Conflict(DomainError):
    """Somebody else was faster, or the object is in another state than the caller thought."""

    default_code = "conflict"
