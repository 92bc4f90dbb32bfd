"""The one door to the operator: whoever asks passes the breaker.

A network call of seconds: never inside a transaction or a web request.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from common.breaker import Breaker
from integrations.registry import NotConfigured, tours_connector
from integrations.tours.base import ToursConnector
from integrations.transport.errors import AuthFailed, ConfigError, TransientError

T = TypeVar("T")

PAUSE_S = 60
breaker = Breaker("tours", failures=3, pause_s=PAUSE_S)


def ask_operator(call: Callable[[ToursConnector], T], *, patience_s: float | None = None) -> T:
    """Raises a ConnectorError; at once a TransientError while the operator is left alone.

    `patience_s`: who has not waited longer can't say that the operator does not answer.
    """
    if breaker.is_open():
        raise TransientError("The operator has failed several times; it is asked again in a minute")
    return ask_anyway(call, patience_s=patience_s)


def ask_anyway(call: Callable[[ToursConnector], T], *, patience_s: float | None = None) -> T:
    """Past the breaker, for the person who is mending the connection; success closes it."""
    started = time.monotonic()
    try:
        result = call(_connector())
    except TransientError:
        if patience_s is None or time.monotonic() - started < patience_s:
            breaker.failed()
        raise
    except AuthFailed:
        breaker.failed(for_good=True)
        raise
    breaker.succeeded()
    return result


def _connector() -> ToursConnector:
    try:
        return tours_connector()
    except NotConfigured as error:
        raise ConfigError(f"Not configured: {error}") from error
