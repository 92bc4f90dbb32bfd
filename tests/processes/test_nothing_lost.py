"""Real server, real worker, real clients: nothing is lost and nothing doubled.

CUSTOMERS sets how many write at once.
"""

from __future__ import annotations

import os
import shutil
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.processes.conftest import forget_tasks
from tests.site import Site

pytestmark = pytest.mark.processes
CUSTOMERS = int(os.environ.get("CUSTOMERS", "40"))
WISH = (
    "Здравствуйте! Хотим во Вьетнам с 12 января на 10 ночей из Алматы, двое взрослых "
    "и ребёнок 6 лет, бюджет до 900 тысяч тенге"
)


def answers_to(site: Site, token: str) -> list[str]:
    return [message["text"] for message in site.read(token) if message["author"] == "bot"]


def test_a_wish_is_answered_within_five_seconds(tmp_path):
    with Site(tmp_path) as site:
        token = site.open_session()
        started = time.monotonic()
        assert site.write(token, "message-1", WISH) == 202
        site.wait_until(lambda: answers_to(site, token), 5, "no answer within 5 s")
        assert time.monotonic() - started < 5
        assert "₸" in answers_to(site, token)[0]


def test_the_same_event_ten_times_at_once_is_one_message(tmp_path, stores):
    with Site(tmp_path, **stores, REPLY_DELAY_MS="500") as site:
        token = site.open_session()
        with ThreadPoolExecutor(10) as pool:
            codes = list(pool.map(lambda _: site.write(token, "message-1", "Привет"), range(10)))
        site.wait_until(lambda: answers_to(site, token), 20, "no answer")
        time.sleep(1)

        assert codes == [202] * 10
        assert [message["author"] for message in site.read(token)] == ["customer", "bot"]


def test_many_customers_at_once(tmp_path, stores):
    with Site(tmp_path, **stores, REPLY_DELAY_MS="500") as site:
        with ThreadPoolExecutor(50) as pool:
            tokens = list(pool.map(lambda _: site.open_session(), range(CUSTOMERS)))
            codes = list(pool.map(lambda token: site.write(token, "message-1", WISH), tokens))
        assert Counter(codes) == {202: CUSTOMERS}

        site.wait_until(
            lambda: all(answers_to(site, token) for token in tokens), 90, "some got no answer"
        )
        for token in tokens:
            own = [m["client_id"] for m in site.read(token) if m["author"] == "customer"]
            assert own == ["message-1"]
            assert len(answers_to(site, token)) == 1


def test_a_killed_worker_and_a_deleted_broker_lose_nothing(tmp_path, stores):
    with Site(tmp_path, **stores, REPLY_DELAY_MS="500") as site:
        tokens = [site.open_session() for _ in range(10)]
        with ThreadPoolExecutor(10) as pool:
            list(pool.map(lambda token: site.write(token, "message-1", WISH), tokens))
        time.sleep(0.7)
        site.kill("worker")
        for token in tokens:
            site.write(token, "message-2", "и чтобы завтраки")
        if stores:
            forget_tasks()
        else:
            shutil.rmtree(tmp_path / "broker")
            (tmp_path / "broker").mkdir()
        site.start("worker")

        def is_answered(token: str) -> bool:
            authors = [message["author"] for message in site.read(token)]
            return authors.count("customer") == 2 and authors[-1] == "bot"

        def everybody_is_answered() -> bool:
            return all(is_answered(token) for token in tokens)

        site.wait_until(everybody_is_answered, 90, "some got no answer")
        for token in tokens:
            messages = site.read(token)
            own = [m["client_id"] for m in messages if m["author"] == "customer"]
            assert own == ["message-1", "message-2"]
            assert len(answers_to(site, token)) <= 2
