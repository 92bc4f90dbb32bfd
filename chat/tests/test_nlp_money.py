"""Budgets: every spelling of every currency, and the sums that are no budget."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.ai.nlp.lexicon import lexicon
from chat.ai.nlp.money import budget_facts, find_budget
from chat.ai.nlp.normalize import view_of

pytestmark = pytest.mark.once

SPELLINGS = {
    "KZT": ["₸", "тг", "тенге", "тнг", "KZT", "теңге"],
    "USD": ["$", "usd", "долларов", "долл", "баксов", "у.е"],
    "EUR": ["€", "евро", "eur"],
    "RUB": ["₽", "руб", "рублей", "р"],
    "KGS": ["сом", "сомов", "kgs"],
}
WRITTEN = [(word, code) for code, words in SPELLINGS.items() for word in words]


def budget(text: str, people: int | None = None) -> dict[str, object]:
    found = find_budget(view_of(text, lexicon()).text)
    return {fact.name: fact.value for fact in budget_facts(found, people, "q")}


@pytest.mark.parametrize(("word", "code"), WRITTEN)
@pytest.mark.parametrize("space", ["", " "])
def test_currency_is_recognised(word: str, code: str, space: str) -> None:
    assert budget(f"бюджет до 900000{space}{word}") == {"budget_max": 900000, "currency": code}


@given(amount=st.integers(1_000, 9_999_999), code=st.sampled_from(sorted(SPELLINGS)))
def test_grouped_and_plain_digits_agree(amount: int, code: str) -> None:
    expected = {"budget_max": amount, "currency": code}

    for separator in (" ", "\u00a0", "."):
        grouped = f"{amount:,}".replace(",", separator)
        assert budget(f"бюджет {grouped} {SPELLINGS[code][1]}") == expected
    assert budget(f"бюджет {amount} {SPELLINGS[code][1]}") == expected


@given(
    amount=st.integers(100, 999), word=st.sampled_from(["к", "тыс", "тысяч", "тыщ", "k", " тыс."])
)
def test_thousands(amount: int, word: str) -> None:
    assert budget(f"до {amount}{word}") == {"budget_max": amount * 1_000}


@given(tenths=st.integers(5, 99), word=st.sampled_from(["млн", "миллиона", "ляма", "лям", "mln"]))
def test_millions(tenths: int, word: str) -> None:
    assert budget(f"бюджет {tenths // 10},{tenths % 10} {word}") == {"budget_max": tenths * 100_000}


@given(low=st.integers(100, 500), extra=st.integers(1, 400))
def test_range_has_both_ends(low: int, extra: int) -> None:
    expected = {"budget_min": low * 1_000, "budget_max": (low + extra) * 1_000, "currency": "KZT"}

    assert budget(f"от {low} до {low + extra} тысяч тенге") == expected
    assert budget(f"{low}-{low + extra}к тг") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("полтора миллиона", {"budget_max": 1_500_000}),
        ("бюджет полтора ляма", {"budget_max": 1_500_000}),
        ("пол ляма", {"budget_max": 500_000}),
        ("полмиллиона тенге", {"budget_max": 500_000, "currency": "KZT"}),
        ("миллион двести тысяч", {"budget_max": 1_200_000}),
        ("два с половиной миллиона тенге", {"budget_max": 2_500_000, "currency": "KZT"}),
        ("полторы тысячи долларов", {"budget_max": 1_500, "currency": "USD"}),
        ("около 2х тысяч долларов", {"budget_max": 2_000, "currency": "USD"}),
        ("4-5 тысяч баксов", {"budget_min": 4_000, "budget_max": 5_000, "currency": "USD"}),
        ("800 тыс - 1 млн", {"budget_min": 800_000, "budget_max": 1_000_000}),
        ("тысяч за 600", {"budget_max": 600_000}),
        ("от 2000$", {"budget_min": 2_000, "currency": "USD"}),
        ("не менее 1 млн тг", {"budget_min": 1_000_000, "currency": "KZT"}),
        ("не более 1 млн тг", {"budget_max": 1_000_000, "currency": "KZT"}),
        ("800 мың теңгеге дейін", {"budget_max": 800_000, "currency": "KZT"}),
        ("бюджет был 1000, теперь 1500$", {"budget_max": 1_500, "currency": "USD"}),
    ],
)
def test_spoken_sums(text: str, expected: dict[str, object]) -> None:
    assert budget(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "в рекламе было от 400$",
        "почему 1500$, вчера было 1200$",
        "в другом агентстве за 900$",
        "нам предложили за 850 тысяч",
        "туры от 300$ есть?",
        "оплатила 450 000 тг",
        "в прошлом году вышло 1200$",
        "вылет 10.07.2026",
        "2 взрослых на 10 ночей",
        "вы писали 700 тыс тг",
        "скидка 5000 тг",
    ],
)
def test_sums_that_are_no_budget(text: str) -> None:
    assert budget(text) == {}


def test_sum_per_person_counts_the_party() -> None:
    assert budget("по 300 тыс тг на человека", people=4) == {
        "budget_max": 1_200_000,
        "currency": "KZT",
    }


@given(amount=st.integers(100, 900), people=st.integers(2, 9))
def test_sum_per_person_is_multiplied_wherever_the_person_stands(amount: int, people: int) -> None:
    expected = {"budget_max": amount * 1_000 * people}

    assert budget(f"до {amount} тысяч на человека", people) == expected
    assert budget(f"на человека до {amount} тысяч", people) == expected


def test_sum_per_person_stays_when_the_party_is_unknown() -> None:
    assert budget("до 700$ с человека") == {"budget_max": 700, "currency": "USD"}
