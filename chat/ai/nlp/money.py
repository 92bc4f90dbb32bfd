"""What the client is ready to spend, told apart from prices somebody else named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chat.ai.nlp.types import Fact

_CURRENCIES = {
    "KZT": r"₸|тенге\w*|тнг|тг|kzt|tenge|теньге",
    "USD": r"\$|usd|долл?ар\w*|долл?\b|бакс\w*|у\.?\s?е\b|dollars?|bucks|уе\b|зелен\w+",
    "EUR": r"€|eur|euros?|евро",
    "RUB": r"₽|руб\w*|rub\w*|р(?![а-я])",
    "KGS": r"сом(?:ов|а|ом|го|дон|дук)?\b|kgs",
}
_CURRENCY = "|".join(f"(?P<{code}{{n}}>{words})" for code, words in _CURRENCIES.items())
_AMOUNT = (
    r"(?:(?:\d{1,3}(?:[ .,'’]\d{3})+(?!\d)|\d{1,9}(?:[.,]\d{1,2})?(?!\d))(?:\s?-?(?:х|"
    r"ти)(?=\s*тыс))?)"
)
_THOUSAND = (
    r"тысяч\w*|тыщ\w*|тыс(?![а-я])\.?|тыр\b|мын\w*|мин(?=\s*сом)|к\b|k\b|т\.(?=\s*(?:тг|т))|"
    r"т\b(?=\s*(?:тг|тенге|руб|р\b|$|,))|кусок|косар\w*|thousand"
)
_MILLION = r"миллион\w*|млн(?![а-я])\.?|лям\w*|лимон\w*|мил\b|м\b(?!\.)|mln|million|m\b"
_MULT = rf"(?P<{{name}}>{_THOUSAND}|{_MILLION})"
_HALF = (
    r"(?P<half>(?:пол|пол-)\s?(?:ляма|лимона|миллиона|млн)|полмиллиона|поллимона)|"
    r"(?P<one_half>(?:полтор\w*|полутора)\s+(?:миллион\w*|млн|лям\w*|лимон\w*|тысяч\w*|тыс))"
)
_MONEY = re.compile(
    rf"(?P<pre>[$€₸₽])?\s*(?:(?P<low>(?<![\d.,:/])(?<!\d-)(?<!-\d){_AMOUNT})(?P<half1>\s+с "
    rf"половиной)?\s*{_MULT.format(name='low_mult')}?\s*(?P<low_cur>[$€₸₽]|тг|тенге|"
    rf"usd|долларов|баксов)?"
    rf"(?P<dash>\s*(?:-+|/|\.\.+|до|или|по|to|/)\s*)[$€₸₽]?)?"
    rf"(?:(?P<high>(?<![\d.,:/]){_AMOUNT})(?P<half2>\s+с половиной)?|{_HALF}|"
    rf"(?<![а-я])(?P<word>миллион\w*|лям\w?|лимон|мульт)(?![а-я]))"
    rf"\s*(?:{_MULT.format(name='mult')})?(?:\s*(?P<tail>\d{{3}})(?:\s*(?P<tail_mult>тыс\w*))?(?!\d|"
    rf"\s*\d))?\s*(?:{_CURRENCY.format(n='')})?"
)
_INVERTED = re.compile(
    r"\b(?P<mult>тысяч\w*|тыщ\w*|тыс)\s+(?:за|до|на|около|где-то|в|"
    r"так)?\s*(?P<low>\d{1,3})(?:\s*-\s*(?P<high>\d{1,3}))?(?!\d)\s*(?:"
    + _CURRENCY.format(n="")
    + ")?"
)

_BUDGET_WORD = (
    r"бюджет\w*|сумм\w*|рассчитыва\w+|располага\w+|потрат\w+|уложи\w+|укладыва\w+|"
    r"в\s+пределах|в районе|не дороже|не более|не больше|не выше|не превыша\w+|"
    r"максимум|"
    r"макс\b|max|максимально|потолок|до|около|порядка|примерно|где-?то|ориентир\w*|"
    r"есть|имеется|готов\w*|на руках|дешевле|budget|under|up to|around|about|below|"
    r"less than|maximum|"
    r"хватит|от|минимум|свыше|не меньше|не менее|более|от\s*-|бюджеті|ишинде|ценник\w*|за|в"
)
_CUE = re.compile(
    rf"\b(?:{_BUDGET_WORD})\b[\s:=\-~]*(?:у нас\s+|у меня\s+|есть\s+|это\s+|где-то\s+|"
    rf"около\s+|примерно\s+|до\s+|от\s+|в\s+|за\s+|тогда\s+|поднимем\s+|не\s+|"
    rf"больше\s+|is\s+|of\s+|наш\s+|всего\s+|на\s+\w+\s+|максимум\s+|сейчас\s+|"
    rf"общий\s+|увелич\w+\s+|мой\s+|~\s*|in\s+)*$"
)
_FOLLOWED_BY_PARTY = re.compile(
    r"^\s*(?:на|за|для)\s+(?:двоих|двух|троих|всех|семью|всю семью|четверых|\d|"
    r"человека|одного|чел|нас|весь)|^\s*(?:тур|бюджет|макс)"
)
_MIN_BEFORE = re.compile(
    r"\b(?:от|не меньше|не менее|не ниже|не дешевле|минимум|свыше|более|больше|from|"
    r"at least|over|more than)\s*(?:чем\s*)?[$€]?$"
)
_NOT_MORE = re.compile(
    r"\bне\s+(?:более|больше|свыше)\s*(?:чем\s*)?$|\b(?:no|not)\s+(?:more|over)\s*(?:than\s*)?[$€]?$"
)
_MIN_AFTER = re.compile(
    r"^\s*(?:дан|ден|тан|тен|нан)\s+(?:бастап|жогары)|^\s*и\s+(?:выше|больше|более)"
)
_PER_PERSON = re.compile(
    r"^[\s,]*(?:(?:на|с|за|для)\s+(?:каждого\s+|1\s+|одного\s+)?(?:человека|чел\b|"
    r"чела|одного|каждого|взрослого|персону|рыло|нос)|/\s*чел|с\s+носа|per person|"
    r"/\s*person|pp\b|each|адам басына|киши башына|бир адамга|за чел|на 1\b|"
    r"по\s+\w+\s+на человека)"
)
_PER_PERSON_BEFORE = re.compile(
    r"\b(?:на|с|за)\s+(?:каждого|(?:одного\s+|1\s+)?(?:человека|чел\b|персону))[\s:,-]+"
    r"(?:(?:бюджет|до|около|по|где-то|примерно|максимум|не\s+(?:более|больше|дороже))\s+)*$"
)
_EACH_BEFORE = re.compile(r"\bпо\s+$")
# Words beside a sum that make it somebody else's price or money already gone.
_NOT_BUDGET = re.compile(
    r"реклам|в\s+инст|написан|указан|прайс|пост[еу]\b|сторис|акци[яи]\b|у\s+других|"
    r"у\s+друг\w+|в\s+друг\w+\s+(?:агент|мест|фирм|комп)|другое агентство|конкурент|"
    r"предлага(?:ют|ли|ет)\b|предложил\w*|посчитал\w*|"
    r"насчитал\w*|вы\s+(?:писали|пишете|пишите|сказали|говорили|называли|озвучили|обещали|скидывали|"
    r"отправ)|говорил\w*|сказал\w*|вышл[оаи]|выход\w+|обош\w+|заплатил\w*|оплатил\w*|"
    r"платил\w*|внес\w*|перевел\w*|перевод|"
    r"скинул\w*|отправил\w*|прошл\w+\s+(?:год|раз)|купил\w*|брал[аи]?\b|стоил\w*|"
    r"нашл[аи]|нашел|видел\w*|booking|букинг|предоплат|доплат|депозит|задаток|скидк|"
    r"штраф|рассроч|за билет|билет\w*\s+(?:по|за)|"
    r"почему|многоват|сбор\b|туры?\s+от\b|цен[аы]\s+от\b|а у вас|стало|подорожал|"
    r"подешевел|зарплат|"
    r"в месяц|виза стоит|хотите продать|кэшбэк|бонус"
)


@dataclass(frozen=True)
class Budget:
    low: float | None
    high: float | None
    currency: str | None
    per_person: bool
    start: int
    end: int


def find_budget(text: str) -> Budget | None:
    """Return the first sum that reads as the client's own limit."""
    inverted = _INVERTED.search(text)
    if inverted:
        return _inverted_budget(inverted, text)
    candidates = [b for found in _MONEY.finditer(text) if (b := _candidate(found, text))]
    return (
        candidates[-1]
        if candidates and _corrects(text, candidates)
        else next(iter(candidates), None)
    )


def _corrects(text: str, candidates: list[Budget]) -> bool:
    first, last = candidates[0], candidates[-1]
    return first is not last and bool(
        re.search(r"\bне\s+(?:до\s+)?$", text[: first.start][-10:])
        or re.search(r"вместо|теперь|поднимем|увелич|а\s+до|максимум", text[first.end : last.start])
    )


def budget_facts(budget: Budget | None, people: int | None, quote: str) -> Iterator[Fact]:
    """Yield the budget for the whole party; per-person sums need the party's size."""
    if budget is None:
        return
    times = people if budget.per_person and people else 1
    for name, amount in (("budget_min", budget.low), ("budget_max", budget.high)):
        if amount is not None:
            total = round(amount * times, 2)
            yield Fact(name, int(total) if total == int(total) else total, quote, 0.9)
    if budget.currency:
        yield Fact("currency", budget.currency, quote, 0.9)


def _candidate(found: re.Match[str], text: str) -> Budget | None:
    high = _high(found)
    if high is None or high <= 0:
        return None
    low = _low(found, high)
    currency = _currency(found)
    start, end = _trimmed(found)
    before = text[max(0, start - 45) : start]
    after = text[end : end + 40]
    multiplied = bool(
        found["mult"] or found["low_mult"] or found["half"] or found["one_half"] or found["word"]
    )
    if not _is_own(before, after, text, start, end, currency, multiplied, high):
        return None
    per_person = bool(_PER_PERSON.match(after) or _PER_PERSON_BEFORE.search(before)) or bool(
        _EACH_BEFORE.search(before) and re.search(r"на человека|с человека|каждый", text)
    )
    if low is not None:
        return Budget(low, high, currency, per_person, start, end)
    if (_MIN_BEFORE.search(before) and not _NOT_MORE.search(before)) or _MIN_AFTER.match(after):
        return Budget(high, None, currency, per_person, start, end)
    return Budget(None, high, currency, per_person, start, end)


def _trimmed(found: re.Match[str]) -> tuple[int, int]:
    matched = found.group()
    lead = len(matched) - len(matched.lstrip())
    return found.start() + lead, found.start() + len(matched.rstrip())


def _is_own(
    before: str,
    after: str,
    text: str,
    start: int,
    end: int,
    currency: str | None,
    multiplied: bool,
    amount: float,
) -> bool:
    sentence = _sentence(text, start, end)
    own = re.search(r"бюджет", sentence) or re.search(r"чтоб|уложи", before[-25:] + after[:10])
    if _NOT_BUDGET.search(sentence) and not own:
        return False
    if currency or multiplied:
        return amount >= 50
    cue = _CUE.search(before)
    if not cue and not _FOLLOWED_BY_PARTY.match(after):
        return False
    named = re.search(r"бюджет|budget|сумм|пределах|дороже|уложи|потолок", before)
    return bool(named and amount >= 100) or (amount >= 300 and not _is_counted(after, amount))


def _is_counted(after: str, amount: float) -> bool:
    return (
        bool(
            re.match(
                r"\s*(?:чел|взр|ноч|дн|лет|год|г\b|числ|мест|реб|дет|м\b|метр|км|%|рейс|отел|"
                r"номер|-|:|/)",
                after,
            )
        )
        or 2024 <= amount <= 2035
    )


def _sentence(text: str, start: int, end: int) -> str:
    left = max(text.rfind(mark, max(0, start - 150), start) for mark in ("\n", ". ", "! ", "? "))
    rights = [text.find(mark, end, end + 60) for mark in ("\n", ". ", "! ", "? ")]
    right = min((place for place in rights if place >= 0), default=len(text))
    return text[max(left, start - 150, 0) : min(right, end + 60)]


def _high(found: re.Match[str]) -> float | None:
    if found["half"]:
        return 500_000
    if found["one_half"]:
        return 1_500 if re.search(r"тыс", found["one_half"]) else 1_500_000
    if found["word"]:
        amount = 1_000_000.0
    else:
        amount = _number(found["high"]) + (0.5 if found["half2"] else 0)
        amount *= _times(found["mult"])
    return amount + _tail(found, amount)


def _tail(found: re.Match[str], amount: float) -> float:
    """Read "миллион двести тысяч" and "2 тысячи 500"."""
    if not found["tail"]:
        return 0
    million = amount >= 1_000_000 and amount % 1_000_000 == 0
    if million and (found["tail_mult"] or found["word"] or found["mult"]):
        return int(found["tail"]) * 1_000
    return int(found["tail"]) if found["mult"] and not found["tail_mult"] else 0


def _low(found: re.Match[str], high: float) -> float | None:
    if not found["low"]:
        return None
    low = _number(found["low"]) + (0.5 if found["half1"] else 0)
    if found["low_mult"]:
        low *= _times(found["low_mult"])
    elif high >= 1_000_000 and (found["mult"] or found["word"]) and low >= 50:
        low *= 1_000
    else:
        low *= _times(found["mult"]) if low * _times(found["mult"]) <= high else 1
    return low if low < high else None


def _number(written: str) -> float:
    digits = re.sub(r"\s?-?(?:х|ти)$", "", written)
    groups = re.fullmatch(r"\d{1,3}(?:[ .,'’]\d{3})+", digits)
    if groups:
        return float(re.sub(r"\D", "", digits))
    return float(digits.replace(",", ".").replace(" ", ""))


def _times(word: str | None) -> int:
    if not word:
        return 1
    return 1_000_000 if re.match(_MILLION, word) else 1_000


def _currency(found: re.Match[str]) -> str | None:
    for code in _CURRENCIES:
        if found[code]:
            return code
    sign = found.groupdict().get("pre") or found.groupdict().get("low_cur")
    if not sign:
        return None
    return next((c for c, words in _CURRENCIES.items() if re.match(words, sign)), None)


def _inverted_budget(found: re.Match[str], text: str) -> Budget:
    low = int(found["low"]) * 1_000
    high = int(found["high"]) * 1_000 if found["high"] else None
    per_person = bool(_PER_PERSON.match(text[found.end() : found.end() + 40]))
    currency = next((code for code in _CURRENCIES if found[code]), None)
    if high:
        return Budget(low, high, currency, per_person, found.start(), found.end())
    return Budget(None, low, currency, per_person, found.start(), found.end())
