"""The supervisor of scripts/run.py with children that misbehave."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from types import ModuleType

import pytest

from tests.site import ROOT

pytestmark = pytest.mark.processes
QUIET = "import time; print('ready', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {QUIET}"
WITH_GRANDCHILD = (
    "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]]); "
    "import time; time.sleep(60)"
)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    monkeypatch.setattr("signal.signal", lambda *_: None)
    import run as module  # noqa: PLC0415 - found only now

    monkeypatch.setattr(module, "GRACE_S", 1.0)
    monkeypatch.setattr(module, "RESTART_PAUSE_S", 0.05)
    monkeypatch.setattr(module, "VENV_PYTHON", sys.executable)
    monkeypatch.setattr(module, "is_ready", lambda: False)
    yield module
    for name in ("run", "preflight", "terminal"):
        sys.modules.pop(name, None)


def child(run: ModuleType, code: str, *arguments: str) -> object:
    return run.Child("probe", ["-c", code, *arguments], dict(os.environ))


def test_a_child_that_ignores_term_is_ended_by_force(
    run: ModuleType, capfd: pytest.CaptureFixture[str]
) -> None:
    probe = child(run, STUBBORN)
    supervisor = run.Supervisor([probe])
    probe.start()
    time.sleep(0.5)
    process = probe.process

    started = time.monotonic()
    supervisor.stop()

    assert 0.9 < time.monotonic() - started < 3
    assert process.poll() == -9
    assert "probe  │ ready" in capfd.readouterr().out


def test_grandchildren_end_with_the_group(run: ModuleType) -> None:
    probe = child(run, WITH_GRANDCHILD, STUBBORN)
    supervisor = run.Supervisor([probe])
    probe.start()
    group = probe.process.pid
    time.sleep(0.5)

    supervisor.stop()

    for _ in range(30):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("somebody of the group is left")


def test_a_child_that_cannot_start_ends_the_run_with_a_sentence(
    run: ModuleType, capfd: pytest.CaptureFixture[str]
) -> None:
    supervisor = run.Supervisor([child(run, "raise SystemExit(3)")])

    with pytest.raises(SystemExit) as left:
        supervisor.run()

    seen = capfd.readouterr()
    assert left.value.code == 1
    assert seen.out.count("запускаю его снова") == run.MAX_QUICK_DEATHS - 1
    assert seen.err == "Процесс probe не запускается: причина в строках «probe» выше.\n"


def test_a_child_that_dies_once_is_started_again(run: ModuleType) -> None:
    probe = child(run, QUIET)
    supervisor = run.Supervisor([probe])
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    time.sleep(0.5)
    first = probe.process
    first.kill()
    time.sleep(1)

    second = probe.process
    supervisor.stop_requests = 1
    thread.join(5)
    supervisor.stop()

    assert second is not None
    assert second.pid != first.pid
