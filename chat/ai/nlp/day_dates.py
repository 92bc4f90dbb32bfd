"""Dates with a day in them: "15 июля", "с 5 по 15 августа", "24.11-29.11", "20 числа"."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from chat.ai.nlp.calendar_rules import Window, around, next_date, next_day_of_month
from chat.ai.nlp.month_names import MONTH, MONTH_AFTER_DAY, YEAR, month_number

_DAY = r"(?<![\d.,:+])(0?[1-9]|[12]\d|3[01])(?!\d)"
_NEXT_DAY = r"(0?[1-9]|[12]\d|3[01])(?!\d)"
_SUFFIX = (
    r"(?:\s*-?\s*(?:го|ого|его|ое|е|ому|ым|му|нчи|инде|сында|th|st|nd|rd|ши|"
    r"инши)\b)?(?:\s*числ\w*)?"
)
_SEPARATOR = r"\s*(?:-+|\.\.+|по|до|и до|на|to|till|until|и|или|либо|or|,|/|да)\s*"
_OF = r"\s*(?:of\s+|,\s*)?"
_NAMED = re.compile(
    rf"(?:{_DAY}{_SUFFIX}(?P<sep>{_SEPARATOR}(?:с\s+)?))?(?:(?<![.:+]){_NEXT_DAY}{_SUFFIX}(?P<sep2>{_SEPARATOR}))?(?<![.:+])(?<!\d){_NEXT_DAY}{_SUFFIX}{_OF}(?P<month>{MONTH_AFTER_DAY}){YEAR}"
)
_MONTH_FIRST = re.compile(
    rf"\b(?P<month>{MONTH_AFTER_DAY})\s+(?:с\s+)?{_DAY}(?:(?:го|th|st|nd|"
    rf"rd)\b|-?\s*(?:сы|си|ы|и|н[ае]н|нда|нде|сынан|синен|ынан|инен|сында|синде)\b)?(?:(?P<sep>\s*(?:-|по|to)\s*){_DAY}(?:th|st|nd|rd)?)?"
    r"(?!\s*(?:взр|чел|реб|дет|ноч|дн|ден|нед|адам|бала|тыс|к\b|k\b|млн|мест|\*|★|зв|"
    r"лет|год|ад|night|adult|day|people|person|kid|child|star|week|чис|кун|тун|апта|жума|киши|"
    r"\+|[.,]\d|"
    r"[$€₸%]|тг|usd|-))"
)
_NUMERIC = re.compile(
    r"(?<![\d.,/+])(?:(?P<d1>0?[1-9]|[12]\d|3[01])(?:[./](?P<m1>0[1-9]|"
    r"1[0-2])(?:[./](?P<y1>20\d\d|\d\d))?)?\s*(?P<sep>-+|по|до|и|или|,)\s*)?"
    r"(?P<d2>0?[1-9]|[12]\d|3[01])[./](?P<m2>0[1-9]|1[0-2])(?:[./](?P<y2>20\d\d|"
    r"\d\d))?(?!\d|[.,/]\d|\s*(?:млн|тыс|лет|год|миллион|лям|%|м\b|к\b|[$€₸]|тг))"
)
_ISO = re.compile(r"(?<!\d)(20\d\d)-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?!\d)")
_BARE = re.compile(
    rf"{_DAY}(?:\s*-?\s*(?:го|ого|е|"
    rf"ое))?(?:(?P<sep>{_SEPARATOR}){_DAY}(?:\s*-?\s*(?:го|ого|е|ое))?)?(?:\s*числ\w*|"
    rf"(?<=го)\b|(?<=\dе)\b)(?!\s*(?:взр|реб|дет|чел|ноч|дн|сын|доч|номер|класс))"
)
_NUMBERED = re.compile(
    rf"(?<=числа )(?:с\s+)?{_DAY}(?:(?P<sep>\s*(?:-|по|до)\s*){_NEXT_DAY})?(?!\d|"
    rf"\s*(?:{MONTH_AFTER_DAY}|ноч|дн))"
)
_MONTH_LIMIT = re.compile(rf"\b{MONTH}[\s,]*(?:с|со|после|начиная с|от|до|не раньше|не позже)\s+$")
_MONTH = re.compile(rf"\b{MONTH}")

_AFTER = re.compile(
    r"\b(?:после|(?<!не )позже|не ранее|не раньше|ранее чем|начиная с|starting|"
    r"after)\s*(?:чем\s+)?(?:с\s+)?$"
)
_SINCE = re.compile(r"\b(?:с|со|от|from|since)\s*$")
_UNTIL = re.compile(r"\b(?:до|не позже|не позднее|по|к|till|until|by|before)\s*$")
_ROUND = re.compile(
    r"(?:\b(?:около|примерно|ориентировочно|приблизительно|где-?\s?то|в районе|числа|"
    r"around|about|плюс[-\s]?минус|шамамен)|~|\+-|±)\s*(?:с\s+|на\s+)?$"
)
_ROUND_AFTER = re.compile(r"^\s*(?:примерно|плюс-?\s?минус|\+\s*/?\s*-|±|шамасында|где-то)\s*(\d)?")
_UNTIL_AFTER = re.compile(r"^\s*(?:га|ге|ка|ке)?\s*(?:дейин|чейин|шейин)")
_AFTER_AFTER = re.compile(r"^\s*(?:дан|ден|нан|тан)?\s*(?:кейин|кийин|бастап)")
_CANNOT = re.compile(
    r"^[^.!?\n]{0,15}\bне\s+(?:\w*мож|смог|могу|получ|хо[чт]|план|успе|выйд|вариант)"
)
_EARLIER = re.compile(r"\b(?:раньше|ранее|до)\s*$")  # "раньше 20 июля не сможем"
_LATER = re.compile(r"\b(?:позже|позднее|после)\s*$")
_TURKIC_FROM = re.compile(r"(?:дан|ден|тан|тен|нан|нен)$")  # "20 июлдан 30 июлга чейин"
_SKIPPED = re.compile(
    r"(?:\b(?:не|вместо)\s+(?:с\s+|на\s+)?|рожд\w*\s*(?:у\s+\w+\s+)?[:\-]?\s*|"
    r"\bд\.?\s?р\.?\s*[:\-]?\s*|паспорт[^\n.]{0,25}|родил\w+\s*)$"
)
_DEPART = re.compile(
    r"\b(?:вылет\w*|вылетать|вылететь|улет\w+|выезд\w*|выезжа\w+|заезд\w*|"
    r"отправлени\w+|дат[аыу] начала|departure|depart\w*|fly\w*)[^\n.;!?,]{0,40}$"
)
_BACK = re.compile(
    r"\b(?:обратно|обратный|возвра\w+|верн\w+|назад|прилет\w*|back|return\w*)[^\n.;!?,]{0,25}$"
)
_BACK_ON = re.compile(
    r"\b(?:обратно|обратный|возвра\w+|верн\w+|назад|прилет\w*)\s+(?:[а-я]+\s+){0,2}"
    r"(0?[1-9]|[12]\d|3[01])\b(?!\s*(?:ноч|дн|ден|сут|час|тыс|чел|взр|[:.,/]\d))"
    r"(?:\s*-?\s*(?:го|ого)\b|\s*числ\w*)?|"
    r"(?<![\d.,:])(0?[1-9]|[12]\d|3[01])(?:\s*-?\s*(?:го|ого)|\s*числ\w*)?\s+"
    r"(?:обратно|назад|возвращ\w+|верн\w+|прилет\w*)\b"
)
_LOOSE = re.compile(
    r"\b(?:период\w*|промежут\w+|между|диапазон\w*|числа|любо\w+|примерно|где-то|"
    r"between|аралыгында)\s*(?:с\s+|день\s+)?(?:с\s+)?$"
)
_CHOICE = re.compile(r"или|\bи\b(?!\s*до)|,|/|or|либо")
_LONGEST_TRIP = 29


@dataclass
class Mark:
    """One day, or two with what stands between them."""

    first: dt.date
    last: dt.date | None
    separator: str
    start: int
    end: int


def find_day_window(
    text: str, asked_on: dt.date, nights: int | None
) -> tuple[Window, int, int] | None:
    marks = _marks(text, asked_on)
    marks = [m for m in marks if not _SKIPPED.search(text[max(0, m.start - 40) : m.start])] or []
    if not marks:
        return None
    marks = _joined(marks, text)
    window = _combined(marks, text, nights)
    return window, marks[0].start, marks[-1].end


def _marks(text: str, asked_on: dt.date) -> list[Mark]:
    for reader in (_iso_marks, _named_marks, _numeric_marks, _month_first_marks, _bare_marks):
        marks = reader(text, asked_on)
        if marks:
            return marks
    return []


def _mark(
    found: re.Match[str],
    first: dt.date | None,
    last: dt.date | None,
    separator: str | None,
) -> list[Mark]:
    if first is None:
        first, last = last, None
    if first is None:
        return []
    if last is not None and last < first:
        # "с 28 декабря по 5 января": the second date belongs to the year after.
        last = next_date(last.day, last.month, first)
    return [Mark(first, last, separator or "", found.start(), found.end())]


def _iso_marks(text: str, asked_on: dt.date) -> list[Mark]:
    marks: list[Mark] = []
    for found in _ISO.finditer(text):
        day = next_date(int(found[3]), int(found[2]), asked_on, int(found[1]))
        marks += _mark(found, day, None, "")
    return marks


def _named_marks(text: str, asked_on: dt.date) -> list[Mark]:
    marks: list[Mark] = []
    for found in _NAMED.finditer(text):
        month = month_number(found["month"])
        days = [int(day) for day in found.group(1, 3, 5) if day]
        year = int(found[7]) if found[7] else None
        first = next_date(days[0], month, asked_on, year)
        last = next_date(days[-1], month, asked_on, year) if len(days) > 1 else None
        if first and last and days[0] > days[-1]:
            # "28-5 января" starts in the month before.
            before = dt.date(last.year, last.month, 1) - dt.timedelta(days=1)
            first = next_date(days[0], before.month, asked_on)
        elif first and last and last < first:
            last = next_date(days[-1], month, first)
        marks += _mark(found, first, last, found["sep"] or found["sep2"])
    return marks


def _month_first_marks(text: str, asked_on: dt.date) -> list[Mark]:
    marks: list[Mark] = []
    for found in _MONTH_FIRST.finditer(text):
        month = month_number(found["month"])
        first = next_date(int(found[2]), month, asked_on)
        last = next_date(int(found[4]), month, first or asked_on) if found[4] else None
        marks += _mark(found, first, last, found["sep"])
    return marks


def _numeric_marks(text: str, asked_on: dt.date) -> list[Mark]:
    marks: list[Mark] = []
    for found in _NUMERIC.finditer(text):
        month = int(found["m2"])
        year = _year(found["y2"])
        first = None
        if found["d1"]:
            first_year = _year(found["y1"]) or year
            first_month = int(found["m1"] or month)
            first = next_date(int(found["d1"]), first_month, asked_on, first_year)
        last = next_date(int(found["d2"]), month, first or asked_on, year)
        marks += _mark(found, first, last, found["sep"])
    return marks


def _year(digits: str | None) -> int | None:
    return int(digits) + (2000 if len(digits) == 2 else 0) if digits else None


def _bare_marks(text: str, asked_on: dt.date) -> list[Mark]:
    found = _BARE.search(text) or _NUMBERED.search(text)
    if not found or re.match(r"\s*(?:рожд|класс)", text[found.end() :]):
        return []
    if _MONTH_LIMIT.search(text[: found.start()][-35:]):
        return []  # "в январе после 10-го" is a part of the month
    months = {month_number(name) for name in _MONTH.findall(text)}
    month = months.pop() if len(months) == 1 else None
    first = _numbered_day(int(found[1]), month, asked_on)
    last = _numbered_day(int(found[3]), month, first or asked_on) if found["sep"] else None
    return _mark(found, first, last, found["sep"])


def _numbered_day(day: int, month: int | None, asked_on: dt.date) -> dt.date | None:
    """Read "20 числа" in the one month the text names elsewhere, or in the next that comes."""
    return next_date(day, month, asked_on) if month else next_day_of_month(day, asked_on)


def _joined(marks: list[Mark], text: str) -> list[Mark]:
    """Merge "15 июля" and "25 июля" joined by a dash or "по" into one span."""
    result = [marks[0]]
    for mark in marks[1:]:
        left = result[-1]
        gap = text[left.end : mark.start]
        joined = (
            re.fullmatch(_SEPARATOR, gap)
            or re.fullmatch(r"\s*(?:и\s+)?(?:по|до)\s*", gap)
            or (gap.isspace() and _TURKIC_FROM.search(text[: left.end][-8:]))
        )
        if joined and mark.last is None and (left.last is None or _CHOICE.search(gap)):
            last = mark.first
            if last < left.first:
                last = next_date(last.day, last.month, left.first) or last
            result[-1] = Mark(left.first, last, gap, left.start, mark.end)
        else:
            result.append(mark)
    return result


def _combined(marks: list[Mark], text: str, nights: int | None) -> Window:
    windows = [_window(mark, text, nights) for mark in marks]
    if len(marks) == 1:
        return _with_return(windows[0], text[marks[0].end :])
    first, second = windows[0], windows[1]
    returns = _BACK.search(text[marks[0].end : marks[1].start])
    if returns and first.start and first.start == first.end and second.start:
        return Window(first.start, first.start, max(0, (second.start - first.start).days))
    if first.start and first.end is None and second.start is None:
        return Window(first.start, second.end)
    if second.start and first.start is None and second.end is None:
        return Window(second.start, first.end)
    return first


def _with_return(window: Window, after: str) -> Window:
    """Read "15 августа, обратно 22-го": the day of return has no month of its own."""
    back = _BACK_ON.search(after)
    day = (
        next_day_of_month(int(back[1] or back[2]), window.start) if back and window.start else None
    )
    if not day or not window.start or window.start != window.end or window.nights:
        return window
    return Window(window.start, window.end, (day - window.start).days)


def _window(mark: Mark, text: str, nights: int | None) -> Window:
    before = text[max(0, mark.start - 60) : mark.start]
    after = text[mark.end : mark.end + 25]
    if mark.last:
        return _span_window(mark, before, after, nights)
    about = _ROUND_AFTER.match(after)
    if _ROUND.search(before) or about:
        return around(mark.first, int(about[1]) if about and about[1] else 3)
    if _CANNOT.match(after) and (_EARLIER.search(before) or _LATER.search(before)):
        earlier = _EARLIER.search(before)
        return Window(mark.first, None) if earlier else Window(None, mark.first)
    if _AFTER.search(before) or _AFTER_AFTER.match(after):
        return Window(mark.first, None)
    if _SINCE.search(before):
        exact = nights is not None or _DEPART.search(before)
        return Window(mark.first, mark.first if exact else None)
    if _UNTIL.search(before) or _UNTIL_AFTER.match(after):
        return Window(None, mark.first)
    return Window(mark.first, mark.first)


def _span_window(mark: Mark, before: str, after: str, nights: int | None) -> Window:
    assert mark.last
    length = (mark.last - mark.first).days
    loose = (
        _CHOICE.search(mark.separator)
        or _DEPART.search(before)
        or _AFTER.search(before)
        or _LOOSE.search(before)
        or (nights is not None and nights < length)
        or length > _LONGEST_TRIP
        or length < 1
    )
    if loose:
        return Window(mark.first, mark.last)
    return Window(mark.first, mark.first, length)
