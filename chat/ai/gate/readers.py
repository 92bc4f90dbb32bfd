"""Contacts, times, dates, sums and counts of a folded text; each as kind, value and place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chat.ai.gate.numbers import Number, numbers_of


@dataclass(frozen=True)
class Named:
    """Something an answer names. `value` depends on the kind; see `check`."""

    kind: str
    value: Any
    start: int
    end: int


_CONTACT = re.compile(
    r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.[\w.]+|(?<![\w@])@\w{3,}|"
    r"\b[a-z0-9-]{2,}\.[a-z]{2,}\b(?:/\S*)?|\b[\w-]+\.(?:рф|қаз|сайт|онлайн|ком)\b|\bhxxps?\S*|"
    r"(?<![\d+])\+?\d(?:[\s\-()]{0,3}\d){9,14}(?!\d)|(?<!\d)\d{3}-\d{2}-\d{2}(?!\d)"
)
_FLIGHT = re.compile(
    r"(?:рейс\w*|flight|рейсі)\s*(?:№|no\.?|номер)?\s*[a-zа-я]{0,2}\d?[- ]?\d{2,4}\b|"
    r"\b(?:kc|dv|fz|ek|tk|pc|vn|vj|fs|su|s7|кс|дв|iq|qr|ey|xy|g9)[- ]?\d{2,4}\b"
)
_TIME = re.compile(r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)(?![\d:])")
_LIST_MARK = re.compile(r"(?m)^[ \t]*\d{1,2}[.)](?=\s)")
_MONTHS = (
    r"янв\w*|қаң\w*|jan\w*", r"фев\w*|ақп\w*|feb\w*", r"мар(?:т\w*)?\b|нау\w*|mar(?:ch)?\b",
    r"апр\w*|сәу\w*|apr\w*", r"ма[йяею]\w{0,2}\b|мам(?:ыр\w*)?\b|may\b", r"июн\w*|мау\w*|june?\b",
    r"июл\w*|шіл\w*|july?\b", r"авг\w*|там(?:ыз\w*)?\b|aug\w*", r"сент?\w*|қыр\w*|sep\w*",
    r"окт\w*|қаз(?:ан\w*)?\b|oct\w*", r"ноя\w*|қар(?:аша\w*)?\b|nov\w*",
    r"дек\w*|жел(?:тоқсан\w*)?\b|dec\w*",
)  # fmt: skip
_MONTH = "|".join(f"(?P<m{n}>{names})" for n, names in enumerate(_MONTHS, 1))
_MONTH_AFTER = re.compile(rf"(?:-?го)?\s*(?:of\s+)?(?:{_MONTH})\.?(?:,?\s*(?P<year>20\d\d))?")
_MONTH_BEFORE = re.compile(rf"\b(?:{_MONTH})\.?\s*(?:the\s+)?$")
_MONTH_ALONE = re.compile(
    r"\b(?:(?P<m1>январ\w+|қаңтар\w*|january)|(?P<m2>феврал\w+|ақпан\w*|february)|"
    r"(?P<m3>март\w*|наурыз\w*|march)|(?P<m4>апрел\w+|сәуір\w*|april)|"
    r"(?P<m5>ма[йяею]\b|мамыр\w*|(?<=in )may\b)|(?P<m6>июн\w+|маусым\w*|june)|"
    r"(?P<m7>июл\w+|шілде\w*|july)|(?P<m8>август\w*|тамыз\w*|august)|"
    r"(?P<m9>сентябр\w+|қыркүйек\w*|september)|(?P<m10>октябр\w+|қазан(?:да|ның|ға|ы)?\b|october)|"
    r"(?P<m11>ноябр\w+|қараша\w*|november)|(?P<m12>декабр\w+|желтоқсан\w*|december))"
)
_DOTTED = re.compile(r"(?<![\d.,])(\d{1,2})[./](\d{2})(?:[./](\d{4}|\d{2}))?(?![\d.,]?\d)")
_ISO = re.compile(r"(?<!\d)(20\d\d)-(\d{2})-(\d{2})(?!\d)")
CURRENCIES = {
    "KZT": r"₸|тенге\w*|теңге\w*|тнг|тг\b|kzt|tenge",
    "USD": r"\$|usd|доллар\w*|долл\b|бакс\w*|dollars?|bucks",
    "EUR": r"€|eur\b|euros?|евро|еуро",
    "RUB": r"₽|руб\w*|rub\w*|рубл\w*",
    "KGS": r"сом(?:ов|а|ом)?\b|kgs",
    "GBP": r"£|фунт\w*|pounds?|gbp",
    "CNY": r"юан\w*|yuan|cny|¥",
    "THB": r"бат(?:а|ов)?\b|baht|thb|฿",
    "VND": r"донг\w*|dongs?\b|vnd|₫",
    "AED": r"дирхам\w*|dirhams?|aed",
    "TRY": r"лир(?:а|ы|у)?\b|liras?\b|₺",
    "UZS": r"сум(?:ов)?\b|uzs",
}
_CURRENCY = "|".join(f"(?P<{code}>{words})" for code, words in CURRENCIES.items())
_CURRENCY_AFTER = re.compile(rf"[\s.]*(?:казахстанск\w+\s+|американск\w+\s+|us\s+)?(?:{_CURRENCY})")
_CURRENCY_BEFORE = re.compile(rf"(?:{_CURRENCY})\s*\Z")
CURRENCY_ALONE = re.compile(rf"(?<!\w)(?:{_CURRENCY})")
_GAP = r"[\s-]*"
LEAST_SUM = 1000
_UNITS: tuple[tuple[str, str], ...] = (
    ("percent", r"\s*(?:%|процент\w*|percent|пайыз\w*)"),
    ("stars", r"\s*-?\s*(?:\*|★|⭐|звезд\w*|звездочн\w*|stars?|жұлдыз\w*)"),
    ("nights", r"[\s-]*(?:ноч\w*|түн\w*|nights?|сут(?:ок|ки)\b)"),
    ("days", r"[\s-]*(?:дн(?:я|ей|ям|и)\b|день|дневн\w*|days?|күн\w*)"),
    ("weeks", r"[\s-]*(?:недел\w*|weeks?|апта\w*)"),
    ("age", r"[\s-]*(?:лет\b|год(?:а|ик\w*|ов\w*)?\b|месяц\w*|years?|жас\w*|months?)"),
    (
        "people",
        r"[\s-]*(?:взросл\w*|реб\w*|дет\w*|человек\w*|чел\b|турист\w*|адам\w*|ересек\w*|бала\w*|"
        r"гост\w*|adults?|child\w*|kids?|people|persons?|travell?ers?|guests?)",
    ),
    (
        "count",
        r"[\s-]*(?:подходящ\w+\s+)?(?:вариант\w*|предложен\w*|тур(?:а|ов)?\b|отел\w*|нұсқа\w*|"
        r"options?|offers?|tours?|hotels?)",
    ),
    (
        "measure",
        r"[\s-]*(?:минут\w*|час(?:а|ов|у)?\b|метр\w*|км\b|километр\w*|шаг\w*|секунд\w*|утра|"
        r"вечера|дня\b|мест[оа]?\b|номер\w*|билет\w*|раз\w*|minutes?|hours?|met(?:er|re)s?|km\b|"
        r"rooms?|seats?|times|a\.?m\b|p\.?m\b|сағат\w*|метр\w*|рет\b)",
    ),
)
_UNIT_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _UNITS)
_LABELS = tuple(
    (kind, re.compile(r"(?<!\w)" + pattern.removeprefix(_GAP) + r"\s*[:=—–-]\s*\Z"))
    for kind, pattern in _UNITS
    if pattern.startswith(_GAP)
) + (
    ("measure", re.compile(r"\b(?:таңғы|кешкі|түнгі|сағат)\s*\Z")),
    ("age", re.compile(r"\baged\s*\Z")),
    ("count", re.compile(r"(?:вариант\w*|option|нұсқа|№|\bиз)\s*\Z")),
)
_STARS = re.compile(r"(?:[★⭐☆]\ufe0f?\s?){2,}|(?<!\w)\*{3,}(?!\w)")
# What the client can pay is no price: it may be repeated as their budget only.
_BUDGET = re.compile(r"бюджет|budget|ничего|\bнет\b|nothing|ештеңе|жоқ|табылмад")
_PRICE = re.compile(r"\b(?:цен|стои|price|cost|баға|тұрады)")
_SENTENCE = re.compile(r"[.!?;](?=\s|\Z)|\n")
_LONE_WEEK = re.compile(r"\b(?:на|за|for)\s+(?:неделю|a\s+week|the\s+week)|бір\s+апта\w*")


def named_in(folded: str) -> Iterator[Named]:
    """Yield all that is named; what one reader has taken the next ones don't see."""
    for read in (
        _contacts,
        _flights,
        _times,
        _list_marks,
        _stars,
        _dates,
        _weeks,
        _amounts,
        _months,
    ):
        found = list(read(folded))
        yield from (one for one in found if one.kind != "mark")
        folded = _blank(folded, found)
    for found_currency in CURRENCY_ALONE.finditer(folded):
        yield Named("currency", found_currency.lastgroup, *found_currency.span())


def _blank(text: str, taken: list[Named]) -> str:
    for one in taken:
        text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return text


def _matches(kind: str, pattern: re.Pattern[str]) -> Callable[[str], Iterator[Named]]:
    def read(text: str) -> Iterator[Named]:
        found = pattern.finditer(text)
        return (Named(kind, one.group().strip(), *one.span()) for one in found)

    return read


_contacts = _matches("contact", _CONTACT)
_flights = _matches("flight", _FLIGHT)
_list_marks = _matches("mark", _LIST_MARK)


def _times(text: str) -> Iterator[Named]:
    for found in _TIME.finditer(text):
        yield Named("time", f"{int(found[1]):02d}:{found[2]}", *found.span())


def _stars(text: str) -> Iterator[Named]:
    for found in _STARS.finditer(text):
        yield Named("stars", sum(char in "★⭐☆*" for char in found.group()), *found.span())


def _weeks(text: str) -> Iterator[Named]:
    return (Named("weeks", 1, *found.span()) for found in _LONE_WEEK.finditer(text))


def _dates(text: str) -> Iterator[Named]:
    taken: list[tuple[int, int]] = []
    for one in (*_written_dates(text), *_dates_with_month(text)):
        if all(one.end <= start or one.start >= end for start, end in taken):
            taken.append((one.start, one.end))
            yield one


def _written_dates(text: str) -> Iterator[Named]:
    for found in _ISO.finditer(text):
        yield Named("date", (int(found[3]), int(found[2]), int(found[1])), *found.span())
    for found in _DOTTED.finditer(text):
        year = int(found[3]) if found[3] else None
        if 1 <= int(found[2]) <= 12 and 1 <= int(found[1]) <= 31:
            full = year + 2000 if year is not None and year < 100 else year
            yield Named("date", (int(found[1]), int(found[2]), full), *found.span())


def _dates_with_month(text: str) -> Iterator[Named]:
    """«12 января 2027», «12–22 января» (both days), «January 12th», «он екінші қаңтар»."""
    numbers = numbers_of(text)
    for index, number in enumerate(numbers):
        after = _MONTH_AFTER.match(text, number.end)
        before = _MONTH_BEFORE.search(text, 0, number.start)
        if not _is_day(number) or not (after or before):
            continue
        found = after or before
        assert found is not None
        month, year = _month_of(found), found.groupdict().get("year")
        start, end = (number.start, found.end()) if after else (found.start(), number.end)
        if after and index and _is_range(text, numbers[index - 1], number):
            first = numbers[index - 1]
            yield Named("date", (int(first.value), month, None), first.start, first.end)
        yield Named("date", (int(number.value), month, int(year) if year else None), start, end)


def _is_day(number: Number) -> bool:
    return number.value == int(number.value) and 1 <= number.value <= 31


_RANGE = {"-", "–", "—", "по", "до", "и", "to", "and", "және", "мен", "бен", "пен"}


def _is_range(text: str, first: Number, last: Number) -> bool:
    between = text[first.end : last.start].strip()
    return _is_day(first) and between in _RANGE


def _month_of(found: re.Match[str]) -> int:
    return next(n for n in range(1, 13) if found.group(f"m{n}"))


def _months(text: str) -> Iterator[Named]:
    for found in _MONTH_ALONE.finditer(text):
        yield Named("month", _month_of(found), *found.span())


def _amounts(text: str) -> Iterator[Named]:
    """Sums with their currency, counts with their unit, and numbers that have neither."""
    numbers = numbers_of(text)
    for index, number in enumerate(numbers):
        named = _sum(text, number) or _count(text, number) or _labelled(text, number)
        if not named and index + 1 < len(numbers):
            named = _begins_range(text, number, numbers[index + 1])
        if named or not number.is_doubtful:
            yield named or _bare(text, number)


def _begins_range(text: str, first: Number, last: Number) -> Named | None:
    """«7–12 ночей»: both are nights."""
    counted = _count(text, last) if _is_range(text, first, last) else None
    return Named(counted.kind, *_where(first)) if counted else None


def _bare(text: str, number: Number) -> Named:
    if number.value >= LEAST_SUM and _is_budget(text, number):
        return Named("budget", (number.value, ""), number.start, number.end)
    return Named("number", *_where(number))


def _is_budget(text: str, number: Number) -> bool:
    """Whether the sentence speaks of what the client can pay."""
    first, last = sentence_around(text, number.start, number.end)
    return bool(_BUDGET.search(text, first, last)) and not _PRICE.search(text, first, last)


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where it begins and ends, its mark included."""
    starts = [found.end() for found in _SENTENCE.finditer(text, 0, start)]
    found = _SENTENCE.search(text, end)
    return starts[-1] if starts else 0, found.end() if found else len(text)


def _where(number: Number) -> tuple[Decimal, int, int]:
    return number.value, number.start, number.end


def _sum(text: str, number: Number) -> Named | None:
    after = _CURRENCY_AFTER.match(text, number.end)
    before = _CURRENCY_BEFORE.search(text, max(0, number.start - 12), number.start)
    if not (after or before):
        return None
    code = after.lastgroup if after else before.lastgroup if before else None
    start = before.start() if before and not after else number.start
    kind = "budget" if _is_budget(text, number) else "sum"
    return Named(kind, (number.value, code), start, after.end() if after else number.end)


def _labelled(text: str, number: Number) -> Named | None:
    """«ночей: 10», «взрослых — 2»."""
    for kind, pattern in _LABELS:
        if pattern.search(text, 0, number.start):
            return Named(kind, *_where(number))
    return None


def _count(text: str, number: Number) -> Named | None:
    for kind, pattern in _UNIT_PATTERNS:
        if found := pattern.match(text, number.end):
            return Named(kind, number.value, number.start, found.end())
    return None
