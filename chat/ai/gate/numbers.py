"""Numbers of a text, in digits or in the words of Russian, Kazakh and English.

The gate reads them on its own: sharing code with `chat.ai.nlp` would share its mistakes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_UNITS = {
    1: "один одна одно одну одного одной одному одним бір one",
    2: "два две двух двум двумя двое двоих двоим екі two twice",
    3: "три трёх трем тремя трое троих троим үш three",
    4: "четыре четырёх четырем четверо четверых четверым төрт four",
    5: "пять пяти пятью пятеро пятерых пятерым бес five",
    6: "шесть шести шестью шестеро шестерых алты six",
    7: "семь семи семью семеро семерых жеті seven",
    8: "восемь восьми восемью сегіз eight",
    9: "девять девяти девятью тоғыз nine",
    10: "десять десяти десятью он ten десяток",
    11: "одиннадцать одиннадцати eleven",
    12: "двенадцать двенадцати twelve дюжина",
    13: "тринадцать тринадцати thirteen",
    14: "четырнадцать четырнадцати fourteen",
    15: "пятнадцать пятнадцати fifteen",
    16: "шестнадцать шестнадцати sixteen",
    17: "семнадцать семнадцати seventeen",
    18: "восемнадцать восемнадцати eighteen",
    19: "девятнадцать девятнадцати nineteen",
    20: "двадцать двадцати жиырма twenty",
    30: "тридцать тридцати отыз thirty",
    40: "сорок сорока қырық forty fourty",
    50: "пятьдесят пятидесяти полсотни елу fifty",
    60: "шестьдесят шестидесяти алпыс sixty",
    70: "семьдесят семидесяти жетпіс seventy",
    80: "восемьдесят восьмидесяти сексен eighty",
    90: "девяносто девяноста тоқсан ninety",
    100: "сто ста сотня сотню сотни",
    200: "двести двухсот",
    300: "триста трёхсот",
    400: "четыреста четырёхсот",
    500: "пятьсот пятисот",
    600: "шестьсот шестисот",
    700: "семьсот семисот",
    800: "восемьсот восьмисот",
    900: "девятьсот девятисот",
}
# «Двадцать первого января»: the form of dates.
_ORDINALS = """
первого второго третьего четвертого пятого шестого седьмого восьмого девятого десятого
одиннадцатого двенадцатого тринадцатого четырнадцатого пятнадцатого шестнадцатого
семнадцатого восемнадцатого девятнадцатого двадцатого
"""
# «Пятое января», «the fifth», «бесінші»: a number only beside a month or something counted.
_ORDINAL_STEMS = (
    "перв втор треть четверт пят шест седьм восьм девят десят одиннадцат двенадцат тринадцат "
    "четырнадцат пятнадцат шестнадцат семнадцат восемнадцат девятнадцат двадцат"
)
_ENGLISH_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
)
_ORDINAL_FORM = re.compile(r"(?:ый|ой|ий|ое|е|ая|я|ому|ему|ым|им|ом|ем|ую|ю)\Z")
# Kazakh cases and ordinals: «жетіде», «онға», «бесінші».
_KAZAKH_END = re.compile(r"(?:[дт][еа]н?|[гк]е|[ғқ]а|[ыі]?нш[іы]|еуі?)\Z")
# «Пятизвёздочный», «десятидневный», «двухнедельный»: the number is the beginning of the word.
COMPOUND = re.compile(
    r"(?P<number>одно|двух|дву|трех|четырех|пяти|шести|семи|восьми|девяти|десяти|двенадцати|"
    r"четырнадцати|пятнадцати|двадцати|тридцати)"
    r"(?=(?:звезд|дневн|ночн|недельн|процентн|часов|минутн|тысячн|миллионн)\w*\Z)"
)
_COMPOUND_VALUES = {"одно": 1, "дву": 2}
_HALVES = {"полтора": "1.5", "полторы": "1.5", "полутора": "1.5", "пол": "0.5", "жарты": "0.5"}
_GLUED = {"полмиллиона": 500_000, "полтысячи": 500, "поллимона": 500_000, "полляма": 500_000}
_TIMES = re.compile(
    r"(?P<hundred>hundreds?|жүз\w*)|(?P<thousand>тысяч\w*|тыщ\w*|тыс|мың\w*|thousands?|к|k|т)|"
    r"(?P<million>миллион\w*|млн|лям\w*|лимон\w*|million\w*|mln|m|м)|"
    r"(?P<billion>миллиард\w*|млрд|billion\w*)"
)
_SIZE = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_FOLD = str.maketrans({"ё": "е", "\u00a0": " ", "\u202f": " ", "\u2009": " "})
_WORDS = {
    word.translate(_FOLD): Decimal(number)
    for number, words in _UNITS.items()
    for word in words.split()
}
_WORDS |= {word: Decimal(value) for word, value in _HALVES.items()}
_WORDS |= {word: Decimal(n) for n, word in enumerate(_ORDINALS.split(), 1)} | {
    "тридцатого": Decimal(30)
}
_ORDINAL_WORDS = {word: Decimal(n) for n, word in enumerate(_ENGLISH_ORDINALS.split(), 1)}
_ORDINAL_WORDS |= {"thirtieth": Decimal(30)}
_STEMS = {stem: Decimal(n) for n, stem in enumerate(_ORDINAL_STEMS.split(), 1)}
_STEMS |= {"тридцат": Decimal(30)}
_KAZAKH = {word for word in _WORDS if re.search("[әғқңөұүһі]", word)} | {
    "бір", "бес", "алты", "он", "жиырма", "отыз", "елу", "алпыс", "сексен", "тоқсан", "тоғыз",
}  # fmt: skip
# «Один из», «он»: everyday words that are numbers only beside another number or something counted.
_DOUBTFUL = set(_UNITS[1].split()) | {"он", "пол", "алты", "бес"}
_LETTERS = {"к", "k", "т", "m", "м"}
_PIECE = re.compile(
    r"(?P<digits>\d{1,3}(?:[ ',.]\d{3})+(?![\d])|\d+(?:[.,]\d{1,2}(?!\d))?)"
    r"(?:-?(?:ти|х|ех|и|го|й|ю|я|е|th|st|nd|rd)\b)?|(?P<word>[^\W\d_]+)"
)
_GAP = re.compile(r"[ \-]*(?:(?:и|and)\s)?\s*\Z")


@dataclass(frozen=True)
class Number:
    """`is_doubtful`: «один», «он»: a number only with something counted behind it."""

    value: Decimal
    start: int
    end: int
    is_doubtful: bool = False


def fold(text: str) -> str:
    """Lower case of the same length, so that places in it are places in the text."""
    return "".join(_plain(char) for char in text).translate(_FOLD)


def _plain(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char).lower()
    return folded if len(folded) == 1 else char


def numbers_of(folded: str) -> list[Number]:
    """All numbers, «шестьсот тысяч» and «668 720» as one each, in order."""
    return list(_runs([piece for found in _PIECE.finditer(folded) if (piece := _read(found))]))


@dataclass(frozen=True)
class _Part:
    start: int
    end: int
    value: Decimal | None = None
    times: int = 1
    word: str = ""
    is_doubtful: bool = False


def _ordinal(word: str) -> Decimal | None:
    if word in _ORDINAL_WORDS:
        return _ORDINAL_WORDS[word]
    for ending, values in ((_ORDINAL_FORM, _STEMS), (_KAZAKH_END, _WORDS)):
        stem = ending.sub("", word, count=1)
        if stem != word and stem in values and (values is _STEMS or stem in _KAZAKH):
            return values[stem]
    return None


def _read(found: re.Match[str]) -> _Part | None:
    if found["digits"]:
        return _Part(found.start(), found.end(), _digits(found["digits"]))
    word = found["word"]
    if compound := COMPOUND.match(word):
        value = _COMPOUND_VALUES.get(compound["number"], _WORDS.get(compound["number"]))
        end = found.start() + compound.end()
        return _Part(found.start(), end, Decimal(value or 0), word=compound["number"])
    if word in _GLUED:
        return _Part(found.start(), found.end(), Decimal(_GLUED[word]), word=word)
    if word in _WORDS:
        return _Part(
            found.start(), found.end(), _WORDS[word], word=word, is_doubtful=word in _DOUBTFUL
        )
    if (ordinal := _ordinal(word)) is not None:
        return _Part(found.start(), found.end(), ordinal, word=word, is_doubtful=True)
    times = _TIMES.fullmatch(word)
    if times and times.lastgroup:
        return _Part(found.start(), found.end(), times=_SIZE[times.lastgroup], word=word)
    return None


def _digits(written: str) -> Decimal:
    if re.fullmatch(r"\d{1,3}(?:[ ',.]\d{3})+", written):
        return Decimal(re.sub(r"\D", "", written))
    return Decimal(written.replace(",", "."))


def _runs(parts: list[_Part]) -> Iterator[Number]:
    """Join neighbours that make one number. Parts touch when only spaces or «и» stand between."""
    run: list[_Part] = []
    for part in parts:
        if run and not _continues(run, part):
            yield from _number(run)
            run = []
        run.append(part)
    if run:
        yield from _number(run)


def _continues(run: list[_Part], part: _Part) -> bool:
    last = run[-1]
    if part.start - last.end > 5 or part.start < last.end:
        return False
    if part.value is None:
        return last.value is not None or part.times > last.times > 1 or part.times == 100
    if last.value is None:
        return part.value < last.times
    return bool(last.word and part.word) and _fits(last.value, part.value)


def _fits(left: Decimal, right: Decimal) -> bool:
    """«Двести» + «сорок» + «пять»: each fits into the zeros of the one before."""
    if left >= 100:
        return right < 100
    return left >= 10 and left % 10 == 0 and 0 < right < 10


def _number(run: list[_Part]) -> Iterator[Number]:
    total, group = Decimal(0), Decimal(0)
    for part in run:
        if part.value is not None:
            group += part.value
        elif part.times == 100:
            group = max(group, Decimal(1)) * 100
        else:
            total += (
                max(group, Decimal(1)) * part.times
                if group != Decimal("0.5")
                else (group * part.times)
            )
            group = Decimal(0)
    if all(part.word in _LETTERS for part in run):
        return
    is_doubtful = len(run) == 1 and run[0].is_doubtful
    yield Number(total + group, run[0].start, run[-1].end, is_doubtful)
