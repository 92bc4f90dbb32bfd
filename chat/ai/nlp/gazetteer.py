"""Names of countries, resorts and departure cities in every form clients write them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from chat.ai.nlp.lexicon import Lexicon, lexicon
from chat.ai.nlp.transliteration import skeleton
from chat.ai.nlp.word_sets import word_set

Kind = Literal["country", "resort", "city"]
Case = Literal["any", "from", "to", "at"]

# Kazakh and Kyrgyz endings, folded as in the view, and what they say about the direction.
_TURKIC_CASES: dict[Case, str] = {
    "from": "дан ден тан тен нан нен дон тон",
    "to": "га ге ка ке го ко на не",
    "at": "да де та те до то",
    "any": "нын нин дын дин тын тин ны ни ды ди ты",
}
_CASE_ENDINGS = {
    "ия": ("ии", "ию", "ией", "иею"),
    "ья": ("ьи", "ью", "ье", "ьей"),
    "я": ("и", "ю", "е", "ей"),
    "а": ("ы", "и", "у", "е", "ой"),
    "ы": ("", "ов", "ам", "ами", "ах"),
    "ь": ("я", "ю", "ем", "е", "и", "ью"),
    "й": ("я", "ю", "ем", "е"),
}
_INDECLINABLE_ENDINGS = "оеуиэю"
# Forms that are everyday words; the place is still found by its other forms.
_EVERYDAY = word_set(
    "коса косе косы порта порты тая таю тае таем тайка тайна тайне тайный тайны тайга тайге",
    "куб кубов кубам кубах чада мали гане пизе томе аге порто",
    "rak java split nice kiris",
)
# Names that mean the place only beside "из", "в" and the like or with a capital letter.
NEEDS_CONTEXT = word_set(
    "семей орал оша оше сиде кос лара лары лару ларе порту рим рима риме вена вены вене вену комо",
    "ява яве яву пула сплит петра петре петру перу судак судака судаке бурса лион роза софия",
    "шарма шарму шармом шарме софии софию side kos como lara",
)


@dataclass(frozen=True)
class Place:
    name: str
    country: str
    kind: Kind


@dataclass(frozen=True)
class Form:
    places: tuple[Place, ...]
    case: Case


class Gazetteer:
    """Word forms of all places; a name that is a city and a resort has both under one form."""

    def __init__(self, source: dict[str, dict[str, object]], words: Lexicon) -> None:
        self._words = words
        self.forms: dict[str, Form] = {}
        for place, names in _places(source):
            for name in names:
                self._add_name(name, place)
        self.longest = max(form.count(" ") for form in self.forms) + 1
        self.by_skeleton = {skeleton(form): form for form in self.forms if not form.isascii()}
        self.by_initial: dict[str, list[str]] = {}
        for form in self.forms:
            if len(form) >= 6 and " " not in form:
                self.by_initial.setdefault(form[0], []).append(form)

    def _add_name(self, name: str, place: Place) -> None:
        parts = fold_name(name).split(" ")
        self._add(" ".join(parts), place, "any")
        if parts[-1].isascii():
            self._add("".join(parts), place, "any")
            return
        for form in self._declined(parts):
            if len(name) > 6 or not self._words.is_other_word(form):
                self._add(form, place, "any")
        self._add(" ".join(parts), place, "any")
        for case, endings in _TURKIC_CASES.items():
            for ending in endings.split():
                form = " ".join(parts) + ending
                if len(form) > 7 or not self._words.is_other_word(form):
                    self._add(form, place, case)

    def _declined(self, parts: list[str]) -> Iterator[str]:
        options = [sorted(self._word_forms(part)) for part in parts]
        if len(parts) > 2 or any(len(part) <= 3 for part in parts[:-1]):
            options = [[part] for part in parts[:-1]] + options[-1:]
        for combination in itertools.product(*options):
            yield " ".join(combination)

    def _word_forms(self, word: str) -> set[str]:
        known = self._words.forms(word)
        if word in known and len(known) > 1 and not self._words.is_other_word(word):
            return known
        return {word} | _guessed_forms(word)

    def _add(self, form: str, place: Place, case: Case) -> None:
        if form in _EVERYDAY and form not in NEEDS_CONTEXT or len(form) < 2:
            return
        present = self.forms.get(form)
        if present is None:
            self.forms[form] = Form((place,), case)
        elif place not in present.places:
            self.forms[form] = Form((*present.places, place), present.case)
        elif (
            present.case == "any" and case != "any" and form.endswith(("дан", "ден", "тан", "тен"))
        ):
            self.forms[form] = Form(present.places, case)


def fold_name(name: str) -> str:
    """Spell a gazetteer name as the view spells it, with single spaces for hyphens."""
    folded = name.strip().lower().translate(str.maketrans("ёәғқңөұүһі", "еагкноууxи"))
    return " ".join(folded.replace("-", " ").split())


def _guessed_forms(word: str) -> set[str]:
    """Decline a name the dictionary does not have, by its ending."""
    if len(word) <= 3 or word[-1] in _INDECLINABLE_ENDINGS:
        return set()
    for ending, cases in _CASE_ENDINGS.items():
        if word.endswith(ending):
            return {word.removesuffix(ending) + case for case in cases}
    return {word + case for case in ("а", "у", "ом", "е")}


def _places(source: dict[str, dict[str, object]]) -> Iterator[tuple[Place, list[str]]]:
    for code, names in source["countries"].items():
        spellings = str(names).split(",")
        yield Place(spellings[0].strip(), code, "country"), spellings
    for section, kind in (("resorts", "resort"), ("cities", "city")):
        for code, group in source[section].items():
            assert isinstance(group, dict)
            for name, others in group.items():
                spellings = [name, *(other for other in others.split(",") if other.strip())]
                yield Place(name, code, kind), spellings  # type: ignore[arg-type]


@cache
def _source() -> dict[str, dict[str, object]]:
    source: dict[str, dict[str, object]] = json.loads(
        Path(__file__).with_name("gazetteer.json").read_text(encoding="utf-8")
    )
    return source


@cache
def gazetteer() -> Gazetteer:
    return Gazetteer(_source(), lexicon())


def resorts_of(country: str) -> list[str]:
    """Russian names of a country's resorts, the best known first; `country` is ISO alpha-2."""
    group = _source()["resorts"].get(country, {})
    assert isinstance(group, dict)
    return list(group)
