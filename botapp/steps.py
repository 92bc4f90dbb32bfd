"""The steps of the guided search: what each asks, offers to press, and makes of a press.

Pure: what is known comes in as the facts of the lead and goes out as facts. A step that is known is
not asked, whoever said it and however.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.dates import format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.ai.inquiry import money
from chat.ai.nlp.gazetteer import resorts_of

Facts = Mapping[str, Any]
CITIES = ("Алматы", "Астана", "Шымкент", "Бишкек", "Ташкент", "Москва")
COUNTRIES = ("VN", "TR", "EG", "AE", "TH", "MV", "LK", "GE", "CN", "ID")
NIGHTS = ((5, 6), (7, 8), (9, 10), (11, 12), (13, 14), (15, 21))
BUDGETS = (500_000, 800_000, 1_200_000, 1_800_000, 2_500_000, 4_000_000)
MOST_CHILDREN, MOST_RESORTS, MONTHS = 4, 12, 10
WHOLE_MONTH = "all"


class AlreadyKnown(ValueError):
    """The press repeats what it has said before."""


@dataclass(frozen=True)
class Choice:
    label: str
    value: str


@dataclass(frozen=True)
class Step:
    """`is_known` looks at the facts; `choices` are rows of keys; `read` turns a press into facts.

    `read` raises ValueError for what no key of the step sends.
    """

    name: str
    question: Callable[[Facts], str]
    is_known: Callable[[Facts], bool]
    choices: Callable[[Facts, str, date], list[list[Choice]]]
    read: Callable[[Facts, str, date], dict[str, Any]]


def rows(choices: Sequence[Choice], width: int) -> list[list[Choice]]:
    return [list(choices[at : at + width]) for at in range(0, len(choices), width)]


def one_of(value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        raise ValueError(value)
    return value


def whole(value: str, low: int, high: int) -> int:
    if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
        raise ValueError(value)
    return int(value)


def country_name(code: str, language: str) -> str:
    return str(Locale(language).territories.get(code, code))


# --- where ---


def _cities(facts: Facts, language: str, today: date) -> list[list[Choice]]:
    return rows([Choice(name, name) for name in CITIES], 3)


def _countries(facts: Facts, language: str, today: date) -> list[list[Choice]]:
    return rows([Choice(country_name(code, language), code) for code in COUNTRIES], 2)


@lru_cache(maxsize=64)
def resorts(country: str) -> tuple[str, ...]:
    return tuple(resorts_of(country)[:MOST_RESORTS])


def _wished_resorts(facts: Facts) -> tuple[str, ...]:
    countries = facts.get("countries") or []
    return resorts(countries[0]) if len(countries) == 1 else ()


def _resorts(facts: Facts, language: str, today: date) -> list[list[Choice]]:
    known = _wished_resorts(facts)
    return rows([Choice(name, str(number)) for number, name in enumerate(known)], 2)


def _read_resort(facts: Facts, value: str, today: date) -> dict[str, Any]:
    known = _wished_resorts(facts)
    return {"resorts": [known[whole(value, 0, len(known) - 1)]]}


# --- when ---


def months_ahead(today: date) -> list[date]:
    first = today.replace(day=1)
    found = []
    for _number in range(MONTHS):
        found.append(first)
        first = (first + timedelta(days=32)).replace(day=1)
    return found


def _months(facts: Facts, language: str, today: date) -> list[list[Choice]]:
    labels = [
        Choice(format_date(month, "LLLL", locale=language).capitalize(), f"{month:%Y-%m}")
        for month in months_ahead(today)
    ]
    return rows(labels, 3)


def month_of(value: str, today: date) -> date:
    """The month of «2027-01», if one can fly in it. Raises ValueError."""
    month = date.fromisoformat(f"{value}-01")
    if month not in months_ahead(today):
        raise ValueError(value)
    return month


def days_of(month: date, today: date) -> list[Choice]:
    last = calendar.monthrange(month.year, month.month)[1]
    days = [month.replace(day=number) for number in range(1, last + 1)]
    return [Choice(str(day.day), day.isoformat()) for day in days if day > today]


def _read_dates(facts: Facts, value: str, today: date) -> dict[str, Any]:
    if value.endswith(WHOLE_MONTH):
        month = month_of(value.removesuffix(WHOLE_MONTH), today)
        last = calendar.monthrange(month.year, month.month)[1]
        first = max(month, today + timedelta(days=1))
        return {"date_from": first.isoformat(), "date_to": month.replace(day=last).isoformat()}
    day = date.fromisoformat(value)
    if day.replace(day=1) not in months_ahead(today) or day <= today:
        raise ValueError(value)
    return {"date_from": day.isoformat(), "date_to": day.isoformat()}


def nights_label(low: int, high: int) -> str:
    return _("%(from)d–%(to)d nights") % {"from": low, "to": high}


def _nights(facts: Facts, language: str, today: date) -> list[list[Choice]]:
    return rows([Choice(nights_label(a, b), f"{a}-{b}") for a, b in NIGHTS], 2)


def _read_nights(facts: Facts, value: str, today: date) -> dict[str, Any]:
    low, high = one_of(value, [f"{a}-{b}" for a, b in NIGHTS]).split("-")
    return {"nights_min": int(low), "nights_max": int(high)}


# --- who ---


def _adults(facts: Facts, language: str, today: date) -> list[list[Choice]]:
    return [[Choice(str(number), str(number)) for number in range(1, 7)]]


def _children(facts: Facts, language: str, today: date) -> list[list[Choice]]:
    none = Choice(_("No children"), "0")
    return [[none], [Choice(str(number), str(number)) for number in range(1, MOST_CHILDREN + 1)]]


def _read_children(facts: Facts, value: str, today: date) -> dict[str, Any]:
    count = whole(value, 0, MOST_CHILDREN)
    return {"children": count}


def _ages_missing(facts: Facts) -> int:
    return int(facts.get("children") or 0) - len(facts.get("children_ages") or [])


def _age_question(facts: Facts) -> str:
    number = len(facts.get("children_ages") or []) + 1
    if (facts.get("children") or 0) <= 1:
        return _("How old will the child be on the day of departure?")
    return _("How old will child No. %(number)d be on the day of departure?") % {"number": number}


def _ages(facts: Facts, language: str, today: date) -> list[list[Choice]]:
    """A key names its child too: two quick taps are one answer."""
    child = len(facts.get("children_ages") or [])
    return rows([Choice(str(age), f"{child}.{age}") for age in range(18)], 6)


def _read_age(facts: Facts, value: str, today: date) -> dict[str, Any]:
    known = facts.get("children_ages") or []
    child, _dot, age = value.partition(".")
    if whole(child, 0, MOST_CHILDREN) < len(known):
        raise AlreadyKnown(value)
    if int(child) > len(known) or _ages_missing(facts) <= 0:
        raise ValueError(value)
    return {"children_ages": [*known, whole(age, 0, 17)]}


# --- how ---


def _stars(facts: Facts, language: str, today: date) -> list[list[Choice]]:
    labels = {"3": _("3* and better"), "4": _("4* and better"), "5": "5*"}
    return [[Choice(label, value) for value, label in labels.items()]]


def meal_names() -> dict[str, str]:
    return {
        "BB": _("breakfast"),
        "HB": _("breakfast and dinner"),
        "AI": _("all inclusive"),
        "UAI": _("ultra all inclusive"),
    }


def _meals(facts: Facts, language: str, today: date) -> list[list[Choice]]:
    names = [Choice(name.capitalize(), code) for code, name in meal_names().items()]
    return rows(names, 2)


def _budgets(facts: Facts, language: str, today: date) -> list[list[Choice]]:
    labels = [_("up to %(sum)s") % {"sum": money(Decimal(one), "KZT", language)} for one in BUDGETS]
    values = [str(one) for one in BUDGETS]
    return rows([Choice(*pair) for pair in zip(labels, values, strict=True)], 2)


def _read_budget(facts: Facts, value: str, today: date) -> dict[str, Any]:
    sum_max = int(one_of(value, [str(one) for one in BUDGETS]))
    return {"budget_max": sum_max, "currency": "KZT"}


STEPS = (
    Step(
        "city",
        lambda facts: _("Which city would you like to fly from?"),
        lambda facts: bool(facts.get("departure_city")),
        _cities,
        lambda facts, value, today: {"departure_city": one_of(value, CITIES)},
    ),
    Step(
        "country",
        lambda facts: _("Which country would you like to go to?"),
        lambda facts: bool(facts.get("countries")),
        _countries,
        lambda facts, value, today: {"countries": [one_of(value, COUNTRIES)]},
    ),
    Step(
        "resort",
        lambda facts: _("Is there a resort you have in mind?"),
        lambda facts: bool(facts.get("resorts")) or not _wished_resorts(facts),
        _resorts,
        _read_resort,
    ),
    Step(
        "dates",
        lambda facts: _("When would you like to fly?"),
        lambda facts: bool(facts.get("date_from") or facts.get("date_to")),
        _months,
        _read_dates,
    ),
    Step(
        "nights",
        lambda facts: _("For how many nights?"),
        lambda facts: bool(facts.get("nights_min") or facts.get("nights_max")),
        _nights,
        _read_nights,
    ),
    Step(
        "adults",
        lambda facts: _("How many adults?"),
        lambda facts: bool(facts.get("adults")),
        _adults,
        lambda facts, value, today: {"adults": whole(value, 1, 6)},
    ),
    Step(
        "children",
        lambda facts: _("How many children?"),
        lambda facts: facts.get("children") is not None,
        _children,
        _read_children,
    ),
    Step("ages", _age_question, lambda facts: _ages_missing(facts) <= 0, _ages, _read_age),
    Step(
        "stars",
        lambda facts: _("Which class of hotel?"),
        lambda facts: bool(facts.get("stars_min")),
        _stars,
        lambda facts, value, today: {"stars_min": whole(value, 3, 5)},
    ),
    Step(
        "meal",
        lambda facts: _("Which meals?"),
        lambda facts: bool(facts.get("meal")),
        _meals,
        lambda facts, value, today: {"meal": one_of(value, tuple(meal_names()))},
    ),
    Step(
        "budget",
        lambda facts: _("What is the budget for everybody together?"),
        lambda facts: bool(facts.get("budget_max")),
        _budgets,
        _read_budget,
    ),
)
BY_NAME = {step.name: step for step in STEPS}


def next_step(facts: Facts, skipped: Sequence[str]) -> Step | None:
    """The first thing that is neither known nor skipped."""
    open_steps = (step for step in STEPS if step.name not in skipped)
    return next((step for step in open_steps if not step.is_known(facts)), None)


def position(name: str) -> tuple[int, int]:
    names = [step.name for step in STEPS]
    return names.index(name) + 1, len(names)


def with_defaults(facts: Facts) -> tuple[dict[str, Any], list[str]]:
    """Facts that are enough to search with, and what was assumed for it, in words."""
    found, assumed = dict(facts), []
    if not found.get("departure_city"):
        found["departure_city"] = CITIES[0]
        assumed.append(_("from Almaty"))
    if not found.get("countries"):
        found["countries"] = list(COUNTRIES[:2])
        assumed.append(_("Vietnam and Turkey"))
    if not (found.get("date_from") or found.get("date_to")):
        assumed.append(_("the nearest two weeks"))
    if not (found.get("nights_min") or found.get("nights_max")):
        found |= {"nights_min": 7, "nights_max": 10}
        assumed.append(nights_label(7, 10))
    if not found.get("adults"):
        found["adults"] = 2
        assumed.append(ngettext("%(count)d adult", "%(count)d adults", 2) % {"count": 2})
    if _ages_missing(found) > 0:
        ages = list(found.get("children_ages") or [])
        found["children_ages"] = ages + [7] * _ages_missing(found)
        assumed.append(_("children of 7"))
    return found, assumed
