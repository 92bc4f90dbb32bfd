"""Run the test suite on SQLite and, where both answer, once more on PostgreSQL and Redis.

TEST_DATABASE_URL, TEST_REDIS_URL    where to look instead of the standard local ports
arguments                            handed on to pytest
"""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import redis

from terminal import BASE, VENV_PYTHON, fail, say

SOCKET = "%2Fvar%2Frun%2Fpostgresql"
# Where the browser tests look for it.
CHROMIUM = Path("/usr/bin/chromium")


def find_postgres() -> str:
    """Return the address of a server where we may make databases, or ""."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        if not can_make_databases(given):
            fail("TEST_DATABASE_URL: сервер не отвечает или не даёт создавать базы.")
        return given
    user = getpass.getuser()
    usual = (
        "postgres://postgres@127.0.0.1:5432/postgres",
        f"postgres://{user}@127.0.0.1:5432/postgres",
        f"postgres://{user}@{SOCKET}/postgres",
    )
    return next((url for url in usual if can_make_databases(url)), "")


def can_make_databases(url: str) -> bool:
    query = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            row = connection.execute(query).fetchone()
    except psycopg.Error:
        return False
    return bool(row and row[0])


def find_redis() -> str:
    given = os.environ.get("TEST_REDIS_URL")
    url = given or "redis://127.0.0.1:6379/9"
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2) as client:
            client.ping()
    except (redis.RedisError, ValueError):
        if given:
            fail("TEST_REDIS_URL: Redis не отвечает.")
        return ""
    return url


def own_database(url: str) -> str:
    """The same server with a name of our own, so that two runs at once don't meet."""
    server, _slash, rest = url.rpartition("/")
    _name, question, options = rest.partition("?")
    return f"{server}/crystalbay_{os.getpid()}{question}{options}"


def pytest(title: str, arguments: list[str], **env: str) -> int:
    say(f"\n── {title} ──")
    parallel = [] if any(each.startswith("-n") for each in arguments) else ["-n", "2"]
    slowest = ["--durations", "40", "--durations-min", "2"]
    command = [str(VENV_PYTHON), "-m", "pytest", *parallel, "--dist", "loadgroup", *slowest]
    command += arguments
    return subprocess.call(command, cwd=BASE, env={**os.environ, **env})


def main(arguments: list[str]) -> int:
    postgres, cache = find_postgres(), find_redis()
    has_services = bool(postgres and cache)
    second = "PostgreSQL и Redis" if has_services else "без PostgreSQL и Redis (make services)"
    browser = "браузер Chromium" if CHROMIUM.exists() else "без браузера: Chromium не установлен"
    say(f"Тесты идут на: SQLite; {second}; {browser}.")
    os.environ.pop("TEST_DB", None)
    # The settings of this copy must not change what the tests see.
    os.environ["ENV_FILE"] = str(BASE / "var" / "none")
    if postgres:
        os.environ["TEST_DATABASE_URL"] = postgres
    chosen = "-m" in arguments
    codes = [pytest("SQLite", arguments if chosen else ["-m", "not browser", *arguments])]
    if not chosen:
        # Alone: beside servers that are killed and flooded, a browser only shows how busy we are.
        codes.append(pytest("Браузер", ["-m", "browser", *arguments]))
    if has_services:
        services = {"TEST_DB": own_database(postgres), "TEST_REDIS_URL": cache}
        # Tests with real processes bring databases of both kinds themselves.
        once_only = [] if chosen else ["-m", "not processes and not once"]
        codes.append(pytest("PostgreSQL и Redis", [*once_only, *arguments], **services))
    # 5: nothing fits the arguments in this part.
    return max(0 if code == 5 else code for code in codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
