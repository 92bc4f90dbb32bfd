"""One spelling for many: the view of a message that all rules read.

The view is lower case, Cyrillic where the client transliterated, with Kazakh letters folded, number
words turned into digits and trade words corrected. It remembers where each of its characters came
from, so that a rule can quote the client literally.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from chat.ai.nlp.lexicon import Lexicon
from chat.ai.nlp.numerals import joins_any, number_word
from chat.ai.nlp.transliteration import looks_transliterated, to_cyrillic
from chat.ai.nlp.word_sets import word_set

MAX_CHARS = 4000  # longer texts are pasted documents, not messages

_PIECES = re.compile(
    r"[a-z]*4(?:el|to|e|a|i)[a-z]*|(?:[^\W\d_][\u0300-\u036f]*)+|\d+|\s+|.",
    re.DOTALL | re.IGNORECASE,
)
_FOLD = str.maketrans("ёәғқңөұүһіўҳ", "еагкноуухиух")
_LOOKALIKES = str.maketrans("aceopxykmtbh", "асеорхукмтвн")
_DASHES = "‐‑‒–—―−﹣-"
_KEPT_LATIN = word_set("usd kzt eur kgs rub ai bb hb fb ro uai all inclusive ultra k m pax usa vip")
_SHORT_FORMS = {"хачу": "хочу", "чо": "что", "скока": "сколько", "щас": "сейчас", "оч": "очень"}
_TURKIC_LETTERS = re.compile(r"[әғқңөұүһі]", re.IGNORECASE)
_TURKIC_WORDS = word_set(
    "керек канча канша кашан качан кайда кайсы барып болот жок балам кызым апта жума жаста жашар",
    "жашта адам киши екеу саламатсызбы рахмат еди айында жасар уш бир еки эки учун кандай калай",
    "кантип барабыз турат турады болады келет келеди",
)


@dataclass(frozen=True)
class Token:
    """A word of the view; `typed` is the same word before transliteration and correction."""

    text: str
    typed: str
    start: int
    end: int


@dataclass(frozen=True)
class View:
    original: str
    text: str
    tokens: tuple[Token, ...]
    turkic: bool
    transliterated: bool
    _starts: tuple[int, ...]
    _ends: tuple[int, ...]

    def quote(self, start: int, end: int) -> str:
        """Return the client's own words behind a stretch of the view."""
        if start >= end:
            return ""
        return self.original[self._starts[start] : self._ends[end - 1]].strip()


@dataclass
class _Piece:
    text: str
    typed: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        return self.text[:1].isalpha()


def view_of(text: str, lexicon: Lexicon) -> View:
    """Build the view of the first `MAX_CHARS` characters."""
    pieces = [
        _Piece(_fold(found.group()), "", found.start(), found.end())
        for found in _PIECES.finditer(text[:MAX_CHARS])
    ]
    words = [piece.text for piece in pieces if piece.is_word]
    latin = [word for word in words if word.isascii()]
    transliterated = len(latin) * 2 > len(words) and looks_transliterated(latin, lexicon.is_trade)
    turkic = bool(_TURKIC_LETTERS.search(text)) or len(_TURKIC_WORDS & set(words)) >= 1
    for piece in pieces:
        piece.typed = piece.text
        if piece.is_word:
            piece.text = _spell(piece.text, lexicon, transliterated)
    return _assemble(text, _with_digits(pieces, turkic=turkic), turkic, transliterated)


def _fold(piece: str) -> str:
    folded = unicodedata.normalize("NFKC", piece).lower().translate(_FOLD)
    if len(folded) > len(piece):  # a run of "½" would make the view three times the text
        folded = piece.lower().translate(_FOLD)
    if piece in _DASHES:
        return "-"
    if piece.isspace():
        return "\n" if "\n" in piece or "\r" in piece else " "
    if piece.isdigit():
        return "".join(str(unicodedata.digit(char, 0)) for char in piece)
    if len(piece) == 1 and not piece.isalpha() and len(folded) != 1:
        return piece if piece.isprintable() else " "
    if any("а" <= char <= "я" for char in folded):
        folded = folded.translate(_LOOKALIKES)
    return folded or " "


def _spell(word: str, lexicon: Lexicon, transliterated: bool) -> str:
    if not word.isascii():
        return _SHORT_FORMS.get(word) or lexicon.correct(word)
    if transliterated and word not in _KEPT_LATIN:
        return lexicon.correct(lexicon.read_transliterated(to_cyrillic(word)))
    return "с" if word == "c" else word


def _with_digits(pieces: list[_Piece], *, turkic: bool) -> list[_Piece]:
    """Replace runs of number words by one piece of digits."""
    result: list[_Piece] = []
    last_number: tuple[_Piece, int] | None = None
    for index, piece in enumerate(pieces):
        following = next((p.text for p in pieces[index + 1 : index + 4] if p.is_word), "")
        value = number_word(piece.text, following, turkic=turkic) if piece.is_word else None
        if value is None:
            if piece.text != " ":
                last_number = None
            result.append(piece)
            continue
        if last_number and joins_any(last_number[1], value, turkic=turkic):
            whole = last_number[0]
            value += last_number[1]
            whole.text, whole.end = str(value), piece.end
            while result[-1] is not whole:
                result.pop()
        else:
            whole = _Piece(str(value), piece.typed, piece.start, piece.end)
            result.append(whole)
        last_number = (whole, value)
    return result


def _assemble(original: str, pieces: list[_Piece], turkic: bool, transliterated: bool) -> View:
    tokens: list[Token] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for piece in pieces:
        length = len(piece.text)
        if piece.is_word:
            tokens.append(Token(piece.text, piece.typed, at, at + length))
        if length == piece.end - piece.start:
            starts.extend(range(piece.start, piece.end))
            ends.extend(range(piece.start + 1, piece.end + 1))
        else:
            starts.extend([piece.start] * length)
            ends.extend([piece.end] * length)
        at += length
    text = "".join(piece.text for piece in pieces)
    return View(original, text, tuple(tokens), turkic, transliterated, tuple(starts), tuple(ends))
