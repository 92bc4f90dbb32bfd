"""Rules of the analysis: pure data in, codes out; the clock is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.ai.analysis import SIGN_POINTS, Analysis, Dossier, Said, analyse
from chat.ai.inquiry import Inquiry, InquiryProcessor
from chat.ai.signals import SIGNS, signs_of
from leads.analysis_words import NEEDS, REASONS, STEPS, reason_words
from leads.models import LeadStage

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
WHOLE = {
    "countries": ["VN"],
    "departure_city": "Алматы",
    "date_from": "2027-03-10",
    "date_to": "2027-03-10",
    "nights_min": 10,
    "nights_max": 10,
    "adults": 2,
}


def case(
    facts: dict[str, Any] | None = None, *said: tuple[str, str, float], **more: Any
) -> Dossier:
    """`said`: (author, text, hours ago), oldest first."""
    known = facts or {}
    given = {"stage": "new", "now": NOW, **more}
    words = tuple(Said(who, text, NOW - timedelta(hours=hours)) for who, text, hours in said)
    return Dossier(facts=known, needs=Inquiry(known).needs(), said=words, **given)


def codes(found: Analysis) -> list[str]:
    return [code for code, _value in found.reasons]


# --- what is known and what is missing ---


def test_nothing_known_is_zero_percent_with_everything_missing() -> None:
    found = analyse(case())

    assert found.completeness == 0
    assert found.missing == ("country", "departure_city", "dates", "nights", "party")
    assert found.step == "ask_details"


def test_all_known_is_a_hundred_percent_and_worth_a_selection() -> None:
    found = analyse(case(WHOLE))

    assert (found.completeness, found.missing, found.step) == (100, (), "send_selection")
    assert "complete" in codes(found)


def test_children_without_ages_are_missing() -> None:
    found = analyse(case({**WHOLE, "children": 2, "children_ages": [5]}))

    assert found.missing == ("children_ages",)
    assert found.completeness == 83


# --- temperature ---


def test_a_first_greeting_is_warm_and_silence_cools_it_down() -> None:
    assert analyse(case({}, ("customer", "Здравствуйте", 1))).temperature == "warm"
    left = case({}, ("customer", "Здравствуйте", 99), ("bot", "Куда хотите?", 98))

    found = analyse(left)

    assert found.temperature == "cold"
    assert found.reasons == (("silent", (NOW - timedelta(hours=98)).isoformat()),)


def test_a_whole_inquiry_with_a_budget_and_a_near_departure_is_hot() -> None:
    near = {**WHOLE, "date_from": "2026-12-04", "date_to": "2026-12-04", "budget_max": 900_000}

    found = analyse(case(near, ("customer", "Вылет 4 декабря", 1)))

    assert found.temperature == "hot"
    assert codes(found)[0] == "departs"
    assert dict(found.reasons)["departs"] == "2026-12-04"
    assert {"budget", "fresh", "complete"} < set(codes(found))
    assert found.urgency == "soon"


def test_ready_words_make_it_hot_and_suggest_to_book() -> None:
    found = analyse(case(WHOLE, ("customer", "Нам подходит этот вариант, бронируем!", 1)))

    assert (found.temperature, found.step) == ("hot", "book")
    assert codes(found)[:2] == ["ready", "hotel"]


def test_who_writes_that_it_is_off_is_cold_whatever_else_is_known() -> None:
    rich = {**WHOLE, "budget_max": 5_000_000}
    found = analyse(case(rich, ("customer", "Спасибо, уже не актуально", 1), has_phone=True))

    assert (found.temperature, found.step) == ("cold", "ask_why")
    assert codes(found)[0] == "gone"


def test_an_old_refusal_is_forgotten_after_newer_words() -> None:
    said = [("customer", "Мы передумали", 50), ("customer", "Хотя нет", 2), ("customer", "Едем", 1)]

    assert "gone" not in codes(analyse(case(WHOLE, *said)))


def test_dates_that_have_passed_ask_for_new_ones() -> None:
    past = {**WHOLE, "date_from": "2026-11-01", "date_to": "2026-11-10"}
    found = analyse(case(past))

    assert found.step == "new_dates"
    assert "dates_gone" in codes(found)
    assert found.urgency == "calm"


def test_a_window_that_has_begun_still_departs_tomorrow() -> None:
    begun = {**WHOLE, "date_from": "2026-11-01", "date_to": "2026-12-30"}

    assert dict(analyse(case(begun)).reasons)["departs"] == "2026-11-26"


@pytest.mark.parametrize(
    ("stage", "step"),
    [
        ("offer_sent", "ask_opinion"),
        ("negotiation", "check_price"),
        ("booking", "passports"),
        ("payment", "payment"),
        ("won", ""),
        ("lost", ""),
    ],
)
def test_every_stage_has_its_step(stage: str, step: str) -> None:
    assert analyse(case(WHOLE, stage=stage)).step == step


def test_three_days_of_silence_after_our_word_call_for_a_reminder() -> None:
    said = [("customer", "Здравствуйте", 100), ("staff", "Вот варианты", 73)]

    assert analyse(case(WHOLE, *said, stage="offer_sent")).step == "remind"
    # The last word is the client's: not they are silent, we are.
    answered = [*said, ("customer", "Спасибо", 72)]
    assert "silent" not in codes(analyse(case(WHOLE, *answered, stage="offer_sent")))


# --- who asks, how urgent ---


@pytest.mark.parametrize(
    ("text", "segment"),
    [
        ("Здравствуйте, мы турагентство из Шымкента", "agency"),
        ("Какая комиссия для агентов? Нужны места для моих туристов", "agency"),
        ("Хотим корпоратив для сотрудников", "company"),
        ("Нужен счет на ТОО", "company"),
        ("Нас 15 человек", "group"),
        ("Группа школьников, 20 детей", "group"),
        ("Ваше агентство работает в выходные?", "tourist"),
        ("У вас какое агентство, далеко от центра?", "tourist"),
        ("Нас 2 человека", "tourist"),
    ],
)
def test_who_asks(text: str, segment: str) -> None:
    assert analyse(case({}, ("customer", text, 1))).segment == segment


def test_ten_heads_are_a_group_and_a_partner_is_an_agency_whatever_they_write() -> None:
    assert analyse(case({"adults": 8, "children": 2})).segment == "group"
    assert analyse(case({"adults": 9})).segment == "tourist"
    assert analyse(case({"adults": 30}, is_partner=True)).segment == "agency"


@pytest.mark.parametrize(
    ("days", "stage", "urgency"),
    [
        (1, "new", "urgent"),
        (7, "new", "urgent"),
        (8, "new", "soon"),
        (14, "booking", "urgent"),
        (21, "new", "soon"),
        (22, "new", "calm"),
    ],
)
def test_urgency_by_days_to_departure(days: int, stage: str, urgency: str) -> None:
    day = (NOW.date() + timedelta(days=days)).isoformat()

    assert analyse(case({"date_from": day, "date_to": day}, stage=stage)).urgency == urgency


def test_urgent_words() -> None:
    assert analyse(case({}, ("customer", "Срочно нужен горящий тур", 1))).urgency == "urgent"


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Как оплатить?", "ready"),
        ("давайте бронировать", "ready"),
        ("Let's book it", "ready"),
        ("Сколько будет на двоих", "price"),
        ("дороговато, есть подешевле?", "dear"),
        ("Мы подумаем и напишем", "later"),
        ("ойланып көрейік", "later"),
        ("просто узнать хотел", "looking"),
        ("у нас медовый месяц", "honeymoon"),
        ("можно в рассрочку?", "instalments"),
        ("Керек емес, рахмет", "gone"),
    ],
)
def test_signs(text: str, sign: str) -> None:
    assert sign in signs_of([text])


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Пока не бронируем", "ready"),
        ("мы ничего не выбрали", "hotel"),
        ("не дорого", "dear"),
        ("Здравствуйте, хотим во Вьетнам", "gone"),
    ],
)
def test_no_signs(text: str, sign: str) -> None:
    assert sign not in signs_of([text])


# --- the line and the tags ---


def test_the_summary_and_the_tags_are_in_russian() -> None:
    facts = {**WHOLE, "children": 1, "children_ages": [6], "budget_max": 900_000, "currency": "KZT"}
    said = ("customer", "Бронируем, можно в рассрочку?", 1)

    _found, summary, tags = InquiryProcessor().analyse(case(facts, said, earlier_leads=2))

    assert summary.replace("\xa0", " ") == (
        "Повторный клиент · Алматы → Вьетнам · 10 мар · 10 ноч. · 2+1 · до 900 000 ₸"
        " · готов бронировать"
    )
    assert tags == ["семья", "повторный", "рассрочка"]


def test_who_has_said_nothing_has_a_summary_too() -> None:
    assert InquiryProcessor().analyse(case())[1] == "Куда — ещё не сказал"


# --- any inquiry ---

DAYS = st.dates(date(2026, 10, 1), date(2027, 12, 31)).map(date.isoformat)
FACTS = st.fixed_dictionaries(
    {},
    optional={
        "countries": st.lists(st.sampled_from(["VN", "TR", "EG"]), min_size=1, max_size=2),
        "departure_city": st.sampled_from(["Алматы", "Астана"]),
        "date_from": DAYS,
        "date_to": DAYS,
        "nights_min": st.integers(1, 30),
        "nights_max": st.integers(1, 30),
        "adults": st.integers(1, 20),
        "children": st.integers(1, 4),
        "children_ages": st.lists(st.integers(0, 17), max_size=4),
        "budget_max": st.integers(100, 5_000_000),
    },
)
TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["бронируем", "дорого", "подумаем", "не актуально", "срочно", "мы агентство"]),
)
TALK = st.lists(
    st.tuples(st.sampled_from(["customer", "bot", "staff"]), TEXTS, st.floats(0, 900)), max_size=8
)
STAGES = st.sampled_from(LeadStage.Code.values)


def any_case(facts: dict[str, Any], talk: list[tuple[str, str, float]], stage: str) -> Dossier:
    return case(facts, *sorted(talk, key=lambda one: -one[2]), stage=stage)


@settings(deadline=None)
@given(FACTS, TALK, STAGES)
def test_the_same_dossier_gives_the_same_analysis_within_its_bounds(
    facts: dict[str, Any], talk: list[tuple[str, str, float]], stage: str
) -> None:
    given = any_case(facts, talk, stage)
    found = analyse(given)

    assert found == analyse(given)
    assert (found.completeness == 100) == (Inquiry(facts).next_question() is None)
    assert 0 <= found.completeness <= 100
    assert set(found.missing) <= NEEDS.keys()
    assert set(codes(found)) <= REASONS.keys()
    assert all(reason_words(code, value) for code, value in found.reasons)
    assert found.step in {"", *STEPS}
    assert (found.step == "") == (stage in ("won", "lost"))
    assert len(codes(found)) == len(set(codes(found)))


@given(FACTS, TALK, STAGES, st.sampled_from([name for name in WHOLE if name[:4] != "date"]))
def test_to_know_more_never_cools_down(
    facts: dict[str, Any], talk: list[tuple[str, str, float]], stage: str, name: str
) -> None:
    """Children apart: they bring a question of their own; and dates, which may have passed."""
    before = analyse(any_case(facts, talk, stage))
    after = analyse(any_case({name: WHOLE[name], **facts}, talk, stage))

    assert after.completeness >= before.completeness
    assert after.points >= before.points
    assert set(after.missing) <= set(before.missing)


@given(FACTS, TALK, STAGES, st.floats(0, 2000))
def test_longer_silence_never_warms_up(
    facts: dict[str, Any], talk: list[tuple[str, str, float]], stage: str, hours: float
) -> None:
    """The same words, further back: the days to departure stay as they were."""
    now = any_case(facts, talk, stage)
    earlier = tuple(replace(one, at=one.at - timedelta(hours=hours)) for one in now.said)

    assert analyse(replace(now, said=earlier)).points <= analyse(now).points


@given(st.integers(1, 200), st.integers(1, 200))
def test_a_nearer_departure_is_never_colder(one: int, other: int) -> None:
    def points(days: int) -> int:
        day = (NOW.date() + timedelta(days=days)).isoformat()
        return analyse(case({"date_from": day, "date_to": day})).points

    assert (points(one) >= points(other)) or one > other


@given(FACTS, TALK, STAGES)
def test_any_inquiry_has_a_line_that_fits_its_field(
    facts: dict[str, Any], talk: list[tuple[str, str, float]], stage: str
) -> None:
    _found, summary, tags = InquiryProcessor().analyse(any_case(facts, talk, stage))

    assert 0 < len(summary) <= 300
    assert len(tags) == len(set(tags))
    assert all(len(tag) <= 40 for tag in tags)


@pytest.mark.parametrize(
    "text", ["а" * 100_000, "не " * 3000, "хочу этот " * 2000, "\x00\u202e" * 99]
)
def test_hostile_words_cost_no_time(text: str) -> None:
    started = datetime.now(UTC)

    signs_of([text] * 60)

    assert datetime.now(UTC) - started < timedelta(seconds=1)


def test_every_sign_is_used_somewhere() -> None:
    elsewhere = {"urgent", "agency", "company", "group", "honeymoon", "instalments"}
    assert set(SIGNS) == set(SIGN_POINTS) | elsewhere
