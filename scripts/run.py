"""Run the web server, the worker and the Telegram bot in one terminal until Ctrl-C.

A small supervisor: prefixed logs, a restart for a process that dies, and nothing left behind.
Standard library only.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from typing import Any

from preflight import refuse_if_running
from terminal import BASE, VENV_PYTHON, address, fail, say, setting, var_dir

# Web server and worker finish what they are doing within this time, then they are ended.
GRACE_S = 7.0
READY_S = 30.0
RESTART_PAUSE_S = 1.0
QUICK_DEATH_S = 10.0
MAX_QUICK_DEATHS = 5

WEB = "-m uvicorn crystalbay.asgi:application --timeout-graceful-shutdown 3 --lifespan off"
WORKER = (
    "-m celery --quiet -A crystalbay worker -B -P threads -c 8 --without-gossip --without-mingle"
)

# Rests until somebody gives it a token, in the environment or in the back office.
BOT = "manage.py runbot --wait"

# Right for a server, beside the point for a trial run in one's own terminal.
NO_ROOT_WARNING = "ignore:You're running the worker with superuser"

_output = threading.Lock()


class Child:
    """A process with its own group, so that whatever it starts ends together with it."""

    def __init__(self, name: str, command: list[str], env: dict[str, str]) -> None:
        self.name, self.command, self.env = name, command, env
        self.quick_deaths = 0
        self.start_at = time.monotonic()
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        # setpriv: the child is told to stop even if this supervisor is killed outright.
        leash = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
        self.process = subprocess.Popen(
            [*leash, str(VENV_PYTHON), *self.command],
            cwd=BASE,
            env=self.env,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        threading.Thread(target=self._copy_output, args=(self.process,), daemon=True).start()

    def _copy_output(self, process: subprocess.Popen[str]) -> None:
        with process.stdout as lines:  # type: ignore[union-attr]  # it is a pipe
            for line in lines:
                if line.strip():
                    with _output:
                        say(f"{self.name:<6} │ {line.rstrip()}")

    def watch(self) -> None:
        """Start the process if it is due; after a death, plan the next start."""
        if self.process is None:
            if time.monotonic() >= self.start_at:
                self.start_at = time.monotonic()
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.signal(signal.SIGKILL)
        self.process = None
        lived = time.monotonic() - self.start_at
        self.quick_deaths = self.quick_deaths + 1 if lived < QUICK_DEATH_S else 1
        if self.quick_deaths >= MAX_QUICK_DEATHS:
            fail(f"Процесс {self.name} не запускается: причина в строках «{self.name}» выше.")
        say(f"Процесс {self.name} остановился (код {code}), запускаю его снова.")
        self.start_at = time.monotonic() + RESTART_PAUSE_S

    def signal(self, number: int) -> bool:
        """Send a signal to the whole group; False when nobody of it is left."""
        if self.process is None:
            return False
        self.process.poll()
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return False
        return True


class Supervisor:
    def __init__(self, children: list[Child]) -> None:
        self.children = children
        self.stop_requests = 0
        self.parent = os.getppid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Under nohup a closed terminal is no reason to stop.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._request_stop)

    def _request_stop(self, *_: Any) -> None:
        self.stop_requests += 1

    def run(self) -> None:
        """Keep the children alive until somebody asks to stop, or until `make` is gone."""
        started, is_announced = time.monotonic(), False
        while not self.stop_requests and os.getppid() == self.parent:
            for child in self.children:
                child.watch()
            if not is_announced:
                is_late = time.monotonic() - started > READY_S
                is_announced = is_ready() or is_late
                if is_announced:
                    announce(is_late)
            time.sleep(0.2)

    def stop(self) -> None:
        """End every group: politely first, by force after GRACE_S or at the second Ctrl-C."""
        asked = max(1, self.stop_requests)
        deadline = time.monotonic() + GRACE_S
        for child in self.children:
            child.signal(signal.SIGTERM)
        while any(child.signal(0) for child in self.children):
            if time.monotonic() > deadline or self.stop_requests > asked:
                for child in self.children:
                    child.signal(signal.SIGKILL)
                if time.monotonic() > deadline + 1:
                    break
            time.sleep(0.05)


def is_ready() -> bool:
    host, port = address()
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - compared only
    # The site answers to its own names only.
    name = setting("ALLOWED_HOSTS", "localhost").split(",")[0].strip(" .*") or "localhost"
    request = urllib.request.Request(f"http://{host}:{port}/readyz", headers={"Host": name})
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def announce(is_late: bool) -> None:
    base = setting("PUBLIC_BASE_URL", f"http://localhost:{address()[1]}").rstrip("/")
    kept = var_dir() / "admin-password.txt"
    password = kept.read_text().strip() if kept.exists() else "тот, что вы задали"
    rows = [
        "Crystal Bay Travel работает",
        "",
        f"Кабинет менеджера   {base}/admin/",
        "Логин               admin",
        f"Пароль              {password}",
        f"Чат клиента         {base}/chat/",
        "",
        "Остановить: Ctrl-C",
    ]
    if is_late:
        rows[0] = "Сайт запущен, но ещё не готов: проверьте строки выше и адрес /readyz"
    width = max(map(len, rows))
    frame = [f"│ {row:<{width}} │" for row in rows]
    with _output:
        say("\n".join([f"┌{'─' * (width + 2)}┐", *frame, f"└{'─' * (width + 2)}┘"]))


def main() -> None:
    lock = refuse_if_running()
    host, port = address()
    env = {**os.environ, "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    env.setdefault("PYTHONWARNINGS", NO_ROOT_WARNING)
    env.pop("ADMIN_PASSWORD", None)
    schedule = str(var_dir() / "beat-schedule")
    web = [*WEB.split(), "--host", host, "--port", str(port), "--log-level", "warning"]
    worker = [*WORKER.split(), "--loglevel", "WARNING", "--schedule", schedule]
    children = {"web": web, "worker": worker, "bot": BOT.split()}
    supervisor = Supervisor([Child(name, command, env) for name, command in children.items()])
    try:
        supervisor.run()
    finally:
        say("Останавливаю…")
        supervisor.stop()
        lock.close()
    say("Остановлено.")


if __name__ == "__main__":
    main()
