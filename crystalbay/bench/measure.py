"""Server time, queries and size of pages, measured in process without a network."""

from __future__ import annotations

import statistics
import time
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

WARM_UP, RUNS = 2, 9
HEAD, MANAGER = "bench-head", "bench-0"


@dataclass(frozen=True)
class Figure:
    """`ms`: median of nine runs after two that warm up."""

    who: str
    name: str
    ms: float
    slowest_ms: float
    queries: int
    kilobytes: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def ensure_head() -> None:
    User.objects.get_or_create(username=HEAD, defaults={"is_staff": True, "is_superuser": True})


def client_of(user: User) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def page(client: Client, who: str, name: str, url: str) -> Figure:
    """Open a page again and again. Raises AssertionError if it does not answer 200."""
    queries: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        queries.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        answer = client.get(url)
    if answer.status_code != 200:
        raise AssertionError(f"{url}: HTTP {answer.status_code}")
    size = len(answer.content)
    times = [_timed(client, url) for _ in range(WARM_UP + RUNS)][WARM_UP:]
    return Figure(
        who=who,
        name=name,
        ms=round(statistics.median(times), 1),
        slowest_ms=round(max(times), 1),
        queries=len(queries),
        kilobytes=round(size / 1024, 1),
    )


def _timed(client: Client, url: str) -> float:
    started = time.perf_counter()
    client.get(url)
    return (time.perf_counter() - started) * 1000
