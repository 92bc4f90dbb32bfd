"""The gate: every number, name and promise of an automatic answer must stand in the facts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.ai.gate import check, grounds_of
from chat.ai.gate.numbers import fold, numbers_of
from chat.ai.gate.spelled import spelled
from chat.ai.gate.trial import false_answers, true_answers
from integrations.tours.base import Availability, TourOffer

pytestmark = pytest.mark.once

OFFER = TourOffer(
    row_id="1", hotel="Taseral Palace", stars=4, resort="Нячанг", country="VN", meal="BB",
    room="Standard", placement="DBL", check_in=date(2027, 1, 12), check_out=date(2027, 1, 22),
    nights=10, adults=2, children=1, price=Decimal(1308), currency="USD",
    converted_price=Decimal(680160), converted_currency="KZT",
    availability=next(iter(Availability)), departure_city="Алматы", programme="",
    fetched_at=datetime(2026, 11, 25, 5, 45, tzinfo=UTC),
)  # fmt: skip
FACTS = {
    "countries": ["VN"], "departure_city": "Алматы", "date_from": "2027-01-12",
    "date_to": "2027-01-12", "nights_min": 10, "nights_max": 10, "adults": 2, "children": 1,
    "children_ages": [6], "budget_max": 900000, "currency": "KZT",
}  # fmt: skip
GROUNDS = grounds_of(FACTS, [OFFER])

TRUE = [
    "Taseral Palace 4*, Нячанг: 12 янв., 10 ночей, завтраки — 680 160 ₸ (1 308 $)",
    "Шестьсот восемьдесят тысяч сто шестьдесят тенге за всех.",
    "Вылет двенадцатого января, вернётесь 22 января.",
    "Вылет 12.01.2027, 11 дней.",
    "Двое взрослых и ребёнок 6 лет, бюджет до 900 тысяч тенге.",
    "Во Вьетнам лучше всего в январе?",
    "Какой вариант вам нравится? Менеджер проверит, есть ли места.",
    "Цены на 25 ноября, 10:45.",
    "Алты жүз сексен мың жүз алпыс теңге, он түнге.",
    "Taseral Palace in Nha Trang: six hundred eighty thousand one hundred sixty tenge.",
    "Nha Trang in January: 10 nights, 2 adults, departure on January 12th.",
    "",
]
FALSE = {
    "Цена 680 150 ₸.": ("sum", "680 150 ₸"),
    "Цена 680 тысяч тенге.": ("sum", "680 тысяч тенге"),
    "Цена 1 308 ₸.": ("sum", "1 308 ₸"),
    "Цена 680160 €.": ("sum", "680160 €"),
    "Всего 668.": ("number", "668"),
    "Полмиллиона тенге.": ("sum", "Полмиллиона тенге"),
    "Оплата в евро.": ("currency", "евро"),
    "Вылет 13 января.": ("date", "13 января"),
    "Вылет 12 января 2028.": ("date", "12 января 2028"),
    "Вылет 12.02.": ("date", "12.02"),
    "Двадцать первого января.": ("date", "Двадцать первого января"),
    "Лучше в марте.": ("month", "марте"),
    "На 11 ночей.": ("nights", "11 ночей"),
    "На две недели.": ("weeks", "две недели"),
    "Отель 5*.": ("stars", "5*"),
    "Скидка 10%.": ("percent", "10%"),
    "Рейс KC 921.": ("flight", "Рейс KC 921"),
    "Вылет в 07:20.": ("time", "07:20"),
    "Летит Air Astana.": ("name", "Air Astana"),
    "Отель Rixos Nha Trang.": ("name", "Rixos Nha Trang"),
    "Советую Taseral Palace Deluxe.": ("name", "Taseral Palace Deluxe"),
    "Риксос лучше.": ("name", "Риксос"),
    "Отель Санрайз хорош.": ("name", "Санрайз"),
    "Полетим в Дубай.": ("place", "Дубай"),
    "Вылет из Астаны.": ("place", "Астаны"),
    "Места есть.": ("availability", "Места есть"),
    "Гарантируем номер.": ("availability", "Гарантируем"),
    "Сделаем скидку.": ("discount", "скидку"),
    "Платите до пятницы.": ("deadline", "до пятницы"),
    "Вернём деньги.": ("refund", "Вернём"),
    "Виза не нужна.": ("visa_free", "Виза не нужна"),
    "Всё включено.": ("AI", "Всё включено"),
    "Пишите на a@b.kz.": ("contact", "a@b.kz"),
    "Звоните 8 701 222 33 44.": ("contact", "8 701 222 33 44"),
    "Цена на 5 человек.": ("people", "5 человек"),
    "До моря 300 метров.": ("measure", "300 метров"),
    "６６８ 720 ₸.": ("sum", "６６８ 720 ₸"),
    "Жеті түн.": ("nights", "Жеті түн"),
    "Sunrise Grand is fine.": ("name", "Sunrise Grand"),
    "You fly on January 15.": ("date", "January 15"),
}


@pytest.mark.parametrize("text", TRUE)
def test_what_the_facts_say_goes_out(text: str) -> None:
    assert check(text, GROUNDS) == ()


@pytest.mark.parametrize("text", FALSE)
def test_what_they_do_not_say_is_stopped_with_the_words(text: str) -> None:
    found = [(one.kind, one.quote) for one in check(text, GROUNDS)]

    assert FALSE[text] in found


@pytest.mark.parametrize("text", FALSE)
def test_a_lie_is_found_among_true_sentences(text: str) -> None:
    assert check(f"{TRUE[0]}. {text} {TRUE[7]}", GROUNDS)


def test_a_price_needs_facts_at_all() -> None:
    assert check("Тур стоит 1 доллар", grounds_of({}, []))


def test_a_text_longer_than_any_answer_is_stopped() -> None:
    assert [one.kind for one in check("а" * 4001, GROUNDS)] == ["length"]


@settings(max_examples=400, deadline=None)
@given(number=st.integers(2, 999_999_999), language=st.sampled_from(["ru", "kk", "en"]))
def test_a_number_in_words_is_read_as_written(number: int, language: str) -> None:
    found = numbers_of(fold(spelled(number, language)))

    assert [one.value for one in found] == [number]


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=300))
def test_no_text_breaks_the_gate(text: str) -> None:
    for violation in check(text, GROUNDS):
        assert violation.quote in text


@settings(max_examples=300, deadline=None)
@given(amount=st.integers(1000, 9_999_999).filter(lambda n: n not in (680160, 900000)))
def test_no_other_sum_passes_however_it_is_written(amount: int) -> None:
    for written in (f"{amount}", f"{amount:,}".replace(",", " "), spelled(amount, "ru")):
        assert check(f"Цена {written} тенге", GROUNDS)


def test_the_trial_lets_nothing_false_through() -> None:
    assert [one for one in false_answers(1200, seed=7) if not check(one.text, one.grounds)] == []


def test_the_trial_stops_hardly_anything_true() -> None:
    stopped = [one.text for one in true_answers(500, seed=7) if check(one.text, one.grounds)]

    assert len(stopped) <= 5


def test_the_command_prints_both_counts() -> None:
    out = StringIO()

    call_command("gate_trial", truths=30, lies=120, stdout=out)

    assert "grounded answers stopped: 0 of 30" in out.getvalue()
    assert "ungrounded answers passed: 0 of 120" in out.getvalue()
