"""How often one message asks the database: the worker's pace in a storm hangs on it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from botapp.tests.phone import Phone
from chat.models import Message
from integrations.delivery import inbox, outbox
from integrations.models import InboxEvent, OutboxMessage
from live.models import LiveEvent

Counted = Callable[[int], AbstractContextManager[Any]]


def waiting(topic: str) -> int:
    return OutboxMessage.objects.get(topic=topic, status="pending").pk


@pytest.fixture
def known(phone: Phone) -> Phone:
    """A client who has been answered before, and writes again."""
    phone.writes("Здравствуйте")
    phone.fake.writes(phone.chat_id, "сообщение 12")
    return phone


def test_an_update_of_a_known_client(known: Phone, django_assert_num_queries: Counted) -> None:
    event = InboxEvent.objects.get(status="pending")
    notices = LiveEvent.objects.count()
    with django_assert_num_queries(26):
        assert inbox.process(event.pk)
    assert known.own_words == ["Здравствуйте", "сообщение 12"]
    # One for the managers, one for the client's own page.
    assert LiveEvent.objects.count() == notices + 2


def test_an_answer_from_the_words_to_telegram(
    known: Phone, django_assert_num_queries: Counted
) -> None:
    inbox.process(InboxEvent.objects.get(status="pending").pk)
    with django_assert_num_queries(41):
        assert outbox.deliver(waiting("chat.respond"))
    with django_assert_num_queries(14):
        assert outbox.deliver(waiting("chat.send_message"))
    answer = known.talk.messages.order_by("pk").last()
    assert (answer.author, answer.delivery) == (Message.Author.BOT, Message.Delivery.SENT)
    assert answer.text == known.last


def test_words_that_are_known_already(known: Phone, django_assert_num_queries: Counted) -> None:
    event = InboxEvent.objects.get(status="pending")
    inbox.process(event.pk)
    InboxEvent.objects.filter(pk=event.pk).update(status="pending", attempts=0)
    with django_assert_num_queries(14):
        assert inbox.process(event.pk)
    assert known.own_words == ["Здравствуйте", "сообщение 12"]
