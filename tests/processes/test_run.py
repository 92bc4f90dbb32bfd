"""`make run` as a person meets it: a copy of the project with its own settings and data."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.site import ROOT, free_port

# One copy of the project serves all of them, so they stay in one process.
pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("make-run")]

LEFT_OUT = (
    ".venv",
    "node_modules",
    "var",
    ".env",
    ".git",
    "staticfiles",
    ".*_cache",
    "__pycache__",
)
STAMPS = (
    *(".venv/.installed-requirements.txt", "node_modules/.installed"),
    ".venv/.installed-requirements-dev.txt",
)
OWN_SETTINGS = (
    "SECRET_KEY",
    "FIELD_KEYS",
    "DATABASE_URL",
    "REDIS_URL",
    "DEMO_MODE",
    "DEBUG",
    "PORT",
)
STOP_S = 10


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh copy, set up once. Libraries and assets are those of this project."""
    if not all((ROOT / stamp).exists() for stamp in STAMPS):
        pytest.skip("make test installs what this needs")
    copy = tmp_path_factory.mktemp("clone") / "project"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
    for name in (".venv", "node_modules"):
        (copy / name).symlink_to(ROOT / name)
    done = call(copy, "scripts/setup.py")
    assert done.returncode == 0, done.stderr
    return copy


def environment(**extra: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in OWN_SETTINGS}
    for name in (
        "DJANGO_SETTINGS_MODULE",
        "ENV_FILE",
        "VAR_DIR",
        "PUBLIC_BASE_URL",
        "MAKEFLAGS",
        "MAKELEVEL",
    ):
        inherited.pop(name, None)
    return {**inherited, "PYTHON": sys.executable, **extra}


def call(
    project: Path, script: str, *arguments: str, **env: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, script, *arguments],
        cwd=project,
        env=environment(**env),
        capture_output=True,
        text=True,
        timeout=90,
    )


def make(project: Path, goal: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", goal],
        cwd=project,
        env=environment(**env),
        capture_output=True,
        text=True,
        timeout=90,
    )


def sentences(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What we say; make adds the number of the line that failed."""
    return [line for line in done.stderr.splitlines() if not line.startswith("make: ***")]


def wait_until(is_true: Callable[[], Any], seconds: float, complaint: str) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, complaint
        time.sleep(0.1)


def processes_of(project: Path) -> dict[int, str]:
    """Everything that works in this copy: process id and command line."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").resolve() == project.resolve():
                found[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    # A process that has ended and waits for its parent has no command line any more.
    return {pid: line for pid, line in found.items() if line}


class Running:
    """`make run` on a port of its own, with what it prints."""

    def __init__(self, project: Path) -> None:
        self.project, self.port = project, free_port()
        self.log = project / "run.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                ["make", "run"],
                cwd=project,
                env=environment(PORT=str(self.port)),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def printed(self) -> str:
        return self.log.read_text()

    def is_ready(self) -> bool:
        try:
            address = f"http://127.0.0.1:{self.port}/readyz"
            with urllib.request.urlopen(address, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def supervisor(self) -> int:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return int(children.split()[0])

    def end(self) -> None:
        """Ctrl-C: the terminal sends it to everybody in the foreground."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(STOP_S)


@pytest.fixture
def running(project: Path) -> Iterator[Running]:
    site = Running(project)
    try:
        wait_until(lambda: "Ctrl-C" in site.printed, 40, "no box with the addresses")
        yield site
    finally:
        if site.process.poll() is None:
            site.end()


def test_start_and_stop(running: Running, project: Path) -> None:
    password = (project / "var/admin-password.txt").read_text().strip()
    assert running.is_ready()
    assert f"http://localhost:{running.port}/admin/" in running.printed
    assert f"http://localhost:{running.port}/chat/" in running.printed
    assert password in running.printed

    refuses_a_second_start(running, project)
    survives_the_death_of_a_process(running, project)
    assert "Traceback" not in running.printed

    running.end()
    assert processes_of(project) == {}


def refuses_a_second_start(running: Running, project: Path) -> None:
    same_port = make(project, "run", PORT=str(running.port))
    other_port = make(project, "run", PORT=str(free_port()))

    assert (same_port.returncode, other_port.returncode) == (1, 1)
    assert "Возможно, сайт уже запущен" in same_port.stderr
    assert "уже запущен в другом окне" in other_port.stderr
    assert len(sentences(same_port)) == len(sentences(other_port)) == 1
    assert running.is_ready()


def survives_the_death_of_a_process(running: Running, project: Path) -> None:
    web = next(pid for pid, line in processes_of(project).items() if "uvicorn" in line)
    os.kill(web, signal.SIGKILL)
    wait_until(lambda: "запускаю его снова" in running.printed, 10, "the death went unnoticed")
    wait_until(running.is_ready, 20, "the web server does not come back")


def test_sigterm_to_make_stops_everything(running: Running, project: Path) -> None:
    running.process.terminate()
    running.process.wait(STOP_S)

    assert processes_of(project) == {}


@pytest.mark.skipif(not shutil.which("setpriv"), reason="needs setpriv of util-linux")
def test_nothing_is_left_when_the_supervisor_is_killed(running: Running, project: Path) -> None:
    os.kill(running.supervisor(), signal.SIGKILL)

    wait_until(lambda: not processes_of(project), STOP_S, "processes are left behind")


def test_setting_up_again_changes_nothing(project: Path) -> None:
    def state() -> tuple[Any, ...]:
        with sqlite3.connect(project / "var/crystalbay.sqlite3") as database:
            counts = [
                database.execute(f"SELECT COUNT(*), MAX(id) FROM {table}").fetchone()
                for table in ("leads_lead", "chat_message", "auth_user", "django_migrations")
            ]
        files = [project / ".env", project / "var/admin-password.txt"]
        return counts, [(file.read_bytes(), file.stat().st_mtime_ns) for file in files]

    before = state()

    done = call(project, "scripts/setup.py")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert state() == before
    assert before[0][0][0] == 300


def test_settings_and_password_are_private(project: Path) -> None:
    text = (project / ".env").read_text()

    assert "change-me" not in text
    assert (project / ".env").stat().st_mode & 0o777 == 0o600
    assert (project / "var/admin-password.txt").stat().st_mode & 0o777 == 0o600


def test_a_given_password_is_used_and_not_kept(project: Path) -> None:
    kept = project / "var/admin-password.txt"
    random_password = kept.read_text()
    check = (
        "from django.contrib.auth import authenticate;"
        "print(authenticate(username='admin', password='own-choice'))"
    )

    try:
        assert call(project, "scripts/setup.py", ADMIN_PASSWORD="own-choice").returncode == 0
        assert not kept.exists()
        seen = call(project, "manage.py", "shell", "-v0", "-c", check)
        assert seen.stdout.strip() == "admin"
    finally:
        call(project, "scripts/setup.py", ADMIN_PASSWORD=random_password.strip())
        kept.write_text(random_password)
        kept.chmod(0o600)


@pytest.fixture
def env_file(project: Path) -> Iterator[Path]:
    path = project / ".env"
    before, moment = path.read_bytes(), path.stat().st_mtime_ns
    yield path
    path.write_bytes(before)
    os.utime(path, ns=(moment, moment))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("PORT 9000", ": ожидается ИМЯ=значение."),
        ("DEBUG=perhaps", "DEBUG: ожидается 1 или 0."),
        ("DATABASE_URL=nonsense", "DATABASE_URL: ожидается"),
        ("DATABASE_URL=postgres://nobody@127.0.0.1:1/none", "База данных не отвечает"),
        ("PORT=http", "PORT=http: ожидается номер порта"),
    ],
)
def test_a_bad_setting_is_told_in_one_sentence(
    project: Path, env_file: Path, line: str, sentence: str
) -> None:
    env_file.write_text(f"{env_file.read_text()}\n{line}\n")

    done = make(project, "run", **({} if "PORT" in line else {"PORT": str(free_port())}))

    assert done.returncode == 1
    assert sentence in done.stderr
    assert len(sentences(done)) == 1


def test_an_example_copied_by_hand_gets_keys(project: Path, env_file: Path) -> None:
    shutil.copy(project / ".env.example", env_file)

    assert call(project, "scripts/setup.py").returncode == 0

    assert "change-me" not in env_file.read_text()
    assert env_file.stat().st_mode & 0o777 == 0o600


def test_an_old_python_is_named(project: Path) -> None:
    code = (
        "import sys; sys.version_info = (3, 9, 2); sys.path.insert(0, 'scripts');"
        "import setup; setup.main()"
    )
    done = call(project, "-c", code)

    assert done.returncode == 1
    assert done.stderr.startswith("Нужен Python 3.11 или новее, а здесь 3.9.")
    assert len(done.stderr.splitlines()) == 1
