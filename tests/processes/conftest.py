from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
import redis

from tests.site import Site

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


@contextmanager
def _new_database(template: str = "template1") -> Iterator[str]:
    name = f"site_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(POSTGRES_URL, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield name
    with psycopg.connect(POSTGRES_URL, autocommit=True) as server:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _address(name: str) -> str:
    return POSTGRES_URL.rsplit("/", 1)[0] + f"/{name}"


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a PostgreSQL database with all tables, to make others from."""
    with _new_database() as name:
        site = Site(tmp_path_factory.mktemp("migrated"), DATABASE_URL=_address(name))
        site.manage("migrate", "-v0")
        # A database in use can't be a template.
        site.end_manager()
        yield name


@pytest.fixture(params=["embedded", "services"])
def stores(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The environment of a fresh site: SQLite and files, or PostgreSQL and Redis."""
    if request.param == "embedded":
        yield {}
        return
    if not _services_answer():
        pytest.skip("no PostgreSQL and Redis answer")
    forget_tasks()
    with _new_database(template=request.getfixturevalue("migrated_database")) as name:
        yield {"DATABASE_URL": _address(name), "REDIS_URL": REDIS_URL}


def forget_tasks() -> None:
    """Lose every task that waits in the broker."""
    with redis.Redis.from_url(REDIS_URL) as broker:
        broker.flushdb()
