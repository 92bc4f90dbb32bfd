"""Read the environment: typed, `NAME` or `NAME_FILE`, and a bad value stops the start."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dj_database_url
from cryptography.fernet import Fernet
from environs import Env, EnvError, EnvValidationError

env = Env()

EXAMPLE_PREFIX = "change-me"


class BadEnvironment(Exception):
    """The environment can't be used; the text is one sentence for a person."""


def read_dotenv(path: Path) -> None:
    """Load `.env` without overriding what the environment already says.

    Raises BadEnvironment with the line number when a line is not `NAME=value`.
    """
    if not path.exists():
        return
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadEnvironment(
            f"Файл {path.name} не читается. Сохраните его обычным текстом в кодировке UTF-8."
        ) from error
    for number, line in enumerate(lines, 1):
        text = line.strip().removeprefix("export ")
        name, separator, _ = text.partition("=")
        if text and not text.startswith("#") and not (separator and name.strip().isidentifier()):
            raise BadEnvironment(
                f"Файл {path.name}, строка {number}: ожидается ИМЯ=значение. "
                "Исправьте строку или удалите её."
            )
    env.read_env(str(path), recurse=False)


def secret(name: str, default: str = "") -> str:
    """Return `NAME`, or the content of the file named by `NAME_FILE` (Docker secrets)."""
    file = env.str(f"{name}_FILE", "")
    if not file:
        return env.str(name, default)
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadEnvironment(f"{name}_FILE: не удалось прочитать файл {file}.") from error


def secret_key(name: str) -> str:
    """Return the signing key; refuses an empty, short or example one."""
    value = secret(name)
    if len(value) < 40 or value.startswith(EXAMPLE_PREFIX):
        raise BadEnvironment(
            f"{name}: ключ не задан или слишком простой. Выполните make setup: "
            "он создаст файл .env с новыми ключами."
        )
    return value


def field_keys(name: str) -> list[str]:
    """Return the keys of encrypted fields, newest first; the first one encrypts."""
    keys = words(name)
    try:
        for key in keys:
            Fernet(key)
    except ValueError as error:
        raise BadEnvironment(f"{name}: ожидаются ключи Fernet через запятую.") from error
    if not keys:
        raise BadEnvironment(
            f"{name}: ключ шифрования не задан. Выполните make setup: "
            "он создаст файл .env с новыми ключами."
        )
    return keys


def flag(name: str, default: bool) -> bool:
    try:
        return env.bool(name, default)
    except (EnvError, EnvValidationError) as error:
        raise BadEnvironment(f"{name}: ожидается 1 или 0.") from error


def number(name: str, default: int) -> int:
    try:
        return env.int(name, default)
    except (EnvError, EnvValidationError) as error:
        raise BadEnvironment(f"{name}: ожидается целое число.") from error


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in secret(name, default).split(",") if word.strip()]


def database(url: str) -> dict[str, Any]:
    """Turn `DATABASE_URL` into Django's settings for SQLite or PostgreSQL.

    A transaction pooler (Supabase's port 6543, PgBouncer) is recognised by its port or by
    `?pgbouncer=true`: no server-side cursors and no pool of our own on top of it.
    """
    pooled = ":6543/" in url or "pgbouncer=true" in url
    try:
        config: dict[str, Any] = dict(dj_database_url.parse(url.replace("?pgbouncer=true", "")))
    except (dj_database_url.ParseError, dj_database_url.UnknownSchemeError, ValueError) as error:
        raise BadEnvironment(
            "DATABASE_URL: ожидается postgres://пользователь:пароль@сервер:5432/база "
            "или sqlite:///путь."
        ) from error
    options = config.setdefault("OPTIONS", {})
    if config["ENGINE"].endswith("sqlite3"):
        options |= {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
        }
    elif config["ENGINE"].endswith("postgresql"):
        if pooled:
            config["DISABLE_SERVER_SIDE_CURSORS"] = True
        else:
            options["pool"] = {"min_size": 1, "max_size": 10, "timeout": 10}
    return config
