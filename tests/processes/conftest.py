from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import psycopg
import pytest
import redis

POSTGRES_URL = os.environ.get("TEST_DATABASE_URL", "postgres://root@127.0.0.1:5432/postgres")
# Each worker of a parallel run has a broker of its own.
BROKER = 9 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
REDIS_URL = os.environ.get("TEST_REDIS_URL", f"redis://127.0.0.1:6379/{BROKER}")


def _services_answer() -> bool:
    try:
        psycopg.connect(POSTGRES_URL, connect_timeout=2).close()
        redis.Redis.from_url(REDIS_URL).ping()
    except (psycopg.Error, redis.RedisError):
        return False
    return True


@pytest.fixture(params=["embedded", "services"])
def stores(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The environment of a fresh site: SQLite and files, or PostgreSQL and Redis."""
    if request.param == "embedded":
        yield {}
        return
    if not _services_answer():
        pytest.skip("no PostgreSQL and Redis answer")
    name = f"site_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(POSTGRES_URL, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    forget_tasks()
    yield {"DATABASE_URL": POSTGRES_URL.rsplit("/", 1)[0] + f"/{name}", "REDIS_URL": REDIS_URL}
    with psycopg.connect(POSTGRES_URL, autocommit=True) as server:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def forget_tasks() -> None:
    """Lose every task that waits in the broker."""
    with redis.Redis.from_url(REDIS_URL) as broker:
        broker.flushdb()
