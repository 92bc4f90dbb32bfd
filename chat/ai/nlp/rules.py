"""The engine that needs no network: normalise, find facts, decide on the intent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from chat.ai.nlp.contact import phone_facts, phone_spans
from chat.ai.nlp.dates import find_window, window_facts
from chat.ai.nlp.gazetteer import gazetteer
from chat.ai.nlp.hotel_wishes import wish_facts
from chat.ai.nlp.intents import classify
from chat.ai.nlp.lexicon import lexicon
from chat.ai.nlp.money import budget_facts, find_budget
from chat.ai.nlp.nights import Stay, find_stay, stay_facts
from chat.ai.nlp.normalize import View, view_of
from chat.ai.nlp.people import people_facts
from chat.ai.nlp.places import Mention, find_places, place_facts
from chat.ai.nlp.types import Fact, Understanding
from chat.ai.nlp.word_sets import word_set

_RUSSIAN_SMALL_WORDS = word_set(
    "на в с из для и или есть нужен нужно можно сколько хотим хочу нам мне у по"
)


class RulesEngine:
    """Understands a message by rules alone; the same text always gives the same answer."""

    def understand(
        self, text: str, *, asked_on: dt.date, may_spend: bool = True, names: Sequence[str] = ()
    ) -> Understanding:
        view = view_of(text, lexicon())
        mentions = find_places(view, gazetteer(), lexicon())
        facts = _facts(view, mentions, asked_on)
        intent, confidence = classify(view, facts, names_place=bool(mentions))
        return Understanding(intent, confidence, tuple(facts), _language(view))


def _facts(view: View, mentions: list[Mention], asked_on: dt.date) -> list[Fact]:
    text = _without_phones(view.text)
    people = list(people_facts(view, text))
    return [
        *place_facts(mentions, view),
        *_time_facts(view, text, asked_on),
        *people,
        *_money_facts(view, text, people),
        *wish_facts(view),
        *phone_facts(view),
    ]


def _without_phones(text: str) -> str:
    """Blank telephone numbers, whose digits would read as dates and sums."""
    for start, end in phone_spans(text):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _time_facts(view: View, text: str, asked_on: dt.date) -> Iterator[Fact]:
    stay = find_stay(text)
    found = find_window(text, asked_on, stay)
    if found:
        window, start, end = found
        quote = view.quote(start, end)
        yield from window_facts(window, quote)
        if window.nights and not stay:
            yield from stay_facts(Stay(window.nights, window.nights, start, end, "night"), quote)
    if stay:
        yield from stay_facts(stay, view.quote(stay.start, stay.end))


def _money_facts(view: View, text: str, people: list[Fact]) -> Iterator[Fact]:
    budget = find_budget(text)
    if budget:
        heads = [f.value for f in people if f.name in ("adults", "children")]
        party = sum(value for value in heads if isinstance(value, int))
        yield from budget_facts(budget, party or None, view.quote(budget.start, budget.end))


def _language(view: View) -> str:
    latin = [token.typed for token in view.tokens if token.typed.isascii()]
    cyrillic = len(view.tokens) - len(latin)
    if view.transliterated:
        return "ru"
    if len(latin) > cyrillic:
        return "mixed" if cyrillic > 2 else "en"
    if view.turkic:
        russian = sum(token.typed in _RUSSIAN_SMALL_WORDS for token in view.tokens)
        return "mixed" if russian else "kk"
    return "ru"
