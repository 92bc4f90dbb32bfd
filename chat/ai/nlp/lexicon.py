"""The trade's own words, used to undo typing errors and transliteration before the rules run."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pymorphy3
from rapidfuzz import process
from rapidfuzz.distance import OSA

from chat.ai.nlp.transliteration import skeleton

_TURKIC_CASE = re.compile(r"(?:[дтн][ае]н|[гк][ае]|[дт][ае])$")


_SHORTEST = 5  # shorter unknown words are names and Kazakh grammar


def _trade_words() -> list[str]:
    path = Path(__file__).with_name("trade_words.txt")
    return path.read_text(encoding="utf-8").split()


class Lexicon:
    """Russian word knowledge: what is a word at all, and which trade word was meant."""

    def __init__(self) -> None:
        self._morph = pymorphy3.MorphAnalyzer()
        lemmas = _trade_words()
        self._forms = {
            form.word.replace("ё", "е") for lemma in lemmas for form in self._lexeme(lemma)
        } | set(lemmas)
        self._by_skeleton = {skeleton(form): form for form in sorted(self._forms)}
        self._by_initial: dict[str, list[str]] = {}
        for form in sorted(self._forms):
            if len(form) >= _SHORTEST:
                self._by_initial.setdefault(form[0], []).append(form)

    def forms(self, lemma: str) -> set[str]:
        """Return the declined forms of a noun the dictionary has, or an empty set."""
        parses = self._morph.parse(lemma) if self._morph.word_is_known(lemma) else []
        own = [p for p in parses if p.normal_form.replace("ё", "е") == lemma and "NOUN" in p.tag]
        return {form.word.replace("ё", "е") for form in own[0].lexeme} if own else set()

    def is_other_word(self, form: str) -> bool:
        """Tell whether a form is a Russian word that names no place."""
        if not self._morph.word_is_known(form):
            return False
        return not any("Geox" in parse.tag for parse in self._morph.parse(form))

    def is_known(self, word: str) -> bool:
        return word in self._forms or self._morph.word_is_known(word)

    def may_be_noun(self, word: str, cases: frozenset[str]) -> bool:
        """Whether a noun in one of these cases can stand so; an unknown word can be anything."""
        if not self.is_known(word):
            return True
        tags = [parse.tag for parse in self._morph.parse(word)]
        return tags[0].POS == "NOUN" and any(str(tag.case) in cases for tag in tags)

    def is_adjective(self, word: str) -> bool:
        return self._morph.parse(word)[0].tag.POS == "ADJF"

    def is_first_name(self, word: str) -> bool:
        return any("Name" in parse.tag for parse in self._morph.parse(word))

    def stem(self, word: str, kept: int) -> str:
        """The lemma of a Russian word, "" for a preposition and the like, else the beginning."""
        if not self._morph.word_is_known(word):
            return word[:kept]
        parse = self._morph.parse(word)[0]
        is_small = parse.tag.POS in {"PREP", "CONJ", "PRCL", "NPRO", "INTJ"}
        return "" if is_small else str(parse.normal_form).replace("ё", "е")

    def read_transliterated(self, word: str) -> str:
        """Return the trade word behind a word that was typed in Latin letters."""
        return self._by_skeleton.get(skeleton(word), word)

    def is_trade(self, word: str) -> bool:
        """Tell whether a word typed in Latin letters, read as Cyrillic, is a trade word."""
        return skeleton(word) in self._by_skeleton

    def correct(self, word: str) -> str:
        """Return the trade word one slip away from an unknown long word, else the word."""
        if len(word) < _SHORTEST or self.is_known(word):
            return word
        if self.is_known(_TURKIC_CASE.sub("", word)):
            return word  # "августтан" is no misspelt "августа"
        swapped = word[1] + word[0] + word[2:]
        if swapped in self._forms:
            return swapped
        slips = 2 if len(word) >= 9 else 1
        found = process.extractOne(
            word,
            self._by_initial.get(word[0], ()),
            scorer=OSA.distance,
            score_cutoff=slips,
        )
        return found[0] if found else word

    def _lexeme(self, lemma: str) -> list[pymorphy3.analyzer.Parse]:
        parses = self._morph.parse(lemma)
        nominative = [p for p in parses if p.normal_form.replace("ё", "е") == lemma]
        return list((nominative or parses)[0].lexeme)


@cache
def lexicon() -> Lexicon:
    return Lexicon()
