"""The knowledge base: found by its words, quoted by both engines, believed by the gate."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.ai.gate import Grounds, add_text, check
from chat.knowledge import LONGEST, find_passages, plain
from chat.models import Article, Conversation
from chat.services.knowledge import save_article
from chat.tests.factories import write
from chat.tests.test_services import bot_texts, deliver_all

VISA_VN = "Гражданам Казахстана виза во Вьетнам не нужна до 30 дней. Паспорт: ещё 6 месяцев."
PIECES = [
    "5",
    "15 января", "2027", "31", "тенге", "$", "%", "10:30", "8 701 222 33 44", "Rixos", "Алматы",
    "Kaspi", "ночей", "мая", "30", "дней", "2", "звезды", "4*", "год", "взрослых", "скидка",
    "сегодня", "завтрак", "@crystal", "a.kz", "KC 911", ".", "виза не нужна", "нужна виза",
]  # fmt: skip
VISA_TR = "В Турцию можно без визы до 90 дней."
PAYMENT = "Оплатить тур можно картой Kaspi или в офисе с 9:00 до 18:00. Предоплата 50%."


def article(title: str, text: str, **values: Any) -> Article:
    return save_article(Article(title=title, text=text, **values))


@pytest.fixture
def base(db: None) -> None:
    article("Виза во Вьетнам", VISA_VN)
    article("Виза в Турцию", VISA_TR)
    article("Как оплатить", PAYMENT)
    article("Visa to Vietnam", "No visa for 30 days.", language="en")


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Нужна ли виза во Вьетнам?", "Виза во Вьетнам"),
        ("а визы в турцию нужны", "Виза в Турцию"),
        ("Как можно оплатить?", "Как оплатить"),
        ("оплата картой", "Как оплатить"),
        ("Визу для вьетнама оформляете?", "Виза во Вьетнам"),
    ],
)
def test_the_best_article_comes_first_in_any_form_of_its_words(
    base: None, question: str, title: str
) -> None:
    assert find_passages(question, "ru")[0].title == title


def test_another_country_is_not_half_an_answer(base: None) -> None:
    found = find_passages("Нужна ли виза в Египет?", "ru")
    assert all(one.score < 0.6 for one in found)


def test_a_language_without_an_answer_gets_the_russian_one(base: None) -> None:
    assert find_passages("visa to Vietnam", "en")[0].language == "en"
    assert find_passages("виза Вьетнам", "kk")[0].language == "ru"
    assert find_passages("", "ru") == []
    assert find_passages("как что где", "ru") == []


def test_what_is_out_of_date_or_switched_off_is_not_told(base: None) -> None:
    today = timezone.localdate()
    Article.objects.filter(title="Виза во Вьетнам").update(valid_until=today)
    assert find_passages("виза во Вьетнам", "ru")[0].title == "Виза во Вьетнам"
    Article.objects.filter(title="Виза во Вьетнам").update(valid_until=today - timedelta(days=1))
    Article.objects.filter(title="Виза в Турцию").update(is_published=False)

    assert find_passages("виза", "ru") == []


@pytest.mark.django_db
def test_of_a_long_article_the_fitting_paragraphs_are_told() -> None:
    parts = [f"Пункт {n}. " + "Разные слова о разном. " * 10 for n in range(5)]
    text = "\n\n".join([*parts, "Багаж: 20 кг на человека, ручная кладь 5 кг."])
    article("Правила перевозки", text)

    passage = find_passages("сколько кг багажа", "ru")[0]
    assert "Багаж: 20 кг" in passage.text
    assert len(passage.text) <= LONGEST + 20


def test_markdown_becomes_plain_words() -> None:
    said = plain("# Визы\n\n**Важно**: _см._ [сайт](https://egov.kz) и `паспорт`, 5 * 3")
    assert said == "Визы\n\nВажно: см. сайт (https://egov.kz) и паспорт, 5 * 3"


# --- what the bot says ---


def test_a_general_question_is_answered_from_the_base(base: None) -> None:
    talk = write("Хотим во Вьетнам")
    deliver_all()
    write("А виза во Вьетнам нужна?")
    deliver_all()

    assert bot_texts(talk)[1] == f"{VISA_VN}\n\nИз какого города хотите вылететь?"
    assert Conversation.objects.get().mode == "bot"
    assert talk.suggestions.last().outcome == "sent"


@pytest.mark.parametrize(
    "text",
    ["Нужна ли виза в Египет?", "Я оплатил картой, проверьте оплату", "Где мои документы на визу"],
)
def test_what_the_base_does_not_answer_goes_to_a_person(base: None, text: str) -> None:
    talk = write("Здравствуйте")
    deliver_all()
    write(text)
    deliver_all()

    assert bot_texts(talk)[1] == "Менеджер проверит это и ответит вам здесь."
    assert Conversation.objects.get().mode == "human"


# --- the gate ---


@pytest.mark.parametrize("text", [VISA_VN, VISA_TR, PAYMENT, "Скидка 10% до 1 марта, рейс KC 911"])
def test_an_article_may_be_quoted(text: str) -> None:
    grounds = Grounds()
    add_text(grounds, text)
    assert check(text, grounds) == ()


@pytest.mark.parametrize(
    "lie",
    [
        "Виза не нужна до 60 дней.",
        "Предоплата 30%.",
        "Тур на 30 ночей.",
        "Виза в Таиланд не нужна.",
        "Для поездки нужна виза.",
        "Мы открыты с 10:00.",
        "Оплатите картой Halyk.",
        "Скидка для вас.",
    ],
)
def test_what_the_article_does_not_say_is_still_stopped(lie: str) -> None:
    grounds = Grounds()
    for text in (VISA_VN, PAYMENT):
        add_text(grounds, text)
    assert check(lie, grounds)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_any_text_grounds_itself(words: list[str]) -> None:
    text = " ".join(words)
    grounds = Grounds()
    add_text(grounds, text)
    found = check(text, grounds)
    # A day that is in no calendar, and nothing else, stays unsaid.
    assert all(one.kind == "date" for one in found), found


def test_a_day_without_a_year_lends_none() -> None:
    grounds = Grounds()
    add_text(grounds, "Офис закрыт 29 февраля")
    assert check("Офис закрыт 29 февраля", grounds) == ()
    assert check(f"29 февраля {date.today().year + 2} года", grounds)  # noqa: DTZ011 - any year will do


# --- the back office ---


def test_an_article_is_written_and_found_in_the_back_office(
    client: Browser, admin_user: Any
) -> None:
    client.force_login(admin_user)
    values = {"title": "Страховка", "text": "Страховка входит в тур.", "language": "ru"}
    answer = client.post(
        reverse("admin:chat_article_add"), values | {"is_published": "on", "valid_until": ""}
    )
    assert answer.status_code == 302
    assert Article.objects.get().words == " страховка входить тур "

    address = reverse("admin:chat_article_changelist")
    assert "Страховка</a>" in client.get(address, {"q": "страховки"}).content.decode()
    assert "Страховка</a>" not in client.get(address, {"q": "виза"}).content.decode()
