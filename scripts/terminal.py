"""What the set-up and the supervisor share. Standard library only: nothing is installed yet.

Also has to be readable by Pythons that are too old for the project, to be able to say so.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

BASE = Path(__file__).resolve().parent.parent
ENV_FILE = Path(os.environ.get("ENV_FILE") or BASE / ".env")
VENV = BASE / ".venv"
VENV_PYTHON = VENV / "bin" / "python"


def say(text: str) -> None:
    print(text, flush=True)


def fail(sentence: str) -> NoReturn:
    """Leave with one sentence for a person and exit code 1."""
    print(sentence, file=sys.stderr, flush=True)
    sys.exit(1)


def read_env_file(path: Path = ENV_FILE) -> dict[str, str]:
    """Return what `.env` says; leaves with a sentence that names the first broken line."""
    values = {}
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError):
        fail(f"Файл {path.name} не читается. Сохраните его обычным текстом в кодировке UTF-8.")
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        line = line[len("export ") :] if line.startswith("export ") else line
        name, separator, value = line.partition("=")
        if not separator or not name.strip().isidentifier():
            fail(
                f"Файл .env, строка {number}: ожидается ИМЯ=значение. "
                "Исправьте строку или удалите её."
            )
        values[name.strip()] = value.partition(" #")[0].strip().strip("'\"")
    return values


def setting(name: str, default: str = "") -> str:
    """Return a setting as the site will see it: the environment first, then `.env`."""
    return os.environ.get(name) or read_env_file().get(name) or default


def var_dir() -> Path:
    return Path(setting("VAR_DIR", str(BASE / "var")))


def address() -> tuple[str, int]:
    """Return where the site listens: HOST and PORT."""
    host, port = setting("HOST", "127.0.0.1"), setting("PORT", "8000")
    if not (port.isdecimal() and 0 < int(port) < 65536):
        fail(f"PORT={port}: ожидается номер порта от 1 до 65535, например PORT=9000.")
    return host, int(port)
