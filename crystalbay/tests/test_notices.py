"""Who is told of what by the bell."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from chat.models import Conversation
from chat.services.modes import hand_over, set_mode
from chat.services.outbound import send_reply
from chat.tests.factories import write
from common.phones import hide_phones
from crystalbay.roles import ACCOUNTANT, MANAGER
from crystalbay.tests.test_rights import person
from leads.models import Client, StaffProfile
from leads.services import BOT, Actor, assign_lead
from live.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk() -> Conversation:
    talk = write("Здравствуйте, мой номер 87012223344, это тайна")
    Client.objects.filter(pk=talk.client_id).update(name="Анна")
    Notification.objects.all().delete()
    talk.refresh_from_db()
    return talk


def rung() -> list[tuple[str, str, str]]:
    rows = Notification.objects.order_by("pk")
    return list(rows.values_list("user__username", "kind", "text"))


def give(talk: Conversation, to: User | None, by: User | None = None) -> None:
    assert talk.lead_id
    assign_lead(talk.lead_id, to, actor=Actor(by, "admin") if by else BOT)
    talk.refresh_from_db()


def test_a_lead_given_by_somebody_else_rings(talk: Conversation) -> None:
    aigul, head = person(MANAGER), person(MANAGER, name="head")

    give(talk, aigul, by=head)

    assert rung() == [("aigul", "lead", "Вам передали лид: Анна")]
    url = reverse("admin:leads_lead_change", args=[talk.lead_id])
    assert Notification.objects.get().url == url


def test_a_lead_taken_by_oneself_does_not_ring(talk: Conversation) -> None:
    aigul = person(MANAGER)

    give(talk, aigul, by=aigul)
    give(talk, None, by=aigul)

    assert rung() == []


def test_my_client_rings_while_a_person_speaks(talk: Conversation) -> None:
    aigul = person(MANAGER)
    give(talk, aigul, by=aigul)
    set_mode(talk.pk, "human", user=aigul)

    write("Это секретная просьба, +7 701 222 33 44")
    write("И ещё одна")

    assert rung() == [("aigul", "message", "Вам пишет Анна")]
    thread = reverse("admin:chat_conversation_thread", args=[talk.pk])
    assert Notification.objects.get().url == thread


def test_while_the_bot_answers_nobody_is_disturbed(talk: Conversation) -> None:
    aigul = person(MANAGER)
    give(talk, aigul, by=aigul)
    set_mode(talk.pk, "bot", user=aigul)

    write("Хотим на море")

    assert rung() == []


@pytest.mark.parametrize("mode", ["human", "drafts"])
def test_nobodys_client_rings_nobody(talk: Conversation, mode: str) -> None:
    Conversation.objects.update(mode=mode)
    person(MANAGER)

    write("Хотим на море")

    assert rung() == []


def test_the_bot_calls_the_responsible_person(talk: Conversation) -> None:
    aigul, dana = person(MANAGER), person(MANAGER, name="dana")
    StaffProfile.objects.create(user=dana, is_on_shift=True)
    give(talk, aigul, by=aigul)
    talk.mode = Conversation.Mode.BOT

    hand_over(talk, "asked")
    hand_over(talk, "asked")

    assert rung() == [("aigul", "hand_over", "Бот зовёт человека: Анна")]


def test_the_bot_calls_everybody_on_shift_for_nobodys_client(talk: Conversation) -> None:
    people = {name: person(MANAGER, name=name) for name in ("on", "off", "left")}
    people["no-chats"] = person(ACCOUNTANT, name="no-chats")
    for name, colleague in people.items():
        StaffProfile.objects.create(user=colleague, is_on_shift=name != "off")
    User.objects.filter(username="left").update(is_active=False)
    talk.mode = Conversation.Mode.BOT

    hand_over(talk, "asked")

    assert rung() == [("on", "hand_over", "Бот зовёт человека: Анна")]


def test_when_the_responsible_person_has_left_the_shift_is_called(talk: Conversation) -> None:
    left, dana = person(MANAGER), person(MANAGER, name="dana")
    give(talk, left, by=left)
    User.objects.filter(pk=left.pk).update(is_active=False)
    give(talk, None)
    StaffProfile.objects.create(user=dana, is_on_shift=True)
    talk.mode = Conversation.Mode.BOT

    hand_over(talk, "asked")

    assert [who for who, _kind, _text in rung()] == ["dana"]


def test_texts_hide_phones_and_stay_in_the_houses_language(talk: Conversation) -> None:
    Client.objects.filter(pk=talk.client_id).update(name="+7 (701) 222-33-44")
    talk.refresh_from_db()
    aigul = person(MANAGER)

    with translation.override("en"):
        give(talk, aigul)

    assert rung() == [("aigul", "lead", "Вам передали лид: •••")]


@pytest.mark.parametrize(
    ("text", "hidden"),
    [("Анна 87012223344", "Анна •••"), ("Гость № 12345", "Гость № 12345"), ("2+1", "2+1")],
)
def test_only_long_numbers_are_hidden(text: str, hidden: str) -> None:
    assert hide_phones(text) == hidden


def test_a_reply_answers_without_ringing_the_writer(talk: Conversation) -> None:
    aigul = person(MANAGER)

    send_reply(talk.pk, "Здравствуйте!", user=aigul, client_key="key-12345678")

    assert rung() == []


def test_open_pages_ask_for_their_numbers_in_few_queries(client: Browser) -> None:
    for number in range(5):
        write("Здравствуйте", chat_id=f"chat-{number}")
    Conversation.objects.update(mode="human")
    client.force_login(person(MANAGER))

    with CaptureQueriesContext(connection) as captured:
        state = client.get(reverse("admin:frame_state")).json()

    assert set(state["counters"]) == {"unanswered", "new-leads"}
    assert (state["unread"], state["newest"]) == (0, None)
    # Session, person, rights (two), two counters, unread, newest.
    assert len(captured) <= 8
