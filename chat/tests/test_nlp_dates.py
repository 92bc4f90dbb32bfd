"""When clients want to travel: the convention table, and properties over the whole calendar."""

from __future__ import annotations

import calendar
import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chat.ai.nlp.dates import find_window
from chat.ai.nlp.lexicon import lexicon
from chat.ai.nlp.nights import find_stay
from chat.ai.nlp.normalize import view_of

pytestmark = pytest.mark.once

ASKED_ON = dt.date(2026, 5, 20)  # a Wednesday
MONTHS = {
    1: "января", 2: "февраля", 3: "марта", 4: "апреля", 5: "мая", 6: "июня",
    7: "июля", 8: "августа", 9: "сентября", 10: "октября", 11: "ноября", 12: "декабря",
}  # fmt: skip
IN_MONTH = {
    1: "январе", 2: "феврале", 3: "марте", 4: "апреле", 5: "мае", 6: "июне",
    7: "июле", 8: "августе", 9: "сентябре", 10: "октябре", 11: "ноябре", 12: "декабре",
}  # fmt: skip
KAZAKH = {
    1: "қаңтарда", 2: "ақпанда", 3: "наурызда", 4: "сәуірде", 5: "мамырда", 6: "маусымда",
    7: "шілдеде", 8: "тамызда", 9: "қыркүйекте", 10: "қазанда", 11: "қарашада", 12: "желтоқсанда",
}  # fmt: skip
ENGLISH = {number: f"in {calendar.month_name[number]}" for number in range(1, 13)}
OF_MONTH = {
    1: "январь", 2: "февраль", 3: "март", 4: "апрель", 5: "май", 6: "июнь",
    7: "июль", 8: "август", 9: "сентябрь", 10: "октябрь", 11: "ноябрь", 12: "декабрь",
}  # fmt: skip
PARTS = {
    "начало": (1, 10), "середина": (11, 20), "конец": (21, 0),
    "первая половина": (1, 15), "вторая половина": (16, 0),
}  # fmt: skip
days = st.dates(dt.date(2020, 1, 1), dt.date(2060, 12, 31))


def window(text: str, asked_on: dt.date = ASKED_ON) -> tuple[str | None, str | None]:
    view = view_of(text, lexicon())
    found = find_window(view.text, asked_on, find_stay(view.text))
    if not found:
        return None, None
    start, end = found[0].start, found[0].end
    return start and start.isoformat(), end and end.isoformat()


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("вылет 12 июля", "2026-07-12", "2026-07-12"),
        ("с 22 июня на 14 ночей", "2026-06-22", "2026-06-22"),
        ("с 5 по 15 августа", "2026-08-05", "2026-08-05"),
        ("10-17 марта", "2027-03-10", "2027-03-10"),
        ("24.11-29.11", "2026-11-24", "2026-11-24"),
        ("с 3 июля по 13 июля", "2026-07-03", "2026-07-03"),
        ("с 28 декабря по 5 января", "2026-12-28", "2026-12-28"),
        ("вылет 20 июля обратно 30 июля", "2026-07-20", "2026-07-20"),
        ("вылет с 1 по 7 сентября", "2026-09-01", "2026-09-07"),
        ("даты вылета 18-20 июня", "2026-06-18", "2026-06-20"),
        ("20.10 до 10.11 на 10-12 дней", "2026-10-20", "2026-11-10"),
        ("вылет 3 или 4 ноября", "2026-11-03", "2026-11-04"),
        ("вылет 3,4,5 июля", "2026-07-03", "2026-07-05"),
        ("после 1 июня до 9 июня", "2026-06-01", "2026-06-09"),
        ("май-июнь", "2026-05-01", "2026-06-30"),
        ("декабрь-январь", "2026-12-01", "2027-01-31"),
        ("начало июня", "2026-06-01", "2026-06-10"),
        ("в середине октября", "2026-10-11", "2026-10-20"),
        ("конец августа", "2026-08-21", "2026-08-31"),
        ("последние числа февраля", "2027-02-21", "2027-02-28"),
        ("первая половина сентября", "2026-09-01", "2026-09-15"),
        ("вторая половина сентября", "2026-09-16", "2026-09-30"),
        ("конец июля начало августа", "2026-07-21", "2026-08-10"),
        ("летом", "2026-06-01", "2026-08-31"),
        ("осенью", "2026-09-01", "2026-11-30"),
        ("зимой", "2026-12-01", "2027-02-28"),
        ("весной", "2026-03-01", "2026-05-31"),
        ("после 15 марта", "2027-03-15", None),
        ("с 25 сентября", "2026-09-25", None),
        ("не раньше 5 июня", "2026-06-05", None),
        ("до 10 июля", None, "2026-07-10"),
        ("не позже 20 июня", None, "2026-06-20"),
        ("в августе с 21 чисел", "2026-08-21", "2026-08-31"),
        ("январь после 10", "2027-01-10", "2027-01-31"),
        ("около 15 октября", "2026-10-12", "2026-10-18"),
        ("через две недели", "2026-05-31", "2026-06-06"),
        ("через 10 дней", "2026-05-27", "2026-06-02"),
        ("завтра", "2026-05-21", "2026-05-21"),
        ("послезавтра", "2026-05-22", "2026-05-22"),
        ("завтра или послезавтра", "2026-05-21", "2026-05-22"),
        ("в эти выходные", "2026-05-23", "2026-05-24"),
        ("на следующей неделе", "2026-05-25", "2026-05-31"),
        ("в следующем месяце", "2026-06-01", "2026-06-30"),
        ("на майские", "2027-04-30", "2027-05-09"),
        ("на Новый год", "2026-12-27", "2026-12-31"),
        ("двадцать пятого июля", "2026-07-25", "2026-07-25"),
        ("25го июля", "2026-07-25", "2026-07-25"),
        ("20 числа", "2026-05-20", "2026-05-20"),
        ("19 числа", "2026-06-19", "2026-06-19"),
        ("в июле числа двадцатого", "2026-07-17", "2026-07-23"),
        ("шілденің соңында", "2026-07-21", "2026-07-31"),
        ("келесі аптада", "2026-05-25", "2026-05-31"),
        ("July 15 to July 25", "2026-07-15", "2026-07-15"),
        ("late July", "2026-07-21", "2026-07-31"),
        ("konets avgusta iz almaty", "2026-08-21", "2026-08-31"),
        ("срочно горящий тур", None, None),
        ("31 июня", "2026-06-01", "2026-06-30"),
        ("1,5 млн", None, None),
        ("ребенок 2.5 года", None, None),
    ],
)  # fmt: skip
def test_window(text: str, start: str | None, end: str | None) -> None:
    assert window(text) == (start, end)


@pytest.mark.parametrize(
    ("text", "asked_on", "expected"),
    [
        ("31 декабря", dt.date(2026, 12, 31), "2026-12-31"),
        ("1 января", dt.date(2026, 12, 31), "2027-01-01"),
        ("завтра", dt.date(2026, 12, 31), "2027-01-01"),
        ("послезавтра", dt.date(2028, 2, 28), "2028-03-01"),
        ("29 февраля", dt.date(2026, 5, 20), "2028-02-29"),
        ("29 февраля", dt.date(2028, 2, 29), "2028-02-29"),
        ("15.01.2027", dt.date(2026, 12, 31), "2027-01-15"),
        ("28 февраля", dt.date(2027, 3, 1), "2028-02-28"),
    ],
)
def test_one_day_at_the_turn_of_years(text: str, asked_on: dt.date, expected: str) -> None:
    assert window(text, asked_on) == (expected, expected)


def test_february_ends_on_the_29th_in_a_leap_year() -> None:
    assert window("в феврале", dt.date(2027, 12, 1)) == ("2028-02-01", "2028-02-29")


def test_weekend_of_a_sunday_is_the_one_still_running() -> None:
    assert window("в эти выходные", dt.date(2026, 5, 24)) == ("2026-05-23", "2026-05-24")


def test_winter_asked_in_january_is_the_running_one() -> None:
    assert window("зимой", dt.date(2027, 1, 15)) == ("2026-12-01", "2027-02-28")


@given(day=days, asked_on=days)
def test_day_without_a_year_is_the_next_such_date(day: dt.date, asked_on: dt.date) -> None:
    start, end = window(f"вылет {day.day} {MONTHS[day.month]}", asked_on)

    assert start == end
    found = dt.date.fromisoformat(str(start))
    assert (found.day, found.month) == (day.day, day.month)
    assert found >= asked_on
    earlier = [
        year
        for year in range(asked_on.year, found.year)
        if day.day <= calendar.monthrange(year, day.month)[1]
        and dt.date(year, day.month, day.day) >= asked_on
    ]
    assert earlier == []


@given(day=days, asked_on=days)
def test_written_day_and_numbers_agree(day: dt.date, asked_on: dt.date) -> None:
    words = window(f"вылет {day.day} {MONTHS[day.month]} {day.year}", asked_on)

    assert words == window(f"вылет {day:%d.%m.%Y}", asked_on)
    assert words == (day.isoformat(), day.isoformat())


@pytest.mark.parametrize("names", [IN_MONTH, KAZAKH, ENGLISH], ids=["russian", "kazakh", "english"])
@pytest.mark.parametrize("month", range(1, 13))
@pytest.mark.parametrize("asked_on", [dt.date(2026, 5, 20), dt.date(2027, 12, 31)])
def test_every_month_is_whole_and_ahead(
    names: dict[int, str], month: int, asked_on: dt.date
) -> None:
    prefix = "в " if names is IN_MONTH else ""
    year = asked_on.year + (month < asked_on.month)
    last = calendar.monthrange(year, month)[1]

    assert window(prefix + names[month], asked_on) == (
        dt.date(year, month, 1).isoformat(),
        dt.date(year, month, last).isoformat(),
    )


@given(asked_on=days, count=st.integers(2, 8))
def test_weeks_ahead_are_three_days_either_side(asked_on: dt.date, count: int) -> None:
    middle = asked_on + dt.timedelta(weeks=count)

    assert window(f"через {count} недели", asked_on) == (
        (middle - dt.timedelta(days=3)).isoformat(),
        (middle + dt.timedelta(days=3)).isoformat(),
    )


@given(asked_on=days)
@example(asked_on=dt.date(2026, 12, 31))
@example(asked_on=dt.date(2028, 2, 15))
def test_two_weeks_in_words_cross_months_and_years(asked_on: dt.date) -> None:
    early, late = asked_on + dt.timedelta(days=11), asked_on + dt.timedelta(days=17)

    for text in ("вылет через две недели", "in 2 weeks", "екі аптадан кейін"):
        assert window(text, asked_on) == (early.isoformat(), late.isoformat())


@given(month=st.sampled_from(sorted(OF_MONTH)), asked_on=days)
@example(month=2, asked_on=dt.date(2027, 12, 31))
@example(month=12, asked_on=dt.date(2026, 12, 31))
def test_parts_of_a_month_lie_ahead_on_either_side_of_its_name(
    month: int, asked_on: dt.date
) -> None:
    for part, (first, last) in PARTS.items():
        year = asked_on.year
        end = last or calendar.monthrange(year, month)[1]
        if dt.date(year, month, end) < asked_on:
            year += 1
        end = last or calendar.monthrange(year, month)[1]
        expected = (dt.date(year, month, first).isoformat(), dt.date(year, month, end).isoformat())

        assert window(f"{part} {MONTHS[month]}", asked_on) == expected
        assert window(f"{OF_MONTH[month]}, {part}", asked_on) == expected


@given(first=days, length=st.integers(2, 25))
def test_day_of_return_without_a_month_is_the_next_such_day(first: dt.date, length: int) -> None:
    back = first + dt.timedelta(days=length)
    view = view_of(
        f"вылет {first.day} {MONTHS[first.month]} {first.year}, обратно {back.day}-го", lexicon()
    )

    found = find_window(view.text, first, None)

    assert found
    assert (found[0].start, found[0].end, found[0].nights) == (first, first, length)


@given(first=days, length=st.integers(2, 25), asked_on=days)
def test_span_is_the_trip_unless_departure_governs_it(
    first: dt.date, length: int, asked_on: dt.date
) -> None:
    last = first + dt.timedelta(days=length)
    span = f"{first:%d.%m.%Y} - {last:%d.%m.%Y}"

    assert window(span, asked_on) == (first.isoformat(), first.isoformat())
    assert window("вылет " + span, asked_on) == (first.isoformat(), last.isoformat())


def test_end_of_the_calendar_gives_nothing() -> None:
    assert window("завтра", dt.date.max) == (None, None)
