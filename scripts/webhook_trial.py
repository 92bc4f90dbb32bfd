"""Throw webhooks at the real site while it is being broken, and count what became of them.

    webhook_trial.py [--posts 20000] [--rate 200] [--chats 500] [--pause 30] [--sqlite]

A scratch database (PostgreSQL where it answers, else SQLite), a web server and a worker of their
own. On the way the worker is killed twice and the database stops answering for a while. Then every
message has to be there once, every status in its last state. Leaves with 1 if it is not so.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import queue
import random
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import KEYS, manage, scratch_postgres
from test import find_postgres
from webhook_load import Load, invent

from terminal import BASE, VENV_PYTHON, fail, say

SENDERS = 48
LIMIT_MS = 100.0
DRAIN_S = 1_800


class PausableProxy:
    """Passes bytes to the database's port until it is told to stand still."""

    def __init__(self, host: str, port: int) -> None:
        self._target, self._flows = (host, port), threading.Event()
        self._flows.set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def pause(self, seconds: float) -> None:
        self._flows.clear()
        time.sleep(seconds)
        self._flows.set()

    def _accept(self) -> None:
        while True:
            near, _address = self._listener.accept()
            far = socket.create_connection(self._target)
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=pair, daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65_536):
                self._flows.wait()
                target.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, target):
                end.close()


@dataclass
class Trial:
    """The site under trial, and how to break it."""

    folder: Path
    database_url: str
    site_url: str
    proxy: PausableProxy | None
    redis_url: str = ""
    port: int = 0
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        return {
            **os.environ,
            **KEYS,
            "ENV_FILE": str(self.folder / "none"),
            "VAR_DIR": str(self.folder),
            "DATABASE_URL": self.site_url,
            "REDIS_URL": self.redis_url,
            "DEBUG": "0",
            "DEMO_MODE": "1",
            # The bot reads a whole talk once, after the storm.
            "REPLY_DELAY_MS": "60000",
        }

    def start(self, name: str) -> None:
        commands = {
            "web": ["uvicorn", "crystalbay.asgi:application", "--port", str(self.port)],
            "worker": [
                *("celery", "--quiet", "-A", "crystalbay", "worker", "-B", "-P", "threads"),
                *("-c", "4", "-l", "WARNING", "--schedule", str(self.folder / "beat")),
            ],
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(  # noqa: S603 - our own command
                [str(VENV_PYTHON), "-m", *commands[name]],
                cwd=BASE,
                env=self.env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def pause_database(self, seconds: float) -> None:
        if self.proxy:
            self.proxy.pause(seconds)
            return
        path = self.database_url.removeprefix("sqlite:///")
        lock = sqlite3.connect(path, isolation_level=None, timeout=10)
        lock.execute("BEGIN EXCLUSIVE")
        time.sleep(seconds)
        lock.execute("ROLLBACK")
        lock.close()

    def wait_for_site(self) -> None:
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.2)
        fail("Сайт не запустился.")


@dataclass
class Sent:
    """What the senders saw: (second since the start, milliseconds, status)."""

    answers: list[tuple[float, float, int]] = field(default_factory=list)
    failures: int = 0

    def p95(self, without: tuple[float, float]) -> tuple[float, float, float]:
        """Median, 95th and 99th percentile of the answers outside of a span, in ms."""
        times = sorted(ms for at, ms, _status in self.answers if not without[0] <= at <= without[1])
        cuts = statistics.quantiles(times, n=100)
        return statistics.median(times), cuts[94], cuts[98]


def send_all(port: int, path: str, bodies: list[bytes], rate: float, sent: Sent) -> None:
    """Send at a steady rate, whether or not the earlier ones have been answered."""
    waiting: queue.Queue[tuple[float, bytes] | None] = queue.Queue()
    started = time.monotonic()

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while job := waiting.get():
            due, body = job
            time.sleep(max(0.0, due - time.monotonic()))
            clock = time.monotonic()
            try:
                connection.request("POST", path, body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException):
                sent.failures += 1
                connection.close()
                continue
            sent.answers.append((clock - started, (time.monotonic() - clock) * 1000, status))

    threads = [threading.Thread(target=work) for _ in range(SENDERS)]
    for number, body in enumerate(bodies):
        waiting.put((started + number / rate, body))
    for _ in threads:
        waiting.put(None)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def break_things(trial: Trial, duration: float, pause: float) -> tuple[float, float]:
    """Kill the worker twice and stop the database in between; return when it stood still."""
    started = time.monotonic()
    time.sleep(duration * 0.2)
    say("  · работник убит (1)")
    trial.kill("worker")
    time.sleep(3)
    trial.start("worker")
    time.sleep(max(0.0, started + duration * 0.4 - time.monotonic()))
    say(f"  · база молчит {pause:.0f} с")
    stands = time.monotonic() - started
    trial.pause_database(pause)
    runs = time.monotonic() - started
    say("  · база снова отвечает")
    time.sleep(max(0.0, started + duration * 0.8 - time.monotonic()))
    say("  · работник убит (2)")
    trial.kill("worker")
    time.sleep(3)
    trial.start("worker")
    return stands, runs


def counted(trial: Trial) -> dict[str, Any]:
    env = {**trial.env, "DATABASE_URL": trial.database_url}
    return dict(json.loads(manage(env, "webhook_count").splitlines()[-1]))


def wait_until_done(trial: Trial) -> float:
    started = time.monotonic()
    while counted(trial)["waiting"] or list((trial.folder / "webhooks").glob("*.json")):
        if time.monotonic() - started > DRAIN_S:
            fail("Очередь не разобрана за полчаса.")
        time.sleep(5)
    return time.monotonic() - started


def report(load: Load, found: dict[str, Any], sent: Sent, still: tuple[float, float]) -> bool:
    median, p95, p99 = sent.p95((still[0] - 1, still[1] + 3))
    during = [ms for at, ms, _status in sent.answers if still[0] <= at <= still[1]]
    lost = Counter(load.messages) - Counter(found["messages"])
    doubled = Counter(found["messages"]) - Counter(load.messages)
    wrong = {key: one for key, one in load.statuses.items() if found["statuses"].get(key) != one}
    codes = Counter(status for _at, _ms, status in sent.answers)
    say(f"\nотправлено вызовов            {len(sent.answers)} (без ответа {sent.failures})")
    say(f"ответы                         {dict(codes)}")
    say(f"ответ, мс: медиана/p95/p99     {median:.1f} / {p95:.1f} / {p99:.1f}")
    if during:
        say(f"пока база молчала: самый долгий {max(during):.0f} мс")
    say(f"сообщений ждали / нашли        {len(load.messages)} / {len(found['messages'])}")
    say(f"потеряно / удвоено             {sum(lost.values())} / {sum(doubled.values())}")
    say(f"статусов ждали / не тех        {len(load.statuses)} / {len(wrong)}")
    say(f"испорченных отложено человеку  {found['unreadable']} из {load.malformed}")
    say(f"разговоров                     {found['talks']}")
    is_fine = not lost and not doubled and not wrong and not sent.failures and set(codes) == {200}
    say("ИТОГ: " + ("всё на месте" if is_fine else "НЕ ВСЁ НА МЕСТЕ"))
    if p95 > LIMIT_MS:
        say(f"p95 выше {LIMIT_MS:.0f} мс: машина занята или слаба")
    return is_fine


@contextmanager
def scratch(use_sqlite: bool, redis_url: str) -> Iterator[Trial]:
    server = "" if use_sqlite else find_postgres()
    with tempfile.TemporaryDirectory() as name, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        folder, port = Path(name), int(probe.getsockname()[1])
        probe.close()
        if not server:
            url = f"sqlite:///{folder}/trial.sqlite3"
            yield Trial(folder, url, url, None, redis_url, port)
            return
        with scratch_postgres(server) as url:
            parts = urlsplit(url)
            proxy = PausableProxy(parts.hostname or "127.0.0.1", parts.port or 5432)
            person = parts.netloc.rpartition("@")[0]
            netloc = f"{person}@127.0.0.1:{proxy.port}" if person else f"127.0.0.1:{proxy.port}"
            yield Trial(folder, url, parts._replace(netloc=netloc).geturl(), proxy, redis_url, port)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--chats", type=int, default=500)
    parser.add_argument("--pause", type=float, default=30)
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--redis", default="", help="redis://…; без него очередь в файлах")
    wish = parser.parse_args()
    with scratch(wish.sqlite, wish.redis) as trial:
        kind = "PostgreSQL" if trial.proxy else "SQLite"
        say(f"· {kind}: {wish.posts} вызовов по {wish.rate:.0f} в секунду, {wish.chats} чатов")
        manage({**trial.env, "DATABASE_URL": trial.database_url}, "migrate", "-v0")
        path = counted(trial)["path"]
        load = invent(wish.posts, wish.chats, random.Random(7))  # noqa: S311 - invented data
        for name in ("web", "worker"):
            trial.start(name)
        trial.wait_for_site()
        sent = Sent()
        sender = threading.Thread(
            target=send_all, args=(trial.port, path, load.bodies, wish.rate, sent)
        )
        try:
            sender.start()
            still = break_things(trial, wish.posts / wish.rate, wish.pause)
            sender.join()
            say("  · всё отправлено, жду, пока разберут")
            say(f"  · разобрано за {wait_until_done(trial):.0f} с")
            is_fine = report(load, counted(trial), sent, still)
        finally:
            for name in list(trial.processes):
                trial.kill(name)
    sys.exit(0 if is_fine else 1)


if __name__ == "__main__":
    main()
