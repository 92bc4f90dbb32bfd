"""Number words of Russian, Kazakh, Kyrgyz and English, replaced by digits before any rule runs."""

from __future__ import annotations

import re

_CARDINALS: dict[int, str] = {
    2: "два две двух двум двумя two",
    3: "три трех трем тремя three",
    4: "четыре четырех четырем четырьмя four",
    5: "пять пяти пятью five",
    6: "шесть шести шестью six",
    7: "семь семи seven",
    8: "восемь восьми восемью eight",
    9: "девять девяти девятью nine",
    10: "десять десяти десятью ten",
    11: "одиннадцать одиннадцати eleven",
    12: "двенадцать двенадцати twelve",
    13: "тринадцать тринадцати thirteen",
    14: "четырнадцать четырнадцати fourteen",
    15: "пятнадцать пятнадцати fifteen",
    16: "шестнадцать шестнадцати sixteen",
    17: "семнадцать семнадцати seventeen",
    18: "восемнадцать восемнадцати eighteen",
    19: "девятнадцать девятнадцати nineteen",
    20: "двадцать двадцати twenty",
    30: "тридцать тридцати thirty",
    40: "сорок сорока",
    50: "пятьдесят пятидесяти",
    60: "шестьдесят шестидесяти",
    70: "семьдесят семидесяти",
    80: "восемьдесят восьмидесяти",
    90: "девяносто девяноста",
    100: "сто ста",
    200: "двести двухсот",
    300: "триста трехсот",
    400: "четыреста четырехсот",
    500: "пятьсот пятисот",
    600: "шестьсот шестисот",
    700: "семьсот семисот",
    800: "восемьсот восьмисот",
    900: "девятьсот девятисот",
}
_ORDINALS: dict[int, str] = {
    1: "перв",
    2: "втор",
    3: "треть",
    4: "четверт",
    5: "пят",
    6: "шест",
    7: "седьм",
    8: "восьм",
    9: "девят",
    10: "десят",
    11: "одиннадцат",
    12: "двенадцат",
    13: "тринадцат",
    14: "четырнадцат",
    15: "пятнадцат",
    16: "шестнадцат",
    17: "семнадцат",
    18: "восемнадцат",
    19: "девятнадцат",
    20: "двадцат",
    30: "тридцат",
}
# Only read in a Kazakh or Kyrgyz message: in Russian "он" is "he" and "торт" a cake.
_TURKIC: dict[int, str] = {
    2: "еки эки",
    3: "уш уч",
    4: "торт",
    5: "бес беш",
    6: "алты",
    7: "жети",
    8: "сегиз",
    9: "тогыз тогуз",
    10: "он",
    20: "жиырма",
    30: "отыз",
    40: "кырык",
    50: "елу",
    100: "жуз",
}
_ONE = {"один", "одна", "одно", "одну", "одного", "одной", "одним", "бир", "one", "a"}
# "Один" is a number only beside something countable; "я один" is read by the rules for people.
_COUNTED_AFTER_ONE = re.compile(
    r"взросл|реб|дет|ноч|недел|сын|доч|мальч|девоч|человек|чел\b|миллион|млн|лям|тысяч|младен|"
    r"малыш|бала|дв[ае]\b|апта|жума|адам|киши|улкен|adult|child|kid|week|night|person|million"
)


def _word_table() -> dict[str, int]:
    table = {word: n for n, words in _CARDINALS.items() for word in words.split()}
    for number, stem in _ORDINALS.items():
        table |= {stem + ending: number for ending in ("ого", "его", "ое", "ье", "ому", "ему")}
    return table


_WORDS = _word_table()
_TURKIC_WORDS = {word: n for n, words in _TURKIC.items() for word in words.split()}


def number_word(word: str, following: str, *, turkic: bool) -> int | None:
    """Return the value of one number word, given the next word for the doubtful "один"."""
    if word in _ONE:
        return 1 if _COUNTED_AFTER_ONE.match(following) else None
    if turkic and word in _TURKIC_WORDS:
        return _TURKIC_WORDS[word]
    return _WORDS.get(word)


def joins(left: int, right: int) -> bool:
    """Tell whether "двадцать" + "пять" make one number: each part fits below the one before."""
    if left >= 100:
        return left % 100 == 0 and right < 100
    return left >= 20 and left % 10 == 0 and right < 10 or left == 10 and 0 < right < 10


def joins_any(left: int, right: int, *, turkic: bool) -> bool:
    """Like `joins`, but "10 5" is fifteen in Turkic languages only."""
    return joins(left, right) and (turkic or left != 10)
