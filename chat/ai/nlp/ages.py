"""Ages of children as parents tell them: "5 и 11 лет", "1,5 года", "годика ещё нет"."""

from __future__ import annotations

import re

ADULT_AGE = 18

CHILD = (
    r"\b(?:дет(?:и|ей|ьми|ям|ях|к[аиу]|ишк\w*|ок|очек)\b|дет\b|деток|ребен\w*|"
    r"ребят\w*|реб\b|малыш\w*|младен\w*|груднич\w*|инф\w*|сын\w*|доч\w*|"
    r"мальчи\w*|девочк\w*|девочек|подрост\w*|школьник\w*|двойняш\w*|близнец\w*|"
    r"внук\w*|внучк\w*|племянни\w*|child\w*|kids?\b|infants?\b|bab(?:y|ies)\b|"
    r"sons?\b|daughters?\b|toddler\w*|бала(?:м|мыз|сы|лар\w*|мен|га)?\b|балд\w+|"
    r"кызым\w*|улым\w*|уулум\w*)"
)
_NUMBER = r"(?<![\d.,:])(\d{1,2})(?:[.,](\d))?(?!\d)"
_UNIT = (
    r"(?P<year>лет\b|л\b|летн\w*|год(?:а|ик\w*|ов|у|ам)?\b|г\b(?!\.\s*[а-я])|жас\w*|"
    r"жаш\w*|year\w*|y\.?\s?o\b|yrs?\b)|(?P<month>мес\w*|month\w*|айлык)"
)
_WITH_UNIT = re.compile(rf"{_NUMBER}\s*-?\s*(?:х|и|ти|ми)?\s*-?\s*(?:{_UNIT})")
_PREVIOUS = re.compile(
    r"(?<![\d.:$])(\d{1,2})\s*(?:-?(?:х|и|ти|ми)\b)?\s*(?:лет|год\w*|г)?\s*(?:,\s*и\b|"
    r",|и\b|пен\b|бен\b|мен\b|жана\b|-|/|\+|;|and\b|\s)\s*$"
)
_AFTER_CHILD = re.compile(
    rf"{CHILD}\s*(?:которо\w+|возраст\w*|по|в возрасте|бер\w+|есть|будут|едут|летят|aged?|это|"
    rf"уже|у нас)?\s*[(:,\-–]?\s*"
    r"(\d{1,2}(?:\s*(?:,\s*и|,|и|and|&|/|-|\+|\s)\s*\d{1,2}){0,5})"
    r"(?!\s*(?:[,/+-]|и|and)\s*\d)(?!\s*(?:\d|[.:]\d|ноч|дн|ден|ту[нг]|кун|нед|взр|чел|тыс|млн|к\b|"
    r"[*★$€₸%]|зв|тг|ию|ав|се|"
    r"ок|но|де|ян|фе|ма|ап|-?го\b|числ|мес|\)?\s*(?:лет|год)))"
)
_WORDS: tuple[tuple[re.Pattern[str], int], ...] = tuple(
    (re.compile(pattern), age)
    for pattern, age in (
        (
            r"годик?а?\s+(?:еще\s+)?нет|(?:еще\s+)?нет\s+(?:и\s+)?год(?:а|ика)\b|(?:до|меньше|"
            r"менее)\s+(?:одного\s+)?год(?:а|ика)\b|\bпол\s?год(?:а|ика)\b",
            0,
        ),
        (r"годовал\w*|годовас\w*", 1),
        (r"(?:полтора|полутора)\s+(?:год\w*)|полторагодовал\w*", 1),
        (r"двухлетн\w*|двухгодовал\w*", 2),
        (r"трехлетн\w*", 3),
        (r"четырехлетн\w*", 4),
        (r"пятилетн\w*", 5),
        (r"шестилетн\w*", 6),
        (r"семилетн\w*", 7),
        (r"восьмилетн\w*", 8),
        (r"девятилетн\w*", 9),
        (r"десятилетн\w*", 10),
        (rf"{CHILD}\s*[(,]?\s*(?:исполнится\s+|почти\s+)?год\b(?!\s*назад)", 1),
    )
)
_NOT_AGE_AFTER = re.compile(
    r"^\s*(?:назад|вместе|брака|свадьб|юбиле|работа|гарант|на рынке|ago|рассроч)"
)
# "4,7,13 лет" and "8,12 лет" are lists; "4,7 года" may be a decimal fraction.
_TIGHT_LIST = re.compile(r"(?<![\d.,])\d{1,2}(?:(?:,\d{1,2}){2,}|,1[0-7])(?![\d.,])")
_HAS_CHILD = re.compile(CHILD)
_SPLIT = re.compile(r"\D+")


def children_ages(text: str, expected: int | None) -> list[int]:
    """Return ages under 18 in the order said; `expected` children decide doubtful commas."""
    text = _TIGHT_LIST.sub(lambda match: match.group().replace(",", ", "), text)
    found: dict[int, int] = {}
    for match in _WITH_UNIT.finditer(text):
        if not _NOT_AGE_AFTER.match(text[match.end() : match.end() + 15]):
            _add_with_unit(match, text, expected, found)
    for match in _AFTER_CHILD.finditer(text):
        if not any(match.start(1) <= place <= match.end(1) for place in found):
            _add_plain(match, found)
    for pattern, age in _WORDS:
        for match in pattern.finditer(text):
            found.setdefault(match.start(), age)
    return [age for _, age in sorted(found.items()) if age < ADULT_AGE]


def _add_with_unit(
    match: re.Match[str], text: str, expected: int | None, found: dict[int, int]
) -> None:
    whole, fraction = int(match[1]), match[2]
    if match["month"]:
        near = text[max(0, match.start() - 40) : match.end() + 30]
        if _HAS_CHILD.search(near):
            found[match.start()] = whole // 12
        return
    found[match.start()] = whole
    if fraction and (fraction != "5" or (expected or 0) > 1):
        found[match.start(2)] = int(fraction)
    position = match.start()
    for _ in range(6):
        earlier = _PREVIOUS.search(text[max(0, position - 20) : position])
        if not earlier or int(earlier[1]) >= ADULT_AGE:
            return
        start = max(0, position - 20) + earlier.start(1)
        found.setdefault(start, int(earlier[1]))
        position = start


def _add_plain(match: re.Match[str], found: dict[int, int]) -> None:
    numbers = [int(digits) for digits in _SPLIT.split(match[1]) if digits]
    if any(number >= ADULT_AGE for number in numbers):
        return
    position = match.start(1)
    for number in numbers:
        while position in found:
            position += 1
        place = match.string.find(str(number), position, match.end())
        found.setdefault(place if place >= 0 else position, number)
        position = (place if place >= 0 else position) + 1
