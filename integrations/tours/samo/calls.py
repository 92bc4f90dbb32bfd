"""How one call reaches the operator: directly, through a forward proxy, or through our relay.

The token travels in the URL of a direct call, and not at all in a relayed one: there only the relay
knows it. Nothing that leaves this module (exceptions, logs) contains a secret.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from integrations.transport.errors import (
    AuthFailed,
    ConfigError,
    InvalidRequest,
    RateLimited,
    TransientError,
)
from integrations.transport.http import Answer, Client, Transport, build_client, fetch

MAX_BODY_BYTES = 10 * 1024 * 1024
RELAY_SAYS = "x-relay-status"

# (action, parameters, timeout_s) -> the operator's own answer
Call = Callable[[str, dict[str, str], float], Answer]


@dataclass(frozen=True, kw_only=True)
class SamoConfig:
    """`base_url` is the whole address up to the query; `pause_s` lies between two calls.

    With `relay_url` calls go to the relay, signed by `relay_secret`; `token` and `base_url` are
    not used then.
    """

    token: str = field(default="", repr=False)
    base_url: str = "https://booking.crystalbay.com/export/default.php"
    version: str = "1.0"
    request_timeout_s: float = 20.0
    search_timeout_s: float = 60.0
    max_pages: int = 10
    retry_pause_s: float = 1.0
    pause_s: float = 0.3
    proxy: str | None = field(default=None, repr=False)
    relay_url: str = ""
    relay_secret: str = field(default="", repr=False)


def build_call(config: SamoConfig, transport: Transport | None) -> Call:
    # The operator's list of allowed addresses knows IPv4 only.
    http = build_client(
        timeout_s=config.request_timeout_s,
        proxy=None if config.relay_url else config.proxy,
        transport=transport,
        ipv4_only=True,
    )
    if config.relay_url:
        return lambda action, params, timeout_s: _relay(http, config, action, params, timeout_s)
    return lambda action, params, timeout_s: _direct(http, config, action, params, timeout_s)


def _direct(
    http: Client, config: SamoConfig, action: str, params: dict[str, str], timeout_s: float
) -> Answer:
    dispatch = {
        "samo_action": "api",
        "version": config.version,
        "oauth_token": config.token,
        "type": "json",
        "action": action,
    }
    return fetch(
        http,
        "GET",
        config.base_url,
        params={name: text for name, text in dispatch.items() if text} | params,
        timeout_s=timeout_s,
        max_bytes=MAX_BODY_BYTES,
    )


def _relay(
    http: Client, config: SamoConfig, action: str, params: dict[str, str], timeout_s: float
) -> Answer:
    body = json.dumps({"action": action, "params": params}, separators=(",", ":")).encode()
    answer = fetch(
        http,
        "POST",
        config.relay_url,
        content=body,
        headers=signed(body, config.relay_secret),
        timeout_s=timeout_s,
        idempotent=True,  # the relay lets reads through only
        max_bytes=MAX_BODY_BYTES,
    )
    if answer.headers.get(RELAY_SAYS) not in ("ok", "upstream_error"):
        _raise_relay_refusal(answer)
    return answer


def signed(body: bytes, secret: str) -> dict[str, str]:
    """Headers that prove who asks: HMAC-SHA256 over time, a number used once, and the body."""
    stamp, nonce = str(int(time.time())), secrets.token_hex(16)
    signature = hmac.new(secret.encode(), f"{stamp}\n{nonce}\n".encode() + body, hashlib.sha256)
    return {
        "Content-Type": "application/json",
        "X-Relay-Timestamp": stamp,
        "X-Relay-Nonce": nonce,
        "X-Relay-Signature": signature.hexdigest(),
    }


def _raise_relay_refusal(answer: Answer) -> None:
    """The relay's own answers; what the operator said passes with its own status."""
    if RELAY_SAYS not in answer.headers:
        raise ConfigError(f"The relay's address answers HTTP {answer.status}, but is no relay")
    match answer.status:
        case 401:
            raise AuthFailed("The relay refuses the signature: check the secret and both clocks")
        case 403:
            raise ConfigError("The relay does not let this action through")
        case 429:
            raise RateLimited("The relay asks to slow down", retry_after=30.0)
        case 400:
            raise InvalidRequest("The relay refuses the request")
    raise TransientError(f"The relay could not reach the operator (HTTP {answer.status})")
