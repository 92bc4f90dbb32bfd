"""From what customers said to an inquiry one can search tours for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from django.utils import translation
from django.utils.translation import gettext as _

from chat.ai.analysis import Analysis, Dossier, analyse
from chat.ai.nlp import Fact, Understanding
from chat.ai.summary import suggested_tags, summary_line
from integrations.tours.base import TourSearch
from leads.fact_groups import GROUPS

OPEN_WINDOW = timedelta(days=14)
# Each country is a search of its own, one after the other.
MAX_COUNTRIES = 2
# A sum without a currency: tenge have many digits, dollars few.
LEAST_TENGE = 30_000
MOST_WORDS_OF_AGES = 6

_BARE_NUMBERS = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_BARE = re.compile(
    r"[\s\d,.;и+/–-]*(?:лет|год[а]?|жас|years?|ноч\w*|дн\w*|чел\w*)?[\s.!]*", re.IGNORECASE
)


@dataclass(frozen=True)
class Inquiry:
    """The facts of one lead, by the names and shapes of `chat.ai.nlp`."""

    facts: Mapping[str, Any]

    def next_question(self) -> str | None:
        """The first thing that must still be asked before tours can be searched."""
        return next(iter(self.missing()), None)

    def missing(self) -> list[str]:
        """All that must still be asked, in the order of asking."""
        return [need for need, is_known in self.needs() if not is_known]

    def needs(self) -> list[tuple[str, bool]]:
        """What a search of tours takes, and whether it is known. Ages only where children go."""
        known = self.facts
        needs = [
            ("country", bool(known.get("countries"))),
            ("departure_city", bool(known.get("departure_city"))),
            ("dates", bool(known.get("date_from") or known.get("date_to"))),
            ("nights", bool(known.get("nights_min") or known.get("nights_max"))),
            ("party", bool(known.get("adults"))),
        ]
        if children := known.get("children"):
            needs.append(("children_ages", len(known.get("children_ages") or []) >= children))
        return needs

    @property
    def currency(self) -> str:
        """Currency of the budget, guessed from its size where the customer named none."""
        named = self.facts.get("currency")
        if named:
            return str(named)
        budget = self.facts.get("budget_max") or self.facts.get("budget_min") or LEAST_TENGE
        return "KZT" if budget >= LEAST_TENGE else "USD"

    def window(self, today: date) -> tuple[date, date] | None:
        """Days of departure to search, from tomorrow on; None if all of it has passed."""
        first, last = self._day("date_from"), self._day("date_to")
        earliest = today + timedelta(days=1)
        start = max(first or earliest, earliest)
        end = last or start + OPEN_WINDOW
        return (start, end) if end >= start else None

    def _day(self, name: str) -> date | None:
        value = self.facts.get(name)
        return date.fromisoformat(value) if value else None

    def nights(self) -> tuple[int, int]:
        """Bounds of the stay; a side that was not named is four nights away."""
        least, most = self.facts.get("nights_min"), self.facts.get("nights_max")
        low = int(least) if least else max(1, int(most or 0) - 4)
        return low, int(most) if most else low + 4

    def searches(self, today: date, *, with_budget: bool = True) -> list[TourSearch]:
        """One question to the operator per wished country; empty if the dates have passed.

        Only for an inquiry without a `next_question`.
        """
        window = self.window(today)
        if window is None:
            return []
        low, high = self.nights()
        budget = self.facts.get("budget_max") if with_budget else None
        common = {
            "departure_city": self.facts["departure_city"],
            "date_from": window[0],
            "date_to": window[1],
            "nights_min": low,
            "nights_max": high,
            "adults": self.facts["adults"],
            "children_ages": tuple(self.facts.get("children_ages") or ()),
            "stars_min": self.facts.get("stars_min"),
            "meal": self.facts.get("meal"),
            "budget_max": Decimal(str(budget)) if budget else None,
            "currency": self.currency,
        }
        resorts = tuple(self.facts.get("resorts") or ())
        countries = self.facts["countries"]
        return [
            TourSearch(**common, country=code, resorts=resorts if len(countries) == 1 else ())
            for code in countries[:MAX_COUNTRIES]
        ]

    def wish(self, language: str = "ru") -> str:
        """One line for a card: «Вьетнам · 12 янв · 10 ночей · 2+1 · до 900 000 ₸»."""
        parts = (
            self.places(language),
            self.dates(language),
            self.nights_text(),
            self.party(),
            self.budget(language),
        )
        return " · ".join(part for part in parts if part)

    def places(self, language: str) -> str:
        names = Locale(language).territories
        places = self.facts.get("resorts") or [
            names.get(code, code) for code in self.facts.get("countries") or []
        ]
        return ", ".join(places)

    def dates(self, language: str) -> str:
        days = [day for day in (self._day("date_from"), self._day("date_to")) if day]
        texts = [format_date(day, "d MMM", locale=language).rstrip(".") for day in days]
        return " – ".join(dict.fromkeys(texts))

    def nights_text(self) -> str:
        if not (self.facts.get("nights_min") or self.facts.get("nights_max")):
            return ""
        low, high = self.nights()
        span = str(low) if low == high else f"{low}–{high}"
        return _("%(nights)s nights") % {"nights": span}

    def party(self) -> str:
        adults, children = self.facts.get("adults"), self.facts.get("children")
        if not adults:
            return ""
        return f"{adults}+{children}" if children else str(adults)

    def budget(self, language: str) -> str:
        budget = self.facts.get("budget_max")
        if not budget:
            return ""
        return _("up to %(sum)s") % {"sum": money(Decimal(str(budget)), self.currency, language)}


SIGNS = {"KZT": "₸", "USD": "$", "EUR": "€", "RUB": "₽"}


def money(amount: Decimal, currency: str, language: str) -> str:
    """«612 400 ₸»: whole units, the sign behind the sum."""
    return f"{format_decimal(int(amount), locale=language)} {SIGNS.get(currency, currency)}"


def bare_answer(question: str, text: str) -> tuple[Fact, ...]:
    """Read «10» or «5 и 7» as the answer to the bot's last question."""
    numbers = [int(number) for number in _BARE_NUMBERS.findall(text)]
    quote = text.strip()
    if question == "children_ages" and numbers and max(numbers) <= 17:
        # «Ему 5», «he is 5»: whatever stands around them, few words with ages are an answer.
        is_answer = len(quote.split()) <= MOST_WORDS_OF_AGES
        return (Fact("children_ages", numbers, quote, 0.9),) if is_answer else ()
    if not numbers or not _BARE.fullmatch(text):
        return ()
    if question == "nights" and 1 <= numbers[0] <= numbers[-1] <= 60:
        bounds = (("nights_min", numbers[0]), ("nights_max", numbers[-1]))
        return tuple(Fact(name, value, quote, 0.9) for name, value in bounds)
    if question == "party" and len(numbers) == 1 and 1 <= numbers[0] <= 20:
        return (Fact("adults", numbers[0], quote, 0.9),)
    return ()


class InquiryProcessor:
    """Turns what a message says into facts, and facts into an analysed inquiry.

    Pure; the caller saves what comes out.
    """

    def analyse(self, case: Dossier) -> tuple[Analysis, str, list[str]]:
        """Return the analysis, the inquiry in one line (in Russian), and the tags that fit."""
        analysis = analyse(case)
        with translation.override("ru"):
            wish = Inquiry(case.facts).wish()
        return analysis, summary_line(case, analysis, wish), suggested_tags(case, analysis)

    def in_context(self, understanding: Understanding, question: str, text: str) -> Understanding:
        """Keep the facts that belong to the inquiry; read a bare answer as what was asked for."""
        wanted = understanding.slots()
        facts = tuple(fact for fact in understanding.facts if fact.name in wanted)
        if not facts and (answer := bare_answer(question, text)):
            return replace(understanding, intent="tour_request", facts=answer)
        return replace(understanding, facts=facts)

    def merge(
        self, known: Mapping[str, Any], new: tuple[Fact, ...]
    ) -> tuple[dict[str, Any], set[str]]:
        """Return all facts after the message, and the names that are no longer true."""
        said = {fact.name: fact.value for fact in new}
        stale = {
            name
            for group in GROUPS
            if not said.keys().isdisjoint(group) and not _completes(said, known, group)
            for name in group
            if name in known and name not in said
        }
        kept = {name: value for name, value in known.items() if name not in stale}
        return {**kept, **said}, stale


def _completes(said: Mapping[str, Any], known: Mapping[str, Any], group: tuple[str, ...]) -> bool:
    """Whether the message adds to what is known of a group instead of replacing it."""
    if "children_ages" in group:
        return len(said.get("children_ages") or []) == known.get("children")
    return group[0] == "countries" and "countries" not in said
