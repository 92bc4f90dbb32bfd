from __future__ import annotations

import threading
import time

import pytest

from common.turn import turn


def test_turns_do_not_overlap_and_a_pause_lies_between() -> None:
    spans: list[tuple[float, float]] = []

    def work() -> None:
        with turn("operator", pause_s=0.05, wait_s=5):
            started = time.monotonic()
            time.sleep(0.01)
            spans.append((started, time.monotonic()))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    spans.sort()
    assert len(spans) == 4
    gaps = [later[0] - earlier[1] for earlier, later in zip(spans, spans[1:], strict=False)]
    assert all(gap >= 0.045 for gap in gaps)


def test_whoever_waits_too_long_is_told() -> None:
    with turn("busy", pause_s=0, wait_s=1):
        with pytest.raises(TimeoutError), turn("busy", pause_s=0, wait_s=0.05):
            raise AssertionError("two at once")
        with turn("other", pause_s=0, wait_s=0.05):
            pass

    with turn("busy", pause_s=0, wait_s=0.05):
        pass


def test_turn_of_a_failed_call_is_given_back() -> None:
    with pytest.raises(ValueError, match="no"), turn("failing", pause_s=0, wait_s=1):
        raise ValueError("no")

    with turn("failing", pause_s=0, wait_s=0.05):
        pass
