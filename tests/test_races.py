"""Many hands at once: real threads on a database that lets them run together (PostgreSQL)."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection

from chat.models import Conversation, Message
from chat.services.outbound import send_reply
from chat.tests.factories import write
from common.errors import Conflict
from integrations.accounts import webchat_account
from integrations.delivery import inbox, outbox
from integrations.models import InboxEvent, OutboxMessage
from leads.models import Client, Lead, LeadHistory, StaffProfile
from leads.services import Actor, ensure_client, ensure_open_lead, move_lead
from leads.tests.factories import make_lead

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]
HANDS = 12


@pytest.fixture(autouse=True)
def _needs_postgres():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite in memory has one connection; the processes' tests cover its file")


def at_once(work: Callable[[int], Any], hands: int = HANDS) -> list[Any]:
    """Run `work(number)` in threads that start together; return results, or what was raised."""
    barrier, results = threading.Barrier(hands), [None] * hands

    def run(number: int) -> None:
        barrier.wait(10)
        try:
            results[number] = work(number)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_the_same_event_from_many_sides_is_one_row():
    account = webchat_account()

    at_once(lambda _: inbox.receive(account, external_id="e1", ordering_key="c", body="{}"))

    assert InboxEvent.objects.count() == 1


def test_one_hand_gets_an_action(monkeypatch, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    monkeypatch.setattr(outbox, "wake", lambda *args: None)
    monkeypatch.setattr("chat.services.inbound.enqueue", outbox.enqueue)
    write("Здравствуйте")
    row = OutboxMessage.objects.get()

    results = at_once(lambda _: outbox.deliver(row.pk))

    assert Counter(results) == {True: 1, False: HANDS - 1}
    assert Message.objects.filter(author="bot").count() == 1


def test_one_person_from_many_sides_is_one_client_with_one_lead():
    def arrive(_: int) -> int:
        client = ensure_client("phone", "+77012223344")
        return ensure_open_lead(client, source="webchat", actor=Actor(None, "api")).pk

    results = at_once(arrive)

    assert len(set(results)) == 1
    assert (Client.objects.count(), Lead.objects.count()) == (1, 1)


def test_of_many_movers_of_one_card_the_first_wins():
    lead = make_lead()
    stages = ["consultation", "selection", "offer_sent", "negotiation"]

    results = at_once(
        lambda n: move_lead(lead.pk, stages[n % 4], actor=Actor(None, "board"), version=1)
    )

    assert sum(isinstance(result, Lead) for result in results) == 1
    assert sum(isinstance(result, Conflict) for result in results) == HANDS - 1
    assert LeadHistory.objects.filter(kind="stage").count() == 1


def test_a_double_click_is_one_reply():
    conversation = write("Здравствуйте")
    user = User.objects.create_user("manager")

    results = at_once(
        lambda _: send_reply(conversation.pk, "Добрый день", user=user, client_key="k").pk
    )

    assert len(set(results)) == 1
    assert Message.objects.filter(author="staff").count() == 1


def test_a_burst_from_many_sides_is_one_conversation_and_one_waiting_answer(monkeypatch):
    monkeypatch.setattr(outbox, "wake", lambda *args: None)

    results = at_once(lambda n: write(f"часть {n}", external_id=f"m{n}").pk)

    assert len(set(results)) == 1
    assert Conversation.objects.count() == 1
    assert Message.objects.count() == HANDS
    assert OutboxMessage.objects.count() == 1


def test_leads_that_come_at_once_go_round_those_on_shift():
    right = Permission.objects.get(codename="change_lead")
    people = [User.objects.create(username=f"shift-{n}", is_staff=True) for n in range(3)]
    for person in people:
        person.user_permissions.add(right)
        StaffProfile.objects.create(user=person, is_on_shift=True)
    clients = [ensure_client("phone", f"+7701000{n:04}") for n in range(HANDS)]

    at_once(lambda n: ensure_open_lead(clients[n], source="webchat", actor=Actor(None, "chat")))

    taken = Counter(Lead.objects.values_list("assignee", flat=True))
    assert taken == {person.pk: HANDS // 3 for person in people}


def test_of_two_managers_answers_at_once_one_is_told_of_the_other():
    conversation = write("Здравствуйте")
    seen = conversation.messages.latest("pk").pk
    people = [User.objects.create_user(f"manager-{number}") for number in range(2)]

    def answer(number: int) -> int:
        key = f"key-{number}"
        user = people[number]
        return send_reply(conversation.pk, "Да", user=user, client_key=key, seen_id=seen).pk

    results = at_once(answer, hands=2)

    assert sorted(type(result).__name__ for result in results) == ["Conflict", "int"]
    assert Message.objects.filter(author="staff").count() == 1
