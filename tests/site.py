"""The product's real processes for tests: a web server and a worker on a database of their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KEYS = {
    "SECRET_KEY": "test-key-that-is-long-enough-and-never-used-elsewhere-0123456789",
    "FIELD_KEYS": "WmZpZWxkLWtleS1mb3ItdGVzdHMtb25seS0wMTIzNDU=",
}
START_S = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@cache
def migrated_file() -> Path:
    """A SQLite file with all tables, made once a run: migrating takes longer than a test."""
    folder = Path(tempfile.mkdtemp(prefix="migrated-"))
    site = Site(folder)
    site.manage("migrate", "-v0")
    site.end_manager()
    return folder / "crystalbay.sqlite3"


class Site:
    """On a database that is migrated already: a copy of the file above, or DATABASE_URL.

    Start with `with Site(folder) as site`; everything it started is gone at the end."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            **KEYS,
            "DJANGO_SETTINGS_MODULE": "crystalbay.settings",
            "ENV_FILE": str(folder / "no.env"),
            "VAR_DIR": str(folder),
            "DEMO_MODE": "1",
            "DEBUG": "0",
            "PUBLIC_BASE_URL": self.url,
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "PYTHONPATH": str(ROOT),
            **environment,
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._manager: subprocess.Popen[str] | None = None

    def manage(self, *arguments: str, **extra: str) -> str:
        """Run a management command; return what it printed."""
        if self._manager is None:
            self._manager = subprocess.Popen(
                [sys.executable, "-m", "tests.manage_kept"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        order, answer = self._manager.stdin, self._manager.stdout
        assert order
        assert answer
        order.write(json.dumps({"arguments": arguments, "environment": extra}) + "\n")
        order.flush()
        told = json.loads(answer.readline())
        assert "output" in told, told["failure"]
        return str(told["output"])

    def end_manager(self) -> None:
        if self._manager:
            # It ends with its input.
            self._manager.communicate()
            self._manager = None

    def start(self, name: str) -> None:
        commands = {
            "web": ["uvicorn", "crystalbay.asgi:application", "--port", str(self.port)],
            "worker": [
                *("celery", "-A", "crystalbay", "worker", "-B", "-P", "threads", "-c", "4"),
                *("-l", "WARNING", "--schedule", str(self.folder / "beat")),
            ],
            "bot": ["django", "runbot", "--wait"],
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *commands[name]],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str, with_signal: int = signal.SIGKILL) -> None:
        process = self.processes.pop(name)
        os.killpg(process.pid, with_signal)
        process.wait(20)

    def __enter__(self) -> Site:
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.environment["DATABASE_URL"]:
            shutil.copy(migrated_file(), self.folder)
        self.start("web")
        self.start("worker")
        self.wait_until(self._is_ready, START_S, "the site does not get ready")
        return self

    def _is_ready(self) -> bool:
        try:
            return self.call("GET", "/readyz")[0] == 200
        except OSError:
            return False

    def __exit__(self, *failure: object) -> None:
        self.end_manager()
        for name in list(self.processes):
            self.kill(name)

    def call(
        self, method: str, path: str, body: Any = None, token: str = "", timeout: float = 30
    ) -> tuple[int, Any]:
        """Make a plain HTTP call; return the status and the parsed JSON."""
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def open_session(self) -> str:
        status, body = self.call("POST", "/api/v1/webchat/session/")
        assert status == 201, body
        return str(body["token"])

    def write(self, token: str, client_id: str, text: str) -> int:
        body = {"client_id": client_id, "text": text}
        return self.call("POST", "/api/v1/webchat/messages/", body, token)[0]

    def read(self, token: str) -> list[dict[str, Any]]:
        status, body = self.call("GET", "/api/v1/webchat/messages/", token=token)
        assert status == 200, body
        return list(body["messages"])

    @staticmethod
    def wait_until(is_true: Any, seconds: float, complaint: str) -> None:
        deadline = time.monotonic() + seconds
        while not is_true():
            assert time.monotonic() < deadline, complaint
            time.sleep(0.1)
