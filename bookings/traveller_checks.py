"""What keeps a booking from going to the operator, in plain words. Pure: no rows, no clock."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

LATIN_NAME = re.compile(r"[A-Z]+(?:[ '-][A-Z]+)*")
OF_AGE = 18
# Operators price anybody older as an adult, or not, by what was asked of them.
YOUNGEST_ADULT = 12
DEFAULT_MONTHS = 6


@dataclass(frozen=True)
class Person:
    """A tourist as the checks see one. `number` never leaves this module's caller."""

    pk: int
    surname: str
    given_names: str
    birth_on: date | None
    citizenship: str
    number: str
    expires_on: date | None
    has_consented: bool
    guardian_id: int | None = None
    has_parental_consent: bool = False

    @property
    def name(self) -> str:
        return f"{self.surname} {self.given_names}".strip() or _("A tourist without a name")


@dataclass(frozen=True)
class Trip:
    """`months_valid`: how long a passport must be good after the return, by the country's rule."""

    departs_on: date
    returns_on: date
    adults: int
    children_ages: tuple[int, ...]
    months_valid: int = DEFAULT_MONTHS


@dataclass(frozen=True)
class Problem:
    """`traveller_id` is None for what concerns the whole party."""

    code: str
    text: str
    traveller_id: int | None = None


def age_on(day: date, birth_on: date) -> int:
    """Full years. Who was born on 29 February turns older on 1 March of other years."""
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last day where there is no such day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - date(year, month, 1)).days
    return date(year, month, min(day.day, last))


def problems_of(people: Sequence[Person], trip: Trip) -> list[Problem]:
    """Everything to be mended before the operator may have it, party first."""
    found = [*_party(people, trip), *_twice(people)]
    by_id = {person.pk: person for person in people}
    for person in people:
        found += [
            *_names(person),
            *_document(person, trip),
            *_consent(person, trip, by_id),
        ]
    return found


def _party(people: Sequence[Person], trip: Trip) -> Iterator[Problem]:
    wanted = trip.adults + len(trip.children_ages)
    if len(people) != wanted:
        text = ngettext(
            "The price is for %(wanted)s tourist, and %(present)s are entered.",
            "The price is for %(wanted)s tourists, and %(present)s are entered.",
            wanted,
        )
        yield Problem("party", text % {"wanted": wanted, "present": len(people)})
        return
    dated = [person for person in people if person.birth_on]
    if len(dated) == len(people):
        yield from _ages(dated, trip)


def _ages(people: Sequence[Person], trip: Trip) -> Iterator[Problem]:
    """The youngest travel on the children's prices, each at exactly the age that was priced."""

    def age(person: Person) -> int:
        assert person.birth_on
        return age_on(trip.departs_on, person.birth_on)

    youngest = sorted(people, key=age)
    count = len(trip.children_ages)
    for person, priced in zip(youngest, sorted(trip.children_ages), strict=False):
        if age(person) != priced:
            text = _(
                "%(name)s will be %(age)s on the day of departure, but the price is for the age of"
                " %(priced)s. Have it priced again."
            )
            words = {"name": person.name, "age": age(person), "priced": priced}
            yield Problem("age", text % words, person.pk)
    for person in youngest[count:]:
        if age(person) < YOUNGEST_ADULT:
            text = _(
                "%(name)s will be %(age)s on the day of departure, but is priced as an adult."
                " Have it priced again."
            )
            yield Problem("age", text % {"name": person.name, "age": age(person)}, person.pk)


def _twice(people: Sequence[Person]) -> Iterator[Problem]:
    numbers = Counter(person.number for person in people if person.number)
    for person in people:
        if numbers[person.number] > 1:
            text = _("%(name)s has the same passport number as another tourist.")
            yield Problem("duplicate", text % {"name": person.name}, person.pk)


def _names(person: Person) -> Iterator[Problem]:
    for value in (person.surname, person.given_names):
        if not LATIN_NAME.fullmatch(value):
            text = _("%(name)s: write the name in Latin capitals, as in the passport.")
            yield Problem("latin", text % {"name": person.name}, person.pk)
            return


def _document(person: Person, trip: Trip) -> Iterator[Problem]:
    name = {"name": person.name}
    if person.birth_on is None:
        yield Problem("birth", _("%(name)s: the date of birth is missing.") % name, person.pk)
    if not person.citizenship:
        yield Problem("citizenship", _("%(name)s: the citizenship is missing.") % name, person.pk)
    if not person.number or person.expires_on is None:
        text = _("%(name)s: the number of the passport or its date of expiry is missing.")
        yield Problem("document", text % name, person.pk)
    elif person.expires_on < trip.departs_on:
        text = _("%(name)s: the passport will have expired by the day of departure.")
        yield Problem("expired", text % name, person.pk)
    elif person.expires_on < (needed := months_later(trip.returns_on, trip.months_valid)):
        text = _(
            "%(name)s: this country wants a passport that is good until %(needed)s;"
            " this one ends on %(end)s."
        )
        words = {**name, "needed": f"{needed:%d.%m.%Y}", "end": f"{person.expires_on:%d.%m.%Y}"}
        yield Problem("validity", text % words, person.pk)


def _consent(person: Person, trip: Trip, people: Mapping[int, Person]) -> Iterator[Problem]:
    if not person.has_consented:
        text = _("%(name)s: there is no consent to the use of personal data.")
        yield Problem("consent", text % {"name": person.name}, person.pk)
    if person.birth_on is None or age_on(trip.departs_on, person.birth_on) >= OF_AGE:
        return
    guardian = people.get(person.guardian_id or 0)
    is_with_adult = bool(
        guardian and guardian.birth_on and age_on(trip.departs_on, guardian.birth_on) >= OF_AGE
    )
    if not is_with_adult and not person.has_parental_consent:
        text = _(
            "%(name)s is under age: say which parent travels along, or that the parents' consent"
            " is there."
        )
        yield Problem("minor", text % {"name": person.name}, person.pk)
