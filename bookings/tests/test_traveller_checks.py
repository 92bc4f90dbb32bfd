from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bookings.traveller_checks import Person, Trip, age_on, months_later, problems_of

TRIP = Trip(date(2027, 1, 12), date(2027, 1, 19), adults=2, children_ages=(6,))
MOTHER = Person(1, "IVANOVA", "ANNA", date(1990, 5, 4), "KAZ", "N1", date(2030, 1, 1), True)
FATHER = replace(MOTHER, pk=2, surname="O'NEIL-IVANOV", given_names="PETR", number="N2")
CHILD = replace(
    MOTHER, pk=3, given_names="MARK", number="N3", birth_on=date(2020, 2, 29), guardian_id=1
)
FAMILY = (MOTHER, FATHER, CHILD)


def found(*people, trip=TRIP):
    return [(problem.code, problem.traveller_id) for problem in problems_of(people, trip)]


def test_a_family_in_order_may_go():
    assert found(*FAMILY) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"surname": "ИВАНОВА"}, "latin"),
        ({"given_names": ""}, "latin"),
        ({"given_names": "Anna"}, "latin"),
        ({"birth_on": None}, "birth"),
        ({"citizenship": ""}, "citizenship"),
        ({"number": ""}, "document"),
        ({"expires_on": None}, "document"),
        ({"expires_on": date(2027, 1, 11)}, "expired"),
        ({"expires_on": date(2027, 7, 18)}, "validity"),
        ({"has_consented": False}, "consent"),
    ],
)
def test_what_is_wrong_with_one_tourist_is_said_of_that_tourist(changes, code):
    assert (code, 1) in found(replace(MOTHER, **changes), FATHER, CHILD)


def test_exactly_six_months_after_the_return_are_enough():
    assert found(replace(MOTHER, expires_on=date(2027, 7, 19)), FATHER, CHILD) == []
    # Georgia only wants it to be good.
    trip = replace(TRIP, months_valid=0)
    assert found(replace(MOTHER, expires_on=date(2027, 1, 19)), FATHER, CHILD, trip=trip) == []


def test_one_number_twice_is_said_of_both():
    twin = replace(FATHER, number="N1")

    assert found(MOTHER, twin, CHILD) == [("duplicate", 1), ("duplicate", 2)]


def test_the_child_must_be_as_old_as_priced_on_the_day_of_departure():
    # Seven the day before departure, six still on it.
    seven = replace(CHILD, birth_on=date(2020, 1, 11))
    six = replace(CHILD, birth_on=date(2020, 1, 13))

    assert found(MOTHER, FATHER, seven) == [("age", 3)]
    assert found(MOTHER, FATHER, six) == []


def test_a_child_in_an_adults_place_is_found():
    trip = replace(TRIP, adults=3, children_ages=())

    assert found(*FAMILY, trip=trip) == [("age", 3)]


@pytest.mark.parametrize("people", [(MOTHER,), (*FAMILY, replace(CHILD, pk=4, number="N4"))])
def test_the_party_must_be_as_priced(people):
    assert found(*people)[0] == ("party", None)


def test_a_minor_needs_a_parent_along_or_a_paper():
    alone = replace(CHILD, guardian_id=None)

    assert found(MOTHER, FATHER, alone) == [("minor", 3)]
    assert found(MOTHER, FATHER, replace(alone, has_parental_consent=True)) == []
    # Another child is no guardian.
    assert found(MOTHER, FATHER, replace(alone, guardian_id=3)) == [("minor", 3)]


@pytest.mark.parametrize(
    ("day", "age"),
    [(date(2027, 2, 28), 6), (date(2027, 3, 1), 7), (date(2028, 2, 28), 7), (date(2028, 2, 29), 8)],
)
def test_born_on_the_29th_of_february(day, age):
    assert age_on(day, date(2020, 2, 29)) == age


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 31), 6, date(2027, 6, 30)),
        (date(2026, 12, 5), 0, date(2026, 12, 5)),
        (date(2026, 6, 15), 6, date(2026, 12, 15)),
    ],
)
def test_months_later(day, months, later):
    assert months_later(day, months) == later


def test_the_sentences_hold_no_number():
    number = "N99887766"
    people = [replace(one, number=number, expires_on=date(2026, 1, 1)) for one in FAMILY]

    assert problems_of(people, TRIP)
    assert not any(number in problem.text for problem in problems_of(people, TRIP))
