"""The two lines of 44 characters at the foot of a passport (ICAO 9303, TD3), digits verified."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from common.errors import InvalidInput

LENGTH = 44
_WEIGHTS = (7, 3, 1)
_SHAPE = re.compile(r"[A-Z0-9<]+")
# Phones turn «<», or two of them, into these while typing or pasting.
_FILLERS = str.maketrans({"«": "<", "»": "<", "‹": "<", "›": "<", "＜": "<"})
_PAIRS = str.maketrans({"«": "<<", "»": "<<"})
# National additions that countries' own passports carry in place of the ISO code.
_COUNTRIES = {"D": "DEU"}


@dataclass(frozen=True)
class Passport:
    """`citizenship` and `issuer` are ISO alpha-3; `sex` is M, F or empty."""

    surname: str
    given_names: str
    number: str
    issuer: str
    citizenship: str
    birth_on: date
    sex: str
    expires_on: date


def read_mrz(text: str, *, today: date) -> Passport:
    """Read the lines as pasted or typed. Raises InvalidInput that names the part that is wrong."""
    first, second = _lines(text)
    number, birth, expiry = second[0:9], second[13:19], second[21:27]
    _verify(number, second[9], _("number of the passport"), "number")
    _verify(birth, second[19], _("date of birth"), "birth_on")
    _verify(expiry, second[27], _("date of expiry"), "expires_on")
    if second[42] not in "<0" or second[28:42].strip("<"):
        _verify(second[28:42], second[42], _("personal number"), "personal_number")
    whole = second[0:10] + second[13:20] + second[21:43]
    _verify(whole, second[43], _("whole second line"), "mrz")
    surname, _gap, given = first[5:].partition("<<")
    return Passport(
        surname=_words(surname),
        given_names=_words(given),
        number=number.replace("<", ""),
        issuer=_country(first[2:5]),
        citizenship=_country(second[10:13]),
        birth_on=_day(birth, "birth_on", latest=today),
        sex=second[20] if second[20] in "MF" else "",
        expires_on=_day(expiry, "expires_on"),
    )


def check_digit(field: str) -> str:
    values = (0 if char == "<" else int(char, 36) for char in field)
    return str(sum(value * _WEIGHTS[n % 3] for n, value in enumerate(values)) % 10)


def _lines(text: str) -> tuple[str, str]:
    typed = re.sub(r"[ \t]", "", text).upper()
    lines = [_plain(line) for line in typed.splitlines() if line]
    if len(lines) == 1 and len(lines[0]) == 2 * LENGTH:
        lines = [lines[0][:LENGTH], lines[0][LENGTH:]]
    if lines and len(lines[0]) < LENGTH:
        # Fillers at the end are often lost; here they say nothing.
        lines[0] = lines[0].ljust(LENGTH, "<")
    if len(lines) != 2 or any(len(line) != LENGTH or not _SHAPE.fullmatch(line) for line in lines):
        message = _("Two lines of 44 characters are needed: Latin letters, digits and «<».")
        raise InvalidInput(message, code="mrz_shape", field="mrz")
    if lines[0][0] != "P":
        raise InvalidInput(_("This is not a passport."), code="mrz_kind", field="mrz")
    return lines[0], lines[1]


def _plain(line: str) -> str:
    """Quotation marks as fillers: one each where that fits the length, else two."""
    line = line if len(line) % LENGTH == 0 else line.translate(_PAIRS)
    return line.translate(_FILLERS)


def _verify(field: str, digit: str, name: str, code: str) -> None:
    if check_digit(field) != digit:
        message = _("The check digit does not fit: look at the %(part)s again.") % {"part": name}
        raise InvalidInput(message, code=f"mrz_{code}", field="mrz")


def _words(field: str) -> str:
    return " ".join(field.replace("<", " ").split())


def _country(field: str) -> str:
    code = field.replace("<", "")
    return _COUNTRIES.get(code, code)


def _day(field: str, name: str, latest: date | None = None) -> date:
    """Two digits of the year: a birth lies in the past, an expiry in this century."""
    try:
        year, month, day = int(field[:2]), int(field[2:4]), int(field[4:])
        found = date(2000 + year, month, day)
        return found.replace(year=1900 + year) if latest and found > latest else found
    except ValueError as error:
        message = _("This date does not exist: look at the lines again.")
        raise InvalidInput(message, code=f"mrz_{name}", field="mrz") from error
