"""The main job on real input: written, understood, answered, on the board, taken over."""

import json
from datetime import date

import pytest
import time_machine
from redis.exceptions import RedisError

from chat.models import Conversation
from chat.services.outbound import send_reply
from leads.models import Lead, LeadFact

pytestmark = pytest.mark.django_db
SESSION, MESSAGES = "/api/v1/webchat/session/", "/api/v1/webchat/messages/"
WISH = (
    "Здравствуйте! Хотим во Вьетнам с 12 января на 10 ночей из Алматы, двое взрослых "
    "и ребёнок 6 лет, бюджет до 900 тысяч тенге"
)


class Customer:
    """A browser on the chat page; every message is processed as a worker would."""

    def __init__(self, http, run_on_commit):
        self.http, self.run_on_commit, self.sent = http, run_on_commit, 0
        token = http.post(SESSION).json()["token"]
        self.headers = {"Authorization": f"Bearer {token}"}

    def writes(self, text):
        self.sent += 1
        body = json.dumps({"client_id": f"message-{self.sent}", "text": text})
        with self.run_on_commit(execute=True):
            answer = self.http.post(
                MESSAGES, body, content_type="application/json", headers=self.headers
            )
        assert answer.status_code == 202
        return self.reads()[-1]["text"]

    def reads(self):
        return self.http.get(MESSAGES, headers=self.headers).json()["messages"]


@pytest.fixture
def customer(client, django_capture_on_commit_callbacks):
    return Customer(client, django_capture_on_commit_callbacks)


def facts_of(lead):
    return {fact.name: fact for fact in LeadFact.objects.filter(lead=lead, is_current=True)}


@time_machine.travel("2026-11-24 09:00:00+05:00", tick=True)
def test_a_full_wish_is_understood_and_answered_with_real_rows(customer):
    answer = customer.writes(WISH)

    lead = Lead.objects.get()
    facts = facts_of(lead)
    assert {name: fact.value for name, fact in facts.items()} == {
        "countries": ["VN"],
        "departure_city": "Алматы",
        "date_from": "2027-01-12",
        "date_to": "2027-01-12",
        "nights_min": 10,
        "nights_max": 10,
        "adults": 2,
        "children": 1,
        "children_ages": [6],
        "budget_max": 900000,
        "currency": "KZT",
    }
    assert all(fact.quote and fact.quote in WISH for fact in facts.values())
    assert lead.stage_id == "consultation"
    assert (lead.amount, lead.currency) == (900000, "KZT")
    assert "Вьетнам" in lead.wish

    offers = Conversation.objects.get().suggestions.get().facts["offers"]
    assert 1 <= len(offers) <= 3
    for offer in offers:
        assert offer["hotel"] in answer
        assert offer["check_in"] == "2027-01-12"
        assert offer["nights"] == 10
        assert float(offer["converted_price"]) <= 900000
    assert "₸" in answer
    assert "24 нояб., 09:00" in answer or "24 нояб" in answer


def test_what_is_missing_is_asked_one_thing_at_a_time(customer):
    questions = [
        customer.writes("Здравствуйте"),
        customer.writes("Турция"),
        customer.writes("из Астаны"),
        customer.writes("в начале марта"),
        customer.writes("10"),
    ]

    assert all(question.count("?") == 1 for question in questions)
    assert len(set(questions)) == 5
    offer = customer.writes("2")
    assert "₸" in offer

    facts = {name: fact.value for name, fact in facts_of(Lead.objects.get()).items()}
    assert (facts["nights_min"], facts["adults"]) == (10, 2)
    assert date.fromisoformat(facts["date_from"]).month == 3


def test_children_without_ages_are_asked_for(customer):
    customer.writes("Турция из Алматы, 10 марта на 7 ночей, 2 взрослых и двое детей")
    assert "лет" in customer.reads()[-1]["text"]

    assert "₸" in customer.writes("5 и 7")
    facts = facts_of(Lead.objects.get())
    assert facts["children_ages"].value == [5, 7]


def test_asked_for_a_person_the_bot_hands_over_and_falls_silent(customer):
    answer = customer.writes("Позовите менеджера, пожалуйста")
    assert "менеджер" in answer.lower()

    conversation = Conversation.objects.get()
    assert conversation.mode == "human"
    assert conversation.unanswered_since is not None
    before = len(customer.reads())
    customer.writes("Вы тут?")
    assert len(customer.reads()) == before + 1


def test_a_manager_takes_over_and_the_customer_reads_the_answer(
    customer, admin_user, django_capture_on_commit_callbacks
):
    customer.writes("Здравствуйте")
    conversation = Conversation.objects.get()

    with django_capture_on_commit_callbacks(execute=True):
        send_reply(conversation.pk, "Добрый день, я Алия", user=admin_user, client_key="k1")

    assert customer.reads()[-1]["text"] == "Добрый день, я Алия"
    assert customer.writes("Рада знакомству") == "Рада знакомству"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Сәлеметсіз бе! Түркияға барғымыз келеді", "қаладан"),
        ("Hello! We would like to go to Turkey", "city"),
        ("Здравствуйте! Хотим в Турцию", "города"),
    ],
)
def test_the_answer_is_in_the_customers_language(customer, text, words):
    assert words in customer.writes(text).lower()


def test_a_budget_that_is_too_small_is_told_honestly(customer):
    answer = customer.writes(
        "Вьетнам из Алматы 12 января на 10 ночей, двое взрослых, бюджет до 100 тысяч тенге"
    )

    assert "100 000 ₸" in answer.replace("\xa0", " ").replace("\u202f", " ")
    offers = Conversation.objects.get().suggestions.get().facts["offers"]
    assert offers
    assert all(float(offer["converted_price"]) > 100_000 for offer in offers)


@pytest.mark.parametrize("words", ["Второй нравится", "1", "давайте первый вариант", "Берём"])
def test_a_choice_goes_to_a_manager_and_one_thing_is_asked(customer, words):
    offers = customer.writes(WISH)
    answer = customer.writes(words)

    assert offers.count("?") == 1
    assert "телефон" not in offers
    assert answer == (
        "Менеджер проверит цену и места и ответит вам здесь. Оставьте, пожалуйста, номер телефона."
    )
    assert Conversation.objects.get().mode == "human"


def test_a_changed_wish_after_the_offers_is_another_search(customer):
    customer.writes(WISH)
    answer = customer.writes("Хотим на 7 ночей")

    assert "7 ночей" in answer
    assert Conversation.objects.get().mode == "bot"


def test_a_lone_city_does_not_change_the_language_of_the_talk(customer):
    customer.writes("Сәлем! Түркияға барғымыз келеді")

    assert customer.writes("Алматыдан") == "Қашан ұшқыңыз келеді?"


def test_ages_are_read_from_a_short_sentence(customer):
    customer.writes("Hi, we want to fly from Astana to Egypt in March for a week, 2 adults 1 child")

    answer = customer.writes("he is 5")

    assert "$" in answer
    assert facts_of(Lead.objects.get())["children_ages"].value == [5]


def test_an_english_talk_stays_english_and_its_budget_is_a_limit(customer):
    customer.writes("Hi, we want to fly from Astana to Egypt in March for a week, 2 adults")

    answer = customer.writes("not more than 1500 usd please")

    assert "Here is what I found" in answer or "There is nothing up to" in answer
    facts = facts_of(Lead.objects.get())
    assert facts["budget_max"].value == 1500
    assert "budget_min" not in facts


def test_a_message_is_stored_while_the_cache_is_away(customer, monkeypatch):
    def away(*arguments, **options):
        raise RedisError("no connection")

    monkeypatch.setattr("rest_framework.throttling.SimpleRateThrottle.cache.get", away)

    assert "?" in customer.writes("Здравствуйте")


def test_a_text_of_invisible_signs_is_empty(client):
    token = client.post(SESSION).json()["token"]
    body = json.dumps({"client_id": "message-1", "text": "\u200b\u2060 "})

    answer = client.post(
        MESSAGES,
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "empty")


def test_the_page_hears_whether_the_bot_answers(customer):
    customer.writes("Здравствуйте")
    assert customer.http.get(MESSAGES, headers=customer.headers).json()["is_bot"] is True

    customer.writes("Позовите менеджера")
    assert customer.http.get(MESSAGES, headers=customer.headers).json()["is_bot"] is False
