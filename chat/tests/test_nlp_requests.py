"""Requests for a tour, as clients write them: every slot of each is checked."""

from __future__ import annotations

import datetime as dt

import pytest

from chat.ai.nlp import NLPProcessor

pytestmark = pytest.mark.once

ASKED_ON = dt.date(2026, 5, 20)

REQUESTS: list[tuple[str, dict[str, object]]] = [
    # departure
    ("Летим из Шымкента", {"departure_city": "Шымкент"}),
    ("с Астаны есть что-нибудь?", {"departure_city": "Астана"}),
    ("вылет Караганда", {"departure_city": "Караганда"}),
    ("Вылет: Актау", {"departure_city": "Актау"}),
    ("Можно не с Ташкента, а с Самарканда?", {"departure_city": "Самарканд"}),
    ("из питера на море хотим", {"departure_city": "Санкт-Петербург"}),
    (
        "Алматы - Нячанг, 10 ночей",
        {
            "departure_city": "Алматы",
            "countries": ["VN"],
            "resorts": ["Нячанг"],
            "nights_min": 10,
            "nights_max": 10,
        },
    ),
    (
        "Тур из Казани в Стамбул",
        {"departure_city": "Казань", "countries": ["TR"], "resorts": ["Стамбул"]},
    ),
    (
        "Хочу тур в Казань из Алматы",
        {"departure_city": "Алматы", "countries": ["RU"], "resorts": ["Казань"]},
    ),
    ("Мы из Атырау, хотим в Грузию", {"departure_city": "Атырау", "countries": ["GE"]}),
    ("Вылет из Алматы или Бишкека", {"departure_city": "Алматы"}),
    (
        "из Усть-Каменогорска в Дубай",
        {"departure_city": "Усть-Каменогорск", "countries": ["AE"], "resorts": ["Дубай"]},
    ),
    (
        "Актобеден Дубайға тур бар ма?",
        {"departure_city": "Актобе", "countries": ["AE"], "resorts": ["Дубай"]},
    ),
    (
        "tur iz shymkenta v antaliyu",
        {"departure_city": "Шымкент", "countries": ["TR"], "resorts": ["Анталья"]},
    ),
    (
        "tour from Almaty to Phuket",
        {"departure_city": "Алматы", "countries": ["TH"], "resorts": ["Пхукет"]},
    ),
    # places
    ("Хотим на Фукуок или в Нячанг", {"countries": ["VN"], "resorts": ["Фукуок", "Нячанг"]}),
    (
        "Интересует Хургада или Шарм-эль-Шейх",
        {"countries": ["EG"], "resorts": ["Хургада", "Шарм-эль-Шейх"]},
    ),
    ("Шарм есть?", {"countries": ["EG"], "resorts": ["Шарм-эль-Шейх"]}),
    ("подберите отель в Санье", {"countries": ["CN"], "resorts": ["Санья"]}),
    ("Хайнань, остров, посчитайте", {"countries": ["CN"], "resorts": ["Хайнань"]}),
    ("Хотим на Занзибар", {"countries": ["TZ"], "resorts": ["Занзибар"]}),
    ("Хотели бы на Сейшелы или Маврикий", {"countries": ["SC", "MU"]}),
    ("Тур в Абу-Даби нужен", {"countries": ["AE"], "resorts": ["Абу-Даби"]}),
    (
        "Подберите что-нибудь в Кемере или Белеке",
        {"countries": ["TR"], "resorts": ["Кемер", "Белек"]},
    ),
    ("не Кемер, а Сиде", {"countries": ["TR"], "resorts": ["Сиде"]}),
    ("в нячнаг тур хочу", {"countries": ["VN"], "resorts": ["Нячанг"]}),
    ("хотим в тайланд на пхукет", {"countries": ["TH"], "resorts": ["Пхукет"]}),
    ("Хочу на острова: Бали, Ломбок", {"countries": ["ID"], "resorts": ["Бали", "Ломбок"]}),
    ("Вьетнамға барғымыз келеді", {"countries": ["VN"]}),
    ("Хочу в отель Rixos Premium Dubai", {"countries": ["AE"], "resorts": ["Дубай"]}),
    ("Sharm el Sheikh, any tours?", {"countries": ["EG"], "resorts": ["Шарм-эль-Шейх"]}),
    ("хотим в египит или турцыю", {"countries": ["EG", "TR"]}),
    ("Тур в Южную Корею, Сеул", {"countries": ["KR"], "resorts": ["Сеул"]}),
    ("Италия: Рим и Венеция", {"countries": ["IT"], "resorts": ["Рим", "Венеция"]}),
    # refused countries
    ("Куда угодно, только не в Египет", {"excluded_countries": ["EG"]}),
    ("Кроме Турции и Египта что предложите?", {"excluded_countries": ["TR", "EG"]}),
    (
        "Таиланд не рассматриваем, лучше Вьетнам",
        {"excluded_countries": ["TH"], "countries": ["VN"]},
    ),
    ("Индия отпадает. Шри-Ланка?", {"excluded_countries": ["IN"], "countries": ["LK"]}),
    ("ОАЭ не хотим, хотим Мальдивы", {"excluded_countries": ["AE"], "countries": ["MV"]}),
    ("Не Турция. Что еще есть?", {"excluded_countries": ["TR"]}),
    ("Түркиядан басқа не бар?", {"excluded_countries": ["TR"]}),
    ("мы передумали насчет Дубая, хотим в Тай", {"countries": ["TH"]}),
    ("Отмените Турцию, давайте Вьетнам", {"countries": ["VN"], "excluded_countries": ["TR"]}),
    ("ne v turciyu, v egipet luchshe", {"countries": ["EG"], "excluded_countries": ["TR"]}),
    ("В Египте уже были, хотим Турцию", {"countries": ["TR"]}),
    ("только не Дубай", {}),
    ("любая страна кроме Турции, Египта и ОАЭ", {"excluded_countries": ["TR", "EG", "AE"]}),
    # nights
    ("на 9 ночей", {"nights_min": 9, "nights_max": 9}),
    ("дней на 12", {"nights_min": 12, "nights_max": 12}),
    ("ночей 7-8", {"nights_min": 7, "nights_max": 8}),
    ("От 8 до 11 ночей можно", {"nights_min": 8, "nights_max": 11}),
    ("не меньше 10 ночей", {"nights_min": 10}),
    ("максимум 6 ночей", {"nights_max": 6}),
    ("до 9 дней", {"nights_max": 9}),
    ("на недельку", {"nights_min": 7, "nights_max": 7}),
    ("недели на две", {"nights_min": 14, "nights_max": 14}),
    ("полторы недели", {"nights_min": 10, "nights_max": 10}),
    ("1-2 недели", {"nights_min": 7, "nights_max": 14}),
    ("7 ночей/8 дней", {"nights_min": 7, "nights_max": 7}),
    ("на десять или двенадцать ночей", {"nights_min": 10, "nights_max": 12}),
    ("Давайте не 7, а 9 ночей", {"nights_min": 9, "nights_max": 9}),
    (
        "5 ночей Бангкок и 5 ночей Краби",
        {"countries": ["TH"], "resorts": ["Бангкок", "Краби"], "nights_min": 10, "nights_max": 10},
    ),
    ("бір аптаға", {"nights_min": 7, "nights_max": 7}),
    ("он күнге", {"nights_min": 10, "nights_max": 10}),
    ("7 nights please", {"nights_min": 7, "nights_max": 7}),
    ("na 10 nochey", {"nights_min": 10, "nights_max": 10}),
    # people
    ("нас двое", {"adults": 2}),
    ("2 чел", {"adults": 2}),
    ("втроем", {"adults": 3}),
    ("на двух человек", {"adults": 2}),
    ("Мы с мужем", {"adults": 2}),
    ("Я с мамой и дочкой 9 лет", {"adults": 2, "children": 1, "children_ages": [9]}),
    ("муж, жена и двое детей 4 и 10 лет", {"adults": 2, "children": 2, "children_ages": [4, 10]}),
    ("2+1, ребенку 7", {"adults": 2, "children": 1, "children_ages": [7]}),
    ("2+3 (2, 6 и 12 лет)", {"adults": 2, "children": 3, "children_ages": [2, 6, 12]}),
    ("5 человек (из них дети 2 и 8 лет)", {"adults": 3, "children": 2, "children_ages": [2, 8]}),
    ("втроём с ребёнком 3 лет", {"adults": 2, "children": 1, "children_ages": [3]}),
    ("двое взрослых и малыш 1,5 года", {"adults": 2, "children": 1, "children_ages": [1]}),
    ("2 взрослых, младенец 9 месяцев", {"adults": 2, "children": 1, "children_ages": [0]}),
    ("2 взр + реб 12 лет", {"adults": 2, "children": 1, "children_ages": [12]}),
    ("3 взрослых без детей", {"adults": 3, "children": 0}),
    ("1 взрослый и 1 ребенок 6 лет", {"adults": 1, "children": 1, "children_ages": [6]}),
    ("я одна лечу", {"adults": 1}),
    ("лечу один", {"adults": 1}),
    ("одна с сыном 8 лет", {"adults": 1, "children": 1, "children_ages": [8]}),
    (
        "два взрослых два ребенка семь и четыре года",
        {"adults": 2, "children": 2, "children_ages": [7, 4]},
    ),
    (
        "семья: 2 взрослых + 2 детей (5 лет и 8 мес)",
        {"adults": 2, "children": 2, "children_ages": [5, 0]},
    ),
    ("с двумя детьми", {"children": 2}),
    ("двое детей по 6 лет", {"children": 2, "children_ages": [6, 6]}),
    ("сын 15 лет и дочь 11", {"children": 2, "children_ages": [15, 11]}),
    ("ребенок годовалый", {"children": 1, "children_ages": [1]}),
    ("дети 3,7 лет", {"children": 2, "children_ages": [3, 7]}),
    ("Детям 5 и 9", {"children": 2, "children_ages": [5, 9]}),
    ("екі адамға", {"adults": 2}),
    ("үшеумізге", {"adults": 3}),
    ("2 үлкен, 2 бала 5 және 7 жас", {"adults": 2, "children": 2, "children_ages": [5, 7]}),
    ("жолдошум экөөбүз", {"adults": 2}),
    ("2 adults and 1 child 5 years old", {"adults": 2, "children": 1, "children_ages": [5]}),
    ("dvoe vzroslih i rebenok 4 goda", {"adults": 2, "children": 1, "children_ages": [4]}),
    ("Нас будет шестеро: 4 взрослых и 2 детей", {"adults": 4, "children": 2}),
    ("семейная пара", {"adults": 2}),
    ("5 подруг", {"adults": 5}),
    ("вчетвером", {"adults": 4}),
    (
        "4 человека, 2 взрослых и 2 детей 6 и 10 лет",
        {"adults": 2, "children": 2, "children_ages": [6, 10]},
    ),
    ("мама с ребёнком 5 лет", {"adults": 1, "children": 1, "children_ages": [5]}),
    ("с двумя подругами", {"adults": 3}),
    ("муж с женой и тёща", {"adults": 3}),
    ("2х взрослых и 1го ребенка", {"adults": 2, "children": 1}),
    ("детей двое, 3 и 5", {"children": 2, "children_ages": [3, 5]}),
    ("не 2 взрослых, а 3", {"adults": 3}),
    ("взрослых - 2, детей - 1 (6 лет)", {"adults": 2, "children": 1, "children_ages": [6]}),
    ("я, жена, двое детей и бабушка", {"adults": 3, "children": 2}),
    (
        "күйеуім екеуміз және 2 баламыз 4 және 6 жаста",
        {"adults": 2, "children": 2, "children_ages": [4, 6]},
    ),
    # money
    ("бюджет 800 тысяч тенге", {"budget_max": 800000, "currency": "KZT"}),
    ("до 1500$", {"budget_max": 1500, "currency": "USD"}),
    ("бюджет до полутора миллионов", {"budget_max": 1500000}),
    ("до пол ляма", {"budget_max": 500000}),
    ("500к на двоих", {"adults": 2, "budget_max": 500000}),
    ("бюджет 1,2 млн тг", {"budget_max": 1200000, "currency": "KZT"}),
    ("от 1000 до 1500 долларов", {"budget_min": 1000, "budget_max": 1500, "currency": "USD"}),
    ("900 тыс - 1,1 млн тенге", {"budget_min": 900000, "budget_max": 1100000, "currency": "KZT"}),
    ("4-5 тысяч долларов", {"budget_min": 4000, "budget_max": 5000, "currency": "USD"}),
    ("бюджет не меньше 2000 евро", {"budget_min": 2000, "currency": "EUR"}),
    ("по 400 тысяч на человека, нас трое", {"adults": 3, "budget_max": 1200000}),
    ("до 700$ на человека, 2 взрослых", {"adults": 2, "budget_max": 1400, "currency": "USD"}),
    ("бюджет где-то 150 тысяч рублей", {"budget_max": 150000, "currency": "RUB"}),
    ("бюджет до 120 000 сом", {"budget_max": 120000, "currency": "KGS"}),
    ("есть 600 тысяч", {"budget_max": 600000}),
    (
        "миллион двести тысяч тенге на троих",
        {"adults": 3, "budget_max": 1200000, "currency": "KZT"},
    ),
    ("бюджет 2500", {"budget_max": 2500}),
    ("тур тысяч за 700 тенге", {"budget_max": 700000, "currency": "KZT"}),
    ("бюджет 800 мың теңге", {"budget_max": 800000, "currency": "KZT"}),
    ("бюджет 1.000.000 тг", {"budget_max": 1000000, "currency": "KZT"}),
    ("budget up to 2,000 USD", {"budget_max": 2000, "currency": "USD"}),
    ("бюджет $1800", {"budget_max": 1800, "currency": "USD"}),
    ("не дороже 1 млн 300 тыс", {"budget_max": 1300000}),
    ("byudzhet do 900 tys tenge", {"budget_max": 900000, "currency": "KZT"}),
    # hotel
    ("отель 4*", {"stars_min": 4}),
    ("только пятерку", {"stars_min": 5}),
    ("4-5 звезд", {"stars_min": 4}),
    ("минимум четыре звезды", {"stars_min": 4}),
    ("хорошую тройку", {"stars_min": 3}),
    ("пятизвездочный отель", {"stars_min": 5}),
    ("5★ ультра все включено", {"stars_min": 5, "meal": "UAI"}),
    ("олл инклюзив", {"meal": "AI"}),
    ("питание завтрак и ужин", {"meal": "HB"}),
    ("можно просто завтраки", {"meal": "BB"}),
    ("полный пансион", {"meal": "FB"}),
    ("без питания", {"meal": "RO"}),
    ("все включено вместо завтраков", {"meal": "AI"}),
    ("отель BB 4 звезды", {"stars_min": 4, "meal": "BB"}),
    # whole requests
    (
        "Добрый день! Нужен тур в Турцию (Аланья) с 10 по 20 июня, "
        "2 взрослых и ребенок 5 лет, все включено, вылет из Астаны, бюджет до 1,5 млн тг",
        {
            "departure_city": "Астана",
            "countries": ["TR"],
            "resorts": ["Аланья"],
            "date_from": "2026-06-10",
            "date_to": "2026-06-10",
            "nights_min": 10,
            "nights_max": 10,
            "adults": 2,
            "children": 1,
            "children_ages": [5],
            "meal": "AI",
            "budget_max": 1500000,
            "currency": "KZT",
        },
    ),
    (
        "здравствуйте подскажите пожалуйста сколько будет стоить поездка "
        "во вьетнам на двоих в начале декабря на одиннадцать ночей из алматы",
        {
            "departure_city": "Алматы",
            "countries": ["VN"],
            "date_from": "2026-12-01",
            "date_to": "2026-12-10",
            "nights_min": 11,
            "nights_max": 11,
            "adults": 2,
        },
    ),
    (
        "Привет\nхотим на море\nиюль\nвдвоем\nдо 1000 баксов",
        {
            "date_from": "2026-07-01",
            "date_to": "2026-07-31",
            "adults": 2,
            "budget_max": 1000,
            "currency": "USD",
        },
    ),
    (
        "privet hochu v egipet v oktyabre na 7 nochei 2 vzroslyh iz karagandy",
        {
            "departure_city": "Караганда",
            "countries": ["EG"],
            "date_from": "2026-10-01",
            "date_to": "2026-10-31",
            "nights_min": 7,
            "nights_max": 7,
            "adults": 2,
        },
    ),
    (
        "Сәлем, тамыздың басында Шымкенттен Антальяға 2 үлкен 1 бала, 7 түнге",
        {
            "departure_city": "Шымкент",
            "countries": ["TR"],
            "resorts": ["Анталья"],
            "date_from": "2026-08-01",
            "date_to": "2026-08-10",
            "adults": 2,
            "children": 1,
            "nights_min": 7,
            "nights_max": 7,
        },
    ),
    (
        "Looking for a tour to Maldives for two in early November, "
        "5 stars, half board, budget 4000 usd",
        {
            "countries": ["MV"],
            "adults": 2,
            "date_from": "2026-11-01",
            "date_to": "2026-11-10",
            "stars_min": 5,
            "meal": "HB",
            "budget_max": 4000,
            "currency": "USD",
        },
    ),
    (
        "Дорого, а есть что-то до 900 тысяч в Анталью?",
        {"countries": ["TR"], "resorts": ["Анталья"], "budget_max": 900000},
    ),
    (
        "Хочу в Таиланд в январе, позвоните мне 8 701 111 22 33",
        {
            "countries": ["TH"],
            "date_from": "2027-01-01",
            "date_to": "2027-01-31",
            "phone": "+77011112233",
        },
    ),
    ("Еще варианты есть?", {}),
    ("Сколько стоит?", {}),
    ("Можно подешевле что-нибудь", {}),
    ("Горящие туры есть?", {}),
    (
        "Бодрум в сентябре, виза не нужна же? нас четверо, 8 ночей",
        {
            "countries": ["TR"],
            "resorts": ["Бодрум"],
            "date_from": "2026-09-01",
            "date_to": "2026-09-30",
            "adults": 4,
            "nights_min": 8,
            "nights_max": 8,
        },
    ),
]


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


@pytest.mark.parametrize(("text", "_slots"), REQUESTS, ids=[text for text, _ in REQUESTS])
def test_every_fact_quotes_the_client(
    nlp: NLPProcessor, text: str, _slots: dict[str, object]
) -> None:
    facts = nlp.understand(text, asked_on=ASKED_ON).facts

    assert [fact.name for fact in facts if not fact.quote or fact.quote not in text] == []
