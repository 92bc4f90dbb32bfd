import pytest

from integrations.transport.errors import RateLimited
from integrations.transport.pace import Bucket, Pace


class Clock:
    def __init__(self):
        self.now, self.slept = 100.0, []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(round(seconds, 3))
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


def pace(clock, everybody=(0.1, 10), one=(1.0, 3)):
    return Pace(Bucket(*everybody), lambda _: Bucket(*one), clock=clock, sleep=clock.sleep)


def test_a_short_burst_is_free_then_one_a_second(clock):
    sending = pace(clock)
    for _message in range(5):
        sending.wait("chat")

    assert clock.slept == [1.0, 1.0]


def test_another_chat_does_not_wait(clock):
    sending = pace(clock)
    for _message in range(4):
        sending.wait("chat")
    sending.wait("other")

    assert clock.slept == [1.0]


def test_all_together_have_a_pace_too(clock):
    sending = pace(clock, everybody=(0.1, 2))
    for number in range(5):
        sending.wait(str(number))

    assert clock.slept == [0.1, 0.1, 0.1]


def test_a_long_wait_is_for_the_outbox(clock):
    sending = pace(clock, one=(3.0, 1))
    sending.wait("group")

    with pytest.raises(RateLimited) as refused:
        sending.wait("group")

    assert refused.value.retry_after == pytest.approx(3.0)
    assert clock.slept == []
    clock.now += 3
    sending.wait("group")
