"""Turns of phrase the rules know as a class: the same wish said in many ways."""

from __future__ import annotations

import datetime as dt

import pytest

from chat.ai.nlp import NLPProcessor

ASKED_ON = dt.date(2026, 5, 20)  # a Wednesday

REQUESTS: list[tuple[str, dict[str, object]]] = [
    # a number beside a month or a list is no date
    (
        "в ноябре с тремя детьми",
        {"date_from": "2026-11-01", "date_to": "2026-11-30", "children": 3},
    ),
    ("наурызда 10 күнге", {"date_from": "2027-03-01", "date_to": "2027-03-31", "nights_min": 10,
                           "nights_max": 10}),
    # the part of a month after its name, or narrowing a month said before
    ("октябрь, вторая половина", {"date_from": "2026-10-16", "date_to": "2026-10-31"}),
    ("июль, ближе к концу", {"date_from": "2026-07-21", "date_to": "2026-07-31"}),
    (
        "думаем в августе, скорее в начале августа",
        {"date_from": "2026-08-01", "date_to": "2026-08-10"},
    ),
    ("в сентябре после 12-го", {"date_from": "2026-09-12", "date_to": "2026-09-30"}),
    # there and back
    (
        "12 июля вылет, обратно 20-го",
        {"date_from": "2026-07-12", "date_to": "2026-07-12", "nights_min": 8, "nights_max": 8},
    ),
    (
        "28-го вылет, 4-го обратно",
        {"date_from": "2026-05-28", "date_to": "2026-05-28", "nights_min": 7, "nights_max": 7},
    ),
    # Kazakh and Kyrgyz dates
    ("шілденің 15-і", {"date_from": "2026-07-15", "date_to": "2026-07-15"}),
    (
        "10 августтан 18 августка чейин",
        {"date_from": "2026-08-10", "date_to": "2026-08-10", "nights_min": 8, "nights_max": 8},
    ),
    ("июндун башында", {"date_from": "2026-06-01", "date_to": "2026-06-10"}),
    ("iz almaty 12 iyulya", {"departure_city": "Алматы", "date_from": "2026-07-12",
                             "date_to": "2026-07-12"}),
    ("iz almaty 12 iulya", {"departure_city": "Алматы", "date_from": "2026-07-12",
                            "date_to": "2026-07-12"}),
    # nights
    ("хотя бы 6 ночей", {"nights_min": 6}),
    ("минимум на 8 дней", {"nights_min": 8}),
    ("не больше недели", {"nights_max": 7}),
    ("недельки на две", {"nights_min": 14, "nights_max": 14}),
    ("одну-две недели", {"nights_min": 7, "nights_max": 14}),
    ("на 2х, 9 ночей", {"adults": 2, "nights_min": 9, "nights_max": 9}),
    (
        "14 июля летим, 24 возвращаемся",
        {"date_from": "2026-07-14", "date_to": "2026-07-14", "nights_min": 10, "nights_max": 10},
    ),
    ("плюс минус 14 июля", {"date_from": "2026-07-11", "date_to": "2026-07-17"}),
    ("раньше 14 июля не получится", {"date_from": "2026-07-14"}),
    ("позже 14 июля не можем", {"date_to": "2026-07-14"}),
    # places
    ("лучше Кипр, Грецию не хочу", {"countries": ["CY"], "excluded_countries": ["GR"]}),
    ("Вена на двоих", {"countries": ["AT"], "resorts": ["Вена"], "adults": 2}),
    ("а что по Шарму есть", {"countries": ["EG"], "resorts": ["Шарм-эль-Шейх"]}),
    # people
    ("три пары", {"adults": 6}),
    ("2+2 (3, 9)", {"adults": 2, "children": 2, "children_ages": [3, 9]}),
    ("2+1 6 лет", {"adults": 2, "children": 1, "children_ages": [6]}),
    ("не один ребенок, а три", {"children": 3}),
    ("двое взрослых пять звезд", {"adults": 2, "stars_min": 5}),
    # slips of the finger
    (
        "Ргецию втроеем на неделлю",
        {"countries": ["GR"], "adults": 3, "nights_min": 7, "nights_max": 7},
    ),
    ("Туция вдоем", {"countries": ["TR"], "adults": 2}),
    ("дети 3,6,11 лет", {"children": 3, "children_ages": [3, 6, 11]}),
    ("взрослых трое, ребенок 6 лет", {"adults": 3, "children": 1, "children_ages": [6]}),
    ("я и трое детей", {"adults": 1, "children": 3}),
    ("нас двое плюс бабушка", {"adults": 3}),
    ("балам 6 жаста, өзіміз екеуміз", {"adults": 2, "children": 1, "children_ages": [6]}),
    ("Family of 4, kids 5 and 9", {"adults": 2, "children": 2, "children_ages": [5, 9]}),
    ("А если ребенка не брать?", {"children": 0}),
    # money
    ("на человека до 300 тысяч, нас трое", {"adults": 3, "budget_max": 900000}),
    ("до 1млн200тыс", {"budget_max": 1200000}),
    ("чтоб не больше 900 тысяч вышло", {"budget_max": 900000}),
    ("от 700 до миллиона", {"budget_min": 700000, "budget_max": 1000000}),
    ("вы пишете 900 тысяч, а можно до 800 тысяч уложиться?", {"budget_max": 800000}),
    # places
    ("ни Египет, ни Турция не интересны", {"excluded_countries": ["EG", "TR"]}),
    ("Индию вычеркиваем", {"excluded_countries": ["IN"]}),
    ("Китай нам не подходит, там дожди", {"excluded_countries": ["CN"]}),
    (
        "Египет отпадает, дорого. Давайте Грузию",
        {"countries": ["GE"], "excluded_countries": ["EG"]},
    ),
    ("Мы из Семея, но вылет можем из Астаны", {"departure_city": "Астана"}),
    ("вылет из Астаны, Алматы не подходит", {"departure_city": "Астана"}),
    ("Kazakhstan Almaty, tour to Egypt", {"departure_city": "Алматы", "countries": ["EG"]}),
    ("из Оша в Анталью", {"departure_city": "Ош", "countries": ["TR"], "resorts": ["Анталья"]}),
    ("Мисирге 2 киши канча", {"countries": ["EG"], "adults": 2}),
    ("Дубайға екі адам бағасы қанша", {"countries": ["AE"], "resorts": ["Дубай"], "adults": 2}),
    ("shri lanka vdvoem yanvar", {"countries": ["LK"], "adults": 2, "date_from": "2027-01-01",
                                  "date_to": "2027-01-31"}),
    ("отель 4* АИ", {"stars_min": 4, "meal": "AI"}),
    # a wish wins over the word of a question in it
    ("в Турцию вдвоем, где не жарко", {"countries": ["TR"], "adults": 2}),
    ("а можно вылет пораньше", {}),
]  # fmt: skip


@pytest.fixture(scope="module")
def nlp() -> NLPProcessor:
    return NLPProcessor()


@pytest.mark.parametrize(("text", "slots"), REQUESTS, ids=[text for text, _ in REQUESTS])
def test_request_gives_exactly_these_slots(
    nlp: NLPProcessor, text: str, slots: dict[str, object]
) -> None:
    understood = nlp.understand(text, asked_on=ASKED_ON)

    assert understood.intent == "tour_request"
    assert understood.slots() == slots
    assert all(fact.quote in text for fact in understood.facts)
