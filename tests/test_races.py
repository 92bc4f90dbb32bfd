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
from chat.services.analysis import analyse_lead
from chat.services.outbound import send_reply
from chat.tests.factories import write
from common.errors import Conflict
from integrations.accounts import webchat_account
from integrations.delivery import inbox, outbox
from integrations.models import InboxEvent, OutboxMessage
from leads import analysis_batch
from leads.analysis_batch import start_batch, work_page
from leads.contradictions import accept_contradiction, correct_facts, keep_fact
from leads.models import AnalysisBatch, Client, Lead, LeadAnalysis, LeadHistory, StaffProfile
from leads.services import (
    BOT,
    Actor,
    NewFact,
    ensure_client,
    ensure_open_lead,
    move_lead,
    record_facts,
)
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


def test_a_persons_word_and_the_clients_at_once_never_lose_the_persons():
    """Whoever comes first: in the end the person's fact stands, with the client's beside it."""
    user = User.objects.create_user("manager")
    for _ in range(4):
        lead = make_lead()
        record_facts(lead.pk, [NewFact("countries", ["VN"])], actor=BOT)

        def speak(number: int, lead_id: int = lead.pk) -> None:
            if number == 0:
                correct_facts(lead_id, {"countries": ["TR"]}, actor=Actor(user, "board"))
            else:
                record_facts(lead_id, [NewFact("countries", ["EG"], "в Египет")], actor=BOT)

        results = at_once(speak, hands=4)

        assert results == [None] * 4
        fact = lead.facts.get(is_current=True)
        assert (fact.value, fact.set_by) == (["TR"], user)
        assert lead.contradictions.filter(outcome="open").count() <= 1
        assert lead.facts.filter(value=["TR"]).count() == 1


def test_of_two_decisions_at_once_one_counts():
    user, lead = User.objects.create_user("manager"), make_lead()
    correct_facts(lead.pk, {"countries": ["TR"]}, actor=Actor(user, "board"))
    record_facts(lead.pk, [NewFact("countries", ["EG"])], actor=BOT)
    decisions = [accept_contradiction, keep_fact]

    results = at_once(
        lambda n: decisions[n % 2](lead.pk, "countries", actor=Actor(user, "board")).pk
    )

    assert Counter(type(result).__name__ for result in results) == {"int": 1, "Conflict": HANDS - 1}
    row = lead.contradictions.get()
    winner = next(n for n, result in enumerate(results) if isinstance(result, int))
    assert row.outcome == ("accepted" if winner % 2 == 0 else "kept")
    expected = ["EG"] if winner % 2 == 0 else ["TR"]
    assert lead.facts.get(is_current=True).value == expected


def test_a_page_of_the_analysis_goes_to_one_worker(monkeypatch):
    monkeypatch.setattr(analysis_batch, "wake", lambda *args: None)
    for _ in range(5):
        make_lead()
    batch = start_batch(User.objects.create_user("manager"))

    results = at_once(lambda _: work_page(batch.pk))

    batch.refresh_from_db()
    assert sum(results) >= 1
    assert (batch.done, batch.total, batch.errors) == (5, 5, 0)
    assert LeadAnalysis.objects.count() == 5


def test_of_many_starts_of_the_analysis_one_runs(monkeypatch):
    monkeypatch.setattr(analysis_batch, "wake", lambda *args: None)
    user = User.objects.create_user("manager")

    results = at_once(lambda _: start_batch(user).pk)

    assert Counter(type(result).__name__ for result in results) == {"int": 1, "Conflict": HANDS - 1}
    assert AnalysisBatch.objects.count() == 1


def test_analyses_and_moves_of_one_lead_at_once_agree_in_the_end():
    lead = make_lead()
    stages = ["consultation", "selection", "offer_sent", "negotiation"]

    def work(number: int) -> None:
        if number % 2:
            analyse_lead(lead.pk)
        else:
            move_lead(lead.pk, stages[number // 2 % 4], actor=Actor(None, "board"))

    results = at_once(work)

    assert results == [None] * HANDS
    lead.refresh_from_db()
    assert LeadAnalysis.objects.get(lead=lead).stage == lead.stage_id
