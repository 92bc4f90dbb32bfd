from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.mrz import Passport, check_digit, read_mrz
from common.errors import InvalidInput

# The specimen of ICAO Doc 9303, part 4.
FIRST = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
SECOND = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
TODAY = date(2026, 11, 25)
ANNA = Passport(
    surname="ERIKSSON",
    given_names="ANNA MARIA",
    number="L898902C3",
    issuer="UTO",
    citizenship="UTO",
    birth_on=date(1974, 8, 12),
    sex="F",
    expires_on=date(2012, 4, 15),
)


@pytest.mark.parametrize(
    "text",
    [
        f"{FIRST}\n{SECOND}",
        f"{FIRST}{SECOND}",
        f"  {FIRST.lower()} \r\n\r\n {SECOND.lower()}\n",
        f"{FIRST}\n{SECOND}".replace("<", "«"),
        f"{FIRST[:20]} {FIRST[20:]}\n{SECOND}",
        f"{FIRST}\n{SECOND}".replace("<<", "«"),
        f"{FIRST.rstrip('<')}\n{SECOND}",
    ],
)
def test_the_lines_are_read_as_people_paste_them(text):
    assert read_mrz(text, today=TODAY) == ANNA


# Made up; the digits were counted by the standard, apart from the code under test.
@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "P<KAZNURLANOVA<<AIGUL<<<<<<<<<<<<<<<<<<<<<<<\n"
            "N123456785KAZ9005042F3301018900504400123<<64",
            ("NURLANOVA", "AIGUL", "N12345678", "KAZ", date(1990, 5, 4), "F", date(2033, 1, 1)),
        ),
        (
            "P<RUSIVANOV<<IVAN<<<<<<<<<<<<<<<<<<<<<<<<<<<\n"
            "7123456783RUS8501020M3005051<<<<<<<<<<<<<<<4",
            ("IVANOV", "IVAN", "712345678", "RUS", date(1985, 1, 2), "M", date(2030, 5, 5)),
        ),
    ],
    ids=["Kazakhstan", "Russia"],
)
def test_passports_of_our_clients(text, found):
    one = read_mrz(text, today=TODAY)

    names = ("surname", "given_names", "number", "citizenship", "birth_on", "sex", "expires_on")
    assert tuple(getattr(one, name) for name in names) == found


@pytest.mark.parametrize(
    ("at", "code"),
    [(0, "mrz_number"), (9, "mrz_number"), (13, "mrz_birth_on"), (21, "mrz_expires_on"),
     (28, "mrz_personal_number"), (43, "mrz_mrz")],
)  # fmt: skip
def test_one_wrong_character_is_found_and_named(at, code):
    wrong = SECOND[:at] + ("8" if SECOND[at] != "8" else "9") + SECOND[at + 1 :]

    with pytest.raises(InvalidInput) as error:
        read_mrz(f"{FIRST}\n{wrong}", today=TODAY)

    assert error.value.code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "mrz_shape"),
        (FIRST, "mrz_shape"),
        (f"{FIRST}\n{SECOND[:-1]}", "mrz_shape"),
        (f"{FIRST}\n{SECOND}\n{SECOND}", "mrz_shape"),
        (f"{FIRST[:-1]}Ё\n{SECOND}", "mrz_shape"),
        (f"V{FIRST[1:]}\n{SECOND}", "mrz_kind"),
    ],
)
def test_what_is_no_passport_is_refused(text, code):
    with pytest.raises(InvalidInput) as error:
        read_mrz(text, today=TODAY)

    assert error.value.code == code


def lines(number: str, birth: str, expiry: str, surname: str = "IVANOV", given: str = "PETR"):
    first = f"P<KAZ{surname}<<{given}".ljust(44, "<")
    number = number.ljust(9, "<")
    body = f"{number}{check_digit(number)}KAZ{birth}{check_digit(birth)}M{expiry}"
    body += f"{check_digit(expiry)}{'<' * 14}<"
    whole = body[0:10] + body[13:20] + body[21:43]
    return f"{first}\n{body}{check_digit(whole)}"


births = st.dates(date(1927, 1, 1), TODAY)
numbers = st.from_regex(r"[A-Z][0-9]{5,8}", fullmatch=True)


@given(numbers, births, st.dates(date(2026, 1, 1), date(2039, 12, 31)))
def test_what_is_written_by_the_standard_is_read_back(number, birth, expiry):
    found = read_mrz(lines(number, f"{birth:%y%m%d}", f"{expiry:%y%m%d}"), today=TODAY)

    assert (found.number, found.birth_on, found.expires_on) == (number, birth, expiry)


def test_a_day_that_does_not_exist_is_refused():
    with pytest.raises(InvalidInput) as error:
        read_mrz(lines("N1234567", "900230", "300101"), today=TODAY)

    assert error.value.code == "mrz_birth_on"
