"""What hotel: the fewest stars and the meal plan."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chat.ai.nlp.normalize import View
from chat.ai.nlp.types import Fact

_STAR = (
    r"(?:\*|★|⭐|✩|☆|звезд\w*|звёзд\w*|зв\b|stars?\b|жулдыз\w*|жылдыз\w*|"
    r"-?\s*(?:ти\s*)?звезд\w+|\*)"
)
_STARS = re.compile(
    rf"(?<![\d.,])([1-5])\s*(?:\+|и выше)?\s*(?:-?(?:х|ти|и|"
    rf"ех)\b)?\s*(?:{_STAR}\s*)?(?:(?:-|/|,|или|и|to|or|–)\s*([1-5])\s*(?:-?(?:х|"
    rf"ти)\b)?)?\s*-?\s*{_STAR}"
)
_STARS_BEFORE = re.compile(
    r"\b(?:звездность\w*|звезд\w*|категори\w*|отел[ьи]|минимум|не ниже|от)\s*(?:от|"
    r"не ниже|не менее|минимум|:|-)?\s*([2-5])\b(?=\s*(?:$|[,.;!\n]|и выше|"
    r"\+))(?!\s*[.,]\d)"
)
_WORDS: tuple[tuple[re.Pattern[str], int], ...] = tuple(
    (re.compile(pattern), stars)
    for pattern, stars in (
        (r"\b(?:трех|трехти)\s?-?звезд\w*|\bтр(?:ойк[аеуи]|оечк\w)\b|\bтрешк\w\b", 3),
        (r"\b(?:четырех)\s?-?звезд\w*|\bчетверк[аеуи]\b|\bчетверочк\w\b", 4),
        (r"\b(?:пяти)\s?-?звезд\w*|\bпятерк[аеуи]\b|\bпятерочк\w\b", 5),
    )
)
_ROW_OF_STARS = re.compile(r"(?:★|⭐|\*){2,5}")
_NEGATED = re.compile(r"\b(?:не|вместо)\s+$")

_MEALS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), code)
    for pattern, code in (
        (
            r"\bультра\b(?:\s+(?:все\s+вкл\w*|ол+\s?инклюзив\w*|all\s?inclusive|all))?|"
            r"\bultra(?:\s+all(?:\s+inclusive)?)?|\buai\b|\bуаи\b",
            "UAI",
        ),
        (
            r"\b(?:все|все-)\s?-?вкл(?:ючено|юченное|юченным|юч|ючен\w*)?\b|"
            r"\bвсе\s+включен\w*|\bол+\s?-?инкл\w*|\bолл\b|\bинклюзив\w*|"
            r"\ball\s?-?\s?incl?\w*|\ball inc\b|(?<![a-z])ai(?![a-z])|\bаи\b|\bбари\s+(?:киреди|"
            r"кирген|косылган)|\bбаары\s+кир\w+|\bбарлыгы\s+\w*(?:кос|кир)\w*|\bвсе в одном\b",
            "AI",
        ),
        (
            r"\bполупанси\w*|\bпол\s+пансион\w*|(?<![a-z])hb(?![a-z])|\bнв\b|\bхб\b|\bhalf\s?-?board|"
            r"\bзавтрак\w*\s*(?:\+|и|-|,|/|плюс)\s*ужин\w*|\bдвухразов\w*|\b2-?х?\s?разов\w*",
            "HB",
        ),
        (
            r"\bполн\w+\s+пансион\w*|(?<![a-z])fb(?![a-z])|\bfull\s?-?board|\bтрехразов\w*|"
            r"\b3-?х?\s?разов\w*|\bзавтрак\w*,?\s*обед\w*",
            "FB",
        ),
        (
            r"\bзавтрак\w*|(?<![a-z])bb(?![a-z])|\bвв\b|\bбб\b|\bbreakfasts?\b|\bтангы\s+ас\w*|"
            r"\bтангы\s+тамак\w*|\bэртен\s+мененки",
            "BB",
        ),
        (
            r"\bбез\s+(?:питания|еды)|(?<![a-z])ro(?![a-z])|\broom only\b|\bno meals?\b|"
            r"\bпитание\s+не\s+(?:нужно|надо|важно)",
            "RO",
        ),
    )
)
_MEAL_REFUSED = re.compile(
    r"\b(?:не|вместо|без|не нужно|не надо|не хотим|кроме|а не)\s+(?:нужно\s+|надо\s+|"
    r"обязательно\s+|про\s+)?$"
)
_IN_THE_PRICE = re.compile(
    r"^\s*(?:в|ли)\s+(?:эту\s+)?(?:стоимост\w*|цен\w+|тур\b|сумм\w*|это|пакет|него|"
    r"нее)|^\s*\?\s*(?:что|а)|^\s*ли\b"
)


def wish_facts(view: View) -> Iterator[Fact]:
    stars = find_stars(view.text)
    if stars:
        value, start, end = stars
        yield Fact("stars_min", value, view.quote(start, end), 0.9)
    meal = find_meal(view.text)
    if meal:
        code, start, end = meal
        yield Fact("meal", code, view.quote(start, end), 0.9)


def find_stars(text: str) -> tuple[int, int, int] | None:
    found = _first_accepted(_STARS, text)
    if found:
        return min(int(digit) for digit in found.groups() if digit), found.start(), found.end()
    words = [
        (stars, match.start(), match.end())
        for pattern, stars in _WORDS
        for match in pattern.finditer(text)
        if not _NEGATED.search(text[: match.start()][-10:])
    ]
    if words:
        return min(words)
    row = _ROW_OF_STARS.search(text)
    if row:
        return len(row.group()), row.start(), row.end()
    before = _STARS_BEFORE.search(text)
    if before and re.search(r"звезд|отел|категор", before.group()):
        return int(before[1]), before.start(), before.end()
    return None


def _first_accepted(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    matches = list(pattern.finditer(text))
    accepted = [m for m in matches if not _NEGATED.search(text[: m.start()][-10:])]
    return accepted[0] if accepted else None


def find_meal(text: str) -> tuple[str, int, int] | None:
    """Return the first meal plan that is not refused; a longer name hides the shorter in it."""
    found: list[tuple[int, int, str]] = []
    for pattern, code in _MEALS:
        for match in pattern.finditer(text):
            inside = any(match.start() < end and start < match.end() for start, end, _ in found)
            if not inside:
                found.append((match.start(), match.end(), code))
    for start, end, code in sorted(found):
        if code != "RO" and _MEAL_REFUSED.search(text[max(0, start - 25) : start]):
            continue
        if _IN_THE_PRICE.match(text[end : end + 25]):
            continue
        return code, start, end
    return None
