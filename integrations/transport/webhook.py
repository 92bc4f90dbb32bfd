"""An incoming webhook as every receiver sees it: the raw request, and the rows made of it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


class Rejected(Exception):
    """The request does not come from whom it says; answer 401 or 403 and store nothing."""


@dataclass(frozen=True)
class WebhookRequest:
    """`secret` is the last part of the address, empty if there is none; header names are lower
    case; `body` is as it came, because signatures are made of it."""

    secret: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class WebhookEvent:
    """One row of the inbox: see `integrations.delivery.inbox.receive`."""

    external_id: str
    ordering_key: str
    body: str


class WebhookReceiver(Protocol):
    """What a connector needs to be reachable under /webhooks/<kind>/<account>/."""

    def verify(self, request: WebhookRequest) -> None:
        """Raise Rejected unless the provider sent it; without a configured secret always."""

    def split(self, body: bytes) -> Sequence[WebhookEvent]:
        """Cut an authentic body into events. Pure; what can't be read is `whole_body`.

        An empty answer means that there is nothing to store, as with a provider's test call.
        """


def require_secret(given: str, valid: Iterable[str]) -> None:
    """Raise Rejected unless `given` is one of the secrets; several are valid during a change.

    The time it takes says nothing about how much of a secret was right.
    """
    is_known = False
    for secret in valid:
        is_same = hmac.compare_digest(given.encode(), secret.encode())
        is_known = is_known or (is_same and bool(secret))
    if not is_known:
        raise Rejected


def whole_body(body: bytes) -> WebhookEvent:
    """The event of a body that names no id, or that nobody can read: a person looks at it."""
    text = body.decode("utf-8", errors="replace").replace("\x00", "\ufffd")
    return WebhookEvent(hashlib.sha256(body).hexdigest(), "unread", text)
