from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

import psycopg
import pytest

LOCAL_POSTGRES = "postgres://root@127.0.0.1:5432/postgres"


def _postgres_url() -> str:
    return os.environ.get("TEST_DATABASE_URL", LOCAL_POSTGRES)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url.replace("postgres://", "postgresql://"), connect_timeout=2).close()
    except psycopg.Error:
        return False
    return True


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh database of each kind; PostgreSQL only where one answers."""
    if request.param == "sqlite":
        yield ""
        return
    base = _postgres_url()
    if not _answers(base):
        pytest.skip("no PostgreSQL answers")
    name = f"site_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(base, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    yield base.rsplit("/", 1)[0] + f"/{name}"
    with psycopg.connect(base, autocommit=True) as server:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
