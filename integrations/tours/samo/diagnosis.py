"""Where the way to the operator breaks: name, connection, then every kind of call with its time."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from integrations.tours.base import ConnectionCheck
from integrations.tours.samo.answers import IpNotAllowed
from integrations.tours.samo.calls import SamoConfig
from integrations.tours.samo.client import Direction, PriceQuery, SamoClient
from integrations.transport.deadline import Deadline
from integrations.transport.errors import ConfigError, ConnectorError, TransientError

CONNECT_S = 10.0
CALLS_S = 30.0  # with the connection inside the lease of an outbox row
TLS_PORT = 443


def diagnose(config: SamoConfig, client: SamoClient, *, is_real: bool) -> list[ConnectionCheck]:
    """Stop at the first thing that fails: what comes after it can only fail as well."""
    done: list[ConnectionCheck] = []
    for name, probe in _probes(config, client, is_real=is_real):
        done.append(_run(name, probe))
        if not done[-1].is_ok:
            break
    return done


def _run(name: str, probe: Callable[[], str]) -> ConnectionCheck:
    started = time.monotonic()
    seen, error, address = "", None, ""
    try:
        seen = probe()
    except ConnectorError as fault:
        error = fault
        address = fault.address if isinstance(fault, IpNotAllowed) else ""
    return ConnectionCheck(
        name=name,
        is_ok=error is None,
        took_ms=int((time.monotonic() - started) * 1000),
        seen=error.message if error else seen,
        fault=type(error).__name__ if error else "",
        address=address,
    )


def _probes(
    config: SamoConfig, client: SamoClient, *, is_real: bool
) -> Iterator[tuple[str, Callable[[], str]]]:
    if is_real:
        host, port, is_tls = _first_hop(config)
        yield "name", lambda: _resolve(host)
        yield "connection", lambda: _connect(host, port, is_tls=is_tls)
    yield from _calls(client, Deadline(min(CALLS_S, config.search_timeout_s)))


def _first_hop(config: SamoConfig) -> tuple[str, int, bool]:
    """The machine we ourselves connect to. A forward proxy is spoken to without TLS."""
    parts = urlsplit(config.relay_url or config.proxy or config.base_url)
    is_tls = parts.scheme == "https"
    return parts.hostname or "", parts.port or (TLS_PORT if is_tls else 80), is_tls


def _resolve(host: str) -> str:
    try:
        found = socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)
    except OSError:
        raise ConfigError(f"No IPv4 address for {host}") from None
    return ", ".join(sorted({str(each[4][0]) for each in found}))


def _connect(host: str, port: int, *, is_tls: bool) -> str:
    try:
        with socket.create_connection((host, port), CONNECT_S) as plain:
            if not is_tls:
                return f"{host}:{port}"
            with ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secure:
                return f"{host}:{port}, {secure.version()}"
    except ssl.SSLError as error:
        raise ConfigError(f"{host}: the certificate is not accepted ({error.reason})") from None
    except OSError as error:
        raise TransientError(f"{host}:{port} does not answer ({type(error).__name__})") from None


def _calls(client: SamoClient, deadline: Deadline) -> Iterator[tuple[str, Callable[[], str]]]:
    """Each call is asked with what the one before it has seen."""
    known: dict[str, Any] = {}

    def towns() -> str:
        known["towns"] = client.departure_towns(deadline)
        return _names(known["towns"])

    def states() -> str:
        known["states"] = client.states(known["towns"][0].id, deadline)
        return _names(known["states"])

    def currencies() -> str:
        known["route"] = Direction(known["towns"][0].id, known["states"][0].id)
        known["currencies"] = client.currencies(known["route"], deadline)
        return ", ".join(each.iso for each in known["currencies"])

    def calendar() -> str:
        known["days"] = client.departure_days(known["route"], deadline) or []
        return str(len(known["days"]))

    def prices() -> str:
        return str(len(client.prices(_small_query(known), 1, deadline).rows))

    yield "towns", towns
    if known.get("towns"):
        yield "states", states
    if known.get("states"):
        yield "currencies", currencies
        yield "calendar", calendar
    if known.get("days") and known.get("currencies"):
        yield "prices", prices


def _small_query(known: dict[str, Any]) -> PriceQuery:
    day: date = next(iter(known["days"]))
    return PriceQuery(
        direction=known["route"],
        check_in_from=day,
        check_in_to=day + timedelta(days=6),
        nights_from=6,
        nights_till=10,
        adults=2,
        ages=(),
        currency_id=known["currencies"][0].id,
    )


def _names(rows: list[Any]) -> str:
    return f"{len(rows)}: {', '.join(row.name for row in rows[:3])}"
