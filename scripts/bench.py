"""Measure the pages on large scratch databases and print one table; `make bench`.

    bench.py [leads …]      sizes to compare, 5000 and 50000 unless told

On SQLite always, on PostgreSQL where it answers (TEST_DATABASE_URL or the usual local ports). Each
database is made anew and thrown away.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from test import find_postgres

from terminal import BASE, VENV_PYTHON, fail, say

SIZES = (5_000, 50_000)
PEOPLE = {"bench-head": "руководитель", "bench-0": "менеджер"}
KEYS = {
    "SECRET_KEY": "bench-key-that-is-long-enough-and-never-used-elsewhere-0123456789",
    "FIELD_KEYS": "WmZpZWxkLWtleS1mb3ItdGVzdHMtb25seS0wMTIzNDU=",
}
Figures = dict[tuple[str, str], dict[str, Any]]


def measured(database_url: str, folder: str, leads: int) -> Figures:
    env = {
        **os.environ,
        **KEYS,
        "ENV_FILE": str(Path(folder) / "none"),
        "VAR_DIR": folder,
        "DATABASE_URL": database_url,
        "REDIS_URL": "",
        "DEBUG": "0",
        "DEMO_MODE": "1",
    }
    manage(env, "migrate", "-v0")
    answer = json.loads(manage(env, "bench", "--leads", str(leads)).splitlines()[-1])
    return {(one["who"], one["name"]): one for one in answer["figures"]}


def manage(env: dict[str, str], *arguments: str) -> str:
    command = [str(VENV_PYTHON), "manage.py", *arguments]
    done = subprocess.run(  # noqa: S603 - our own command
        command, cwd=BASE, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        fail(f"Не удалось измерить. {done.stderr[-2000:]}")
    return done.stdout


@contextmanager
def scratch_postgres(server: str) -> Iterator[str]:
    """A database of our own on the server, gone afterwards."""
    base, _slash, rest = server.rpartition("/")
    _name, question, options = rest.partition("?")
    name = f"crystalbay_bench_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield f"{base}/{name}{question}{options}"
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def run(title: str, leads: int, server: str) -> Figures:
    say(f"· {title}, {leads} лидов: наполняю и измеряю")
    with tempfile.TemporaryDirectory() as folder:
        if not server:
            return measured(f"sqlite:///{folder}/bench.sqlite3", folder, leads)
        with scratch_postgres(server) as url:
            return measured(url, folder, leads)


def show(title: str, sizes: tuple[int, ...], runs: list[Figures]) -> None:
    """Per size: median time, queries, size of the answer; then how the time has grown."""
    heads = "".join(f"{f'{size} лидов: мс / запр. / КБ':>34}" for size in sizes)
    say(f"\n── {title} ──\n{'кто':<14}{'страница':<18}{heads}{'рост':>8}")
    for who, name in runs[0]:
        figures = [run[who, name] for run in runs]
        cells = "".join(
            f"{one['ms']:>16.0f} /{one['queries']:>6} /{one['kilobytes']:>8.0f}" for one in figures
        )
        growth = figures[-1]["ms"] / max(figures[0]["ms"], 0.1)
        say(f"{PEOPLE[who]:<14}{name:<18}{cells}{f'×{growth:.1f}':>8}")


def main(arguments: list[str]) -> None:
    sizes = tuple(int(text) for text in arguments) or SIZES
    servers = {"SQLite": ""}
    if postgres := find_postgres():
        servers["PostgreSQL"] = postgres
    for title, server in servers.items():
        show(title, sizes, [run(title, size, server) for size in sizes])


if __name__ == "__main__":
    main(sys.argv[1:])
