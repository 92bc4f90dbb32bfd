"""The shared limit: never more than allowed in any window, whoever calls."""

from __future__ import annotations

import threading
import time
from itertools import pairwise

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.call_pace import Allowance, _take, wait_for_turn
from integrations.models import CallPace
from integrations.transport.errors import RateLimited

WAZZUP = Allowance(burst=90, per_second=80)
LIMIT, WINDOW_S = 500, 5.0


@pytest.mark.django_db
@settings(max_examples=15, deadline=None)
@given(pauses=st.lists(st.floats(0, 0.05), min_size=50, max_size=400))
def test_no_window_of_five_seconds_holds_more_than_allowed(pauses: list[float]) -> None:
    CallPace.objects.all().delete()
    CallPace.objects.create(key="a")
    moment, taken = 1_000_000.0, []
    for pause in pauses:
        moment += pause
        if _take("a", WAZZUP, moment):
            taken.append(moment)

    for start in taken:
        assert sum(start <= at < start + WINDOW_S for at in taken) <= LIMIT


@pytest.mark.django_db
def test_a_burst_goes_at_once_and_the_next_call_waits_its_time() -> None:
    clock, slept = [1000.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds

    for _ in range(3):
        wait_for_turn("a", Allowance(3, 2), now=lambda: clock[0], sleep=sleep)
    assert slept == []
    wait_for_turn("a", Allowance(3, 2), now=lambda: clock[0], sleep=sleep)

    assert 0.48 <= sum(slept) <= 0.54


@pytest.mark.django_db
def test_a_long_wait_is_given_back_to_the_queue() -> None:
    clock = [1000.0]

    def sleep(seconds: float) -> None:
        clock[0] += seconds

    wait_for_turn("a", Allowance(1, 0.1), now=lambda: clock[0], sleep=sleep)
    with pytest.raises(RateLimited) as limited:
        wait_for_turn("a", Allowance(1, 0.1), now=lambda: clock[0], sleep=sleep)

    assert limited.value.retry_after == 3.0
    wait_for_turn("b", Allowance(1, 0.1), now=lambda: clock[0], sleep=sleep)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_workers_together_stay_below_the_limit() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite in memory has one connection")
    allowance, times, lock = Allowance(burst=10, per_second=100), [], threading.Lock()

    def work() -> None:
        for _ in range(10):
            wait_for_turn("a", allowance)
            with lock:
                times.append(time.time())
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    times.sort()
    assert len(times) == 60
    assert times[-1] - times[0] >= 0.45
    assert all(after >= before for before, after in pairwise(times))
