from __future__ import annotations

from common.breaker import Breaker


def test_it_opens_after_failures_in_a_row_and_closes_on_success() -> None:
    breaker = Breaker("one", failures=2)
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert not breaker.is_open()

    breaker.failed()
    assert breaker.is_open()
    assert Breaker("one").is_open()
    assert not Breaker("other").is_open()

    breaker.succeeded()
    assert not breaker.is_open()


def test_a_wrong_key_opens_it_at_once() -> None:
    breaker = Breaker("two")

    breaker.failed(for_good=True)

    assert breaker.is_open()
