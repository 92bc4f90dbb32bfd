"""Write whole numbers in words, for the gate's own trial texts: Russian, Kazakh, English."""

from __future__ import annotations


def word_list(words: str) -> list[str]:
    return words.split()


_RU = word_list(
    "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать "
    "тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать "
)
_RU_TENS = word_list(
    "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто "
)
_RU_HUNDREDS = word_list(
    "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот "
)
_KK = word_list("нөл бір екі үш төрт бес алты жеті сегіз тоғыз ")
_KK_TENS = word_list("он жиырма отыз қырық елу алпыс жетпіс сексен тоқсан ")
_EN = word_list(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen "
)
_EN_TENS = word_list("twenty thirty forty fifty sixty seventy eighty ninety ")


def spelled(number: int, language: str) -> str:
    """«шестьсот шестьдесят восемь тысяч семьсот двадцать»; from 1 to 999 999 999."""
    below, thousand, million = {
        "ru": (_russian, _thousands, _millions),
        "kk": (_kazakh, lambda n: "мың", lambda n: "миллион"),
        "en": (_english, lambda n: "thousand", lambda n: "million"),
    }[language]
    parts = []
    for size, name in ((1_000_000, million), (1_000, thousand)):
        count, number = divmod(number, size)
        if count:
            words = below(count)
            if language == "ru" and size == 1_000:
                words = _feminine(words)
            parts += [words, name(count)]
    if number:
        parts.append(below(number))
    return " ".join(parts)


def _russian(number: int) -> str:
    words = [_RU_HUNDREDS[number // 100 - 1]] if number >= 100 else []
    return " ".join(words + _tens(number % 100, _RU, _RU_TENS))


def _english(number: int) -> str:
    words = [_EN[number // 100], "hundred"] if number >= 100 else []
    return " ".join(words + _tens(number % 100, _EN, _EN_TENS))


def _tens(number: int, units: list[str], tens: list[str]) -> list[str]:
    if number < 20:
        return [units[number]] if number else []
    return [tens[number // 10 - 2]] + ([units[number % 10]] if number % 10 else [])


def _kazakh(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    words = ([_KK[hundreds]] if hundreds > 1 else []) + (["жүз"] if hundreds else [])
    words += [_KK_TENS[rest // 10 - 1]] if rest >= 10 else []
    return " ".join(words + ([_KK[rest % 10]] if rest % 10 else []))


def _feminine(words: str) -> str:
    return " ".join({"один": "одна", "два": "две"}.get(word, word) for word in words.split())


def _form(number: int, one: str, few: str, many: str) -> str:
    if 11 <= number % 100 <= 14:
        return many
    return {1: one, 2: few, 3: few, 4: few}.get(number % 10, many)


def _thousands(number: int) -> str:
    return _form(number, "тысяча", "тысячи", "тысяч")


def _millions(number: int) -> str:
    return _form(number, "миллион", "миллиона", "миллионов")
