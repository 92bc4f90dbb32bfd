"""How long: nights and days (a day counts as a night), weeks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chat.ai.nlp.types import Fact

_N = r"(?<![\d.,:])([1-9]|[1-5][0-9])(?:\s*-?\s*(?:х|ти|и|ми|ю)\b)?"
_SEP = r"\s*(?:-|\.\.|/|или|и|,|до|to|or|либо)\s*|\s+"
_NIGHT = r"(?:ноч[а-я]*|нч\b|н\b(?!\.)|nights?\b|тун[а-я]*)"
_DAY = r"(?:дн[а-я]*\b|ден(?:ь|ек|ечк\w+)\b|сут[а-я]*\b|days?\b|кун(?:г[ео]|дик|)\b)"
# "На 30 неделе" tells how far along, not how long.
_WEEK = r"(?:недел(?!е\b)[а-я]*\b|недельк[а-я]*\b|нед\b|weeks?\b|апта[а-я]*\b|жума(?:га|лык|)\b)"
_BOUND = (
    r"(?P<bound>(?:не\s+)?(?:до|от|более|больше|менее|меньше|минимум|максимум|хотя\s+бы|max|min|"
    r"up to|at least)\s+(?:чем\s+)?(?:на\s+)?)?"
)

_COUNT = re.compile(
    rf"{_BOUND}{_N}(?:(?:{_SEP}){_N})?[\s-]*(?:(?P<night>{_NIGHT})|(?P<day>{_DAY})|"
    rf"(?P<week>{_WEEK}))"
)
_INVERTED = re.compile(
    rf"\b(?:(?:дней|ночей|суток)\s+(?:на\s+|где-то\s+|так\s+)?){_N}(?:(?:-|или|"
    rf"\s+или\s+){_N})?(?!\s*(?:{_NIGHT}|{_DAY}|[а-я]*\s*чел|взр|[.,]?\d))"
)
_WEEKS_INVERTED = re.compile(
    r"\b(?:недели|недель|недельки|неделек)\s+(?:на\s+)?([1-6])(?:\s*-\s*([1-6]))?\b(?!\s*(?:недел|взр|"
    r"чел|[.,]?\d))"
)
_WEEK_WORD = re.compile(
    r"(?:\b(?P<half>полтор[аы]|1[.,]5)\s+недел\w*)|(?:\b(?:на\s+|for\s+)?(?:одну\s+|"
    r"a\s+)?(?P<one>недел(?:я|ю|ею|ьку|ька)|week)\b)"
    r"|(?:\b(?P<bound>(?:не\s+)?(?:до|от|более|больше|менее|меньше|минимум|максимум|хотя\s+бы)"
    r"\s+(?:чем\s+)?(?:на\s+)?(?:1\s+)?)недел(?:и|ю|ьку|ьки)\b)"
    r"|\b(?P<kk>бир апта\w*|апта(?:га|лык))\b"
)
_DAY_ADJECTIVE = re.compile(r"\b([1-9]|[1-5]\d)-?(?:ти|ми|х)?-?\s*дневн\w+")
_AFTER_DATE = re.compile(
    r"(?:январ|феврал|март|апрел|ма[яй]|июн|июл|август|сентябр|октябр|ноябр|"
    r"декабр)[а-я]*\s+(?:\d{4}\s+)?на\s+"
    r"([3-9]|1\d|2[01])(?:\s*-\s*([3-9]|1\d|2[01]))?(?=\s*(?:$|[,.;!?\n]|,))"
)
# "через 5 дней", "3 дня назад", "в течение 3 дней", "третий день жду" are not stays.
_NOT_STAY_BEFORE = re.compile(
    r"\b(?:через|за|в течени[еи]|спустя|последни[ех]|на прошлой|на следующей|"
    r"следующ\w+|на этой|эт[ау]|прошл\w+|каждую|раз в|"
    r"перв\w+|втор\w+|трет\w+|последн\w+|in|кажд\w+|next|this|last|ближайш\w+|уже|"
    r"плюс-?\s?минус|\+-|±|\+\s*/\s*-|келеси|ушбул|осы)\s*(?:на\s+)?$"
)
_NOT_STAY_AFTER = re.compile(
    r"^\s*(?:назад|до вылета|жду|не\s+мо[гж]|болд|прошл|тому|рожд|ago|раньше|позже|спустя|как|"
    r"бурын|мурун|ждем|ничего|молч|нет ответа|в году|в неделю|"
    r"[а-я]*\s*(?:января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|"
    r"ноября|декабря))"
)
_EACH = re.compile(r"\bпо\s+$")
_TWO_PLACES = re.compile(r"там и там|там и тут|в кажд\w+|и там и|каждом|обоих|обеих")


@dataclass(frozen=True)
class Stay:
    low: int | None
    high: int | None
    start: int
    end: int
    unit: str


def find_stay(text: str) -> Stay | None:
    """Return the wished length of the stay; nights win over days said beside them."""
    stays = [stay for stay in _stays(text) if not _is_other_time(text, stay)]
    if not stays:
        return None
    doubled = _doubled(text, stays)
    if doubled:
        return doubled
    nights = [stay for stay in stays if stay.unit == "night"] or stays
    accepted = [s for s in nights if not _is_refused(text, s)] or nights
    return accepted[0]


def stay_facts(stay: Stay | None, quote: str) -> Iterator[Fact]:
    if stay and stay.low is not None:
        yield Fact("nights_min", stay.low, quote, 0.9)
    if stay and stay.high is not None:
        yield Fact("nights_max", stay.high, quote, 0.9)


def _stays(text: str) -> list[Stay]:
    stays = [_counted(found) for found in _COUNT.finditer(text)]
    taken = [(stay.start, stay.end) for stay in stays]
    for pattern in (_INVERTED, _DAY_ADJECTIVE, _AFTER_DATE):
        for found in pattern.finditer(text):
            low = int(found[1])
            high = int(found[2] or low) if pattern is not _DAY_ADJECTIVE else low
            if not _overlaps(found.start(), found.end(), taken):
                stays.append(Stay(low, high, found.start(), found.end(), "day"))
    for found in _WEEKS_INVERTED.finditer(text):
        if not _overlaps(found.start(), found.end(), taken):
            low, high = int(found[1]) * 7, int(found[2] or found[1]) * 7
            stays.append(Stay(low, high, found.start(), found.end(), "week"))
    taken = [(stay.start, stay.end) for stay in stays]
    for found in _WEEK_WORD.finditer(text):
        if not _overlaps(found.start(), found.end(), taken):
            length = 10 if found["half"] else 7
            ends = _bounded(found["bound"], length, length, False)
            stays.append(Stay(*ends, found.start(), found.end(), "week"))
    return sorted(stays, key=lambda stay: stay.start)


def _overlaps(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    return any(start < stop and begin < end for begin, stop in taken)


def _counted(found: re.Match[str]) -> Stay:
    first, second = int(found[2]), int(found[3] or found[2])
    if first < 3 and second > first + 1 and not re.search(r"-|\.\.|/|или|до|to|or", found.group()):
        first = second  # "на 2х, 7 ночей" counts people first
    unit = "night" if found["night"] else "day" if found["day"] else "week"
    if second < first:
        first = second
    times = 7 if unit == "week" else 1
    low, high = _bounded(found["bound"], first * times, second * times, bool(found[3]))
    return Stay(low, high, found.start(), found.end(), unit)


def _bounded(
    bound: str | None, low: int, high: int, is_range: bool
) -> tuple[int | None, int | None]:
    word = re.sub(r"\s+(?:чем|на|1)\b", "", (bound or "").strip())
    if is_range or not word:
        return low, high
    negated = word.startswith("не ")
    word = word.removeprefix("не ").strip()
    lower = word in ("от", "более", "больше", "минимум", "min", "at least", "хотя бы")
    if negated:
        lower = word in ("менее", "меньше")
    return (low, None) if lower else (None, high)


def _is_other_time(text: str, stay: Stay) -> bool:
    before = text[max(0, stay.start - 25) : stay.start]
    return bool(
        _NOT_STAY_BEFORE.search(before) or _NOT_STAY_AFTER.match(text[stay.end : stay.end + 20])
    )


def _is_refused(text: str, stay: Stay) -> bool:
    after = text[stay.end : stay.end + 8]
    before = text[max(0, stay.start - 8) : stay.start]
    return bool(re.search(r"\bне\s+(?:на\s+)?$|\bвместо\s+$", before)) and (
        re.match(r"\s*,?\s*(?:а|лучше)\b", after) is not None or "вместо" in before
    )


def _doubled(text: str, stays: list[Stay]) -> Stay | None:
    """Add up stays in two places: "4 ночи в Дубае и 4 ночи на Мальдивах"."""
    nights = [s for s in stays if s.unit == "night" and s.low == s.high and s.low]
    if len(nights) == 1 and _EACH.search(text[: nights[0].start][-5:]) and _TWO_PLACES.search(text):
        total = (nights[0].low or 0) * 2
        return Stay(total, total, nights[0].start, nights[0].end, "night")
    if len(nights) < 2 or re.search(
        r"\bили\b|\bне\b|\bлибо\b|\bвместо\b",
        text[nights[0].start - 6 if nights[0].start > 6 else 0 : nights[-1].end],
    ):
        return None
    total = sum(s.low or 0 for s in nights)
    return Stay(total, total, nights[0].start, nights[-1].end, "night")
