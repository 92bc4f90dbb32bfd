"""Our words ↔ the operator's: cities, countries, resorts, meals, stars, availability letters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeVar

from babel import Locale
from babel.core import get_global

from integrations.tours.base import Availability
from integrations.tours.samo.schemas import Named, PriceRow, Resort, State, star_digit

NamedT = TypeVar("NamedT", bound=Named)

# Names of meals begin with such a code, sometimes with a suffix ("AI+", "BB Plus").
# Ultra all inclusive is all inclusive for whoever asks for it; other meals are taken literally.
MEAL_CODES: dict[str, frozenset[str]] = {
    "RO": frozenset({"RO", "OB", "NO"}),
    "BB": frozenset({"BB"}),
    "HB": frozenset({"HB"}),
    "FB": frozenset({"FB"}),
    "AI": frozenset({"AI", "ALL", "UAI", "UALL"}),
    "UAI": frozenset({"UAI", "UALL"}),
}

_TRAILING_CATEGORY = re.compile(r"[\s(]*[1-7]\s*\*+\)?\s*$")
_FREE = frozenset("YF")


def normal_name(name: str) -> str:
    """Compare names without case, ё, spaces and punctuation: `Шарм-эль-Шейх` = `ШАРМ ЭЛЬ ШЕЙХ`."""
    return re.sub(r"[\W_]+", "", name.casefold().replace("ё", "е"))


def find_by_name(rows: Iterable[NamedT], name: str) -> NamedT | None:
    wanted = normal_name(name)
    return next((row for row in rows if wanted in _names(row.name, row.name_alt)), None)


def find_country(states: Sequence[State], code: str) -> State | None:
    """By ISO alpha-2; by the Russian or English name where the installation gives no code."""
    found = next((row for row in states if row.iso3 and alpha2_of(row.iso3) == code), None)
    if found is not None:
        return found
    names = (Locale(language).territories.get(code, "") for language in ("ru", "en"))
    uncoded = [row for row in states if not row.iso3]
    matches = (find_by_name(uncoded, name) for name in names if name)
    return next((match for match in matches if match is not None), None)


def alpha2(state: State) -> str:
    """The ISO code of a country of the operator, "" where neither its code nor its name tells."""
    if state.iso3:
        return alpha2_of(state.iso3)
    names = _names(state.name, state.name_alt)
    for language in ("ru", "en"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and normal_name(name) in names:
                return code
    return ""


def alpha2_of(iso3: str) -> str:
    return next(iter(get_global("territory_aliases").get(iso3, [])), "")


def find_resorts(rows: Iterable[Resort], names: Iterable[str]) -> tuple[int, ...]:
    """Ids of the resorts so named, or lying in a region so named."""
    wanted = {normal_name(name) for name in names}
    return tuple(
        row.id
        for row in rows
        if wanted & _names(row.name, row.name_alt, row.region, row.region_alt)
    )


def find_stars(rows: Iterable[Named], at_least: int) -> tuple[int, ...]:
    """Ids of the categories with so many stars or more; categories named by a word are left out."""
    return tuple(row.id for row in rows if (star_digit(row.name) or 0) >= at_least)


def find_meals(rows: Iterable[Named], meal: str) -> tuple[int, ...]:
    return tuple(row.id for row in rows if meal_matches(row.name, meal))


def meal_matches(operator_meal: str, meal: str) -> bool:
    leading = re.match(r"[A-Z]+", operator_meal.strip().upper())
    return leading is not None and leading[0] in MEAL_CODES.get(meal.upper(), {meal.upper()})


def hotel_name(hotel: str) -> str:
    """Without the trailing category, which is a field of its own: `Aqua Nova 4*` → `Aqua Nova`."""
    return _TRAILING_CATEGORY.sub("", hotel) or hotel


def availability(row: PriceRow) -> Availability:
    """The worst of the rooms and of the seats each way; a letter we do not know is "on request"."""
    if row.stop_sale:
        return Availability.NONE
    parts = [_rooms_state(row.rooms_letters)] + [_seats_state(leg) for leg in row.seats_letters]
    for state in (Availability.NONE, Availability.ON_REQUEST):
        if state in parts:
            return state
    return Availability.AVAILABLE


def _rooms_state(letters: str) -> Availability:
    """One letter per night: every night must be free."""
    if "N" in letters:
        return Availability.NONE
    return Availability.AVAILABLE if letters and set(letters) <= _FREE else Availability.ON_REQUEST


def _seats_state(letters: str) -> Availability:
    """One letter per class: one class with seats is enough."""
    if set(letters) & _FREE:
        return Availability.AVAILABLE
    return Availability.NONE if set(letters) == {"N"} else Availability.ON_REQUEST


def _names(*names: str) -> set[str]:
    return {normal_name(name) for name in names if name}
