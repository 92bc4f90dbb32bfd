"""The bot while the operator is slow, down, empty-handed or surprising."""

import threading
import time

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from bookings.search import search_tours
from botapp.search import SearchTours
from integrations.delivery.handlers import outbox_handlers
from integrations.models import OutboxMessage
from integrations.tours.base import EmptyReason, SearchResult
from integrations.transport.errors import TransientError

pytestmark = pytest.mark.django_db


def operator(monkeypatch, search):
    monkeypatch.setitem(outbox_handlers, "botapp.search_tours", SearchTours(search))


def search_from(phone):
    phone.writes("/tours")
    with time_machine.travel("2026-11-24 09:00:00+05:00", tick=True):
        phone.presses("Алматы", "Вьетнам", "Показать туры")


def test_a_dead_search_says_so_and_offers_a_person(phone, monkeypatch):
    def down(search):
        raise TransientError("down")

    operator(monkeypatch, down)
    search_from(phone)

    assert "не отвечает" in phone.last
    assert phone.keys() == ["Позвать менеджера", "Повторить"]
    assert phone.talk.mode == "bot"
    phone.presses("Позвать менеджера")
    assert phone.talk.mode == "human"
    assert phone.talk.unanswered_since is not None


def test_trying_again_searches_again(phone, monkeypatch):
    def down(search):
        raise TransientError("down")

    operator(monkeypatch, down)
    search_from(phone)
    operator(monkeypatch, search_tours)

    with time_machine.travel("2026-11-24 09:00:00+05:00", tick=True):
        phone.presses("Повторить")

    assert any("Нашёл" in text for text in phone.texts)


def test_an_error_in_the_program_is_told_as_a_dead_search(phone, monkeypatch):
    def broken(search):
        raise RuntimeError("bug")

    operator(monkeypatch, broken)
    search_from(phone)
    for _attempt in range(3):
        row = OutboxMessage.objects.filter(topic="botapp.search_tours").get()
        with time_machine.travel(max(row.next_try_at, timezone.now()), tick=True):
            phone.world.work()

    assert OutboxMessage.objects.get(topic="botapp.search_tours").status == "needs_attention"
    assert "не отвечает" in phone.last


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (EmptyReason.NO_DEPARTURES, "нет туда туров"),
        (EmptyReason.NO_FLIGHTS_ON_DATES, "нет вылетов"),
        (EmptyReason.FILTERS, "ничего нет"),
    ],
)
def test_empty_hands_name_the_true_reason(phone, monkeypatch, reason, said):
    result = SearchResult(offers=(), checked_at=timezone.now(), empty_reason=reason)
    operator(monkeypatch, lambda search: result)

    search_from(phone)

    assert said in phone.last
    assert phone.keys() == ["Изменить", "Позвать менеджера"]


def test_over_budget_shows_the_cheapest_there_is(phone, monkeypatch):
    def dear(search):
        if search.budget_max:
            reason = EmptyReason.OVER_BUDGET
            return SearchResult(offers=(), checked_at=timezone.now(), empty_reason=reason)
        return search_tours(search)

    operator(monkeypatch, dear)
    phone.writes("/tours")
    with time_machine.travel("2026-11-24 09:00:00+05:00", tick=True):
        phone.writes("Из Алматы во Вьетнам с 12 января на 10 ночей, двое взрослых без детей, 4*, "
                     "завтраки, бюджет 900 тысяч тенге")  # fmt: skip
        phone.writes("/tours")
        phone.presses("Показать туры")

    assert any("В бюджет ничего нет" in text for text in phone.texts)


def test_a_search_that_was_overtaken_shows_nothing(phone, monkeypatch):
    phone.writes("/tours")
    phone.presses("Алматы")
    handler = outbox_handlers["botapp.search_tours"]
    phone.fake.presses(1001, "Показать туры")
    phone.world._process()
    row = OutboxMessage.objects.get(topic="botapp.search_tours")
    handler.apply(type("Outgoing", (), {"payload": {**row.payload, "search": 99}}), None)

    assert not any("не отвечает" in text for text in phone.texts)


# Committed for real: each webhook call is worked off at once, in a thread of its own.
@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_the_bot_answers_others_while_a_search_is_slow(world, monkeypatch):
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")
    started, may_end = threading.Event(), threading.Event()

    def slow(search):
        started.set()
        may_end.wait(20)
        return search_tours(search)

    operator(monkeypatch, slow)
    waiting, other = world.phone(1001), world.phone(1002)
    waiting.writes("/tours")

    def press():
        waiting.fake.presses(1001, "Показать туры")
        connection.close()

    searching = threading.Thread(target=press)
    searching.start()
    assert started.wait(10)

    before = time.monotonic()
    other.fake.writes(1002, "/start")
    waiting.fake.writes(1001, "/help")
    took_s = time.monotonic() - before
    said = list(waiting.texts)
    may_end.set()
    searching.join()
    world.work()

    assert "Здравствуйте" in other.last
    assert any("Ищу у туроператора" in text for text in said)
    assert any("Что я умею" in text for text in said)
    assert took_s < 10
    assert any("Нашёл" in text for text in waiting.texts)
