"""Who travels: adults, children and their ages, counted the way families put it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chat.ai.nlp.ages import ADULT_AGE, CHILD, children_ages
from chat.ai.nlp.normalize import View
from chat.ai.nlp.types import Fact

_GROUPS = {
    2: "двое двоих двоим двоем вдвоем вдвоих екеу экоо",
    3: "трое троих троим троем втроем ушеу учоо",
    4: "четверо четверых четверым вчетвером тортеу тортоо",
    5: "пятеро пятерых впятером бесеу бешоо",
    6: "шестеро шестерых вшестером алтау алтоо",
    7: "семеро семерых всемером жетеу",
    8: "восьмеро восьмерых ввосьмером",
}
_GROUP_SIZE = {word: size for size, words in _GROUPS.items() for word in words.split()}
_GROUP = (
    r"(?:двое|двоих|двоим|двоем|вдвоем|вдвоих|трое|троих|троим|троем|втроем|четверо|"
    r"четверых|четверым|вчетвером|"
    r"пятеро|пятерых|впятером|шестеро|шестерых|вшестером|семеро|семерых|всемером|"
    r"восьмеро|восьмерых|ввосьмером)\b"
    r"|(?:екеу|экоо|ушеу|учоо|тортеу|тортоо|бесеу|бешоо|алтау|алтоо|жетеу)(?=[а-я]*\b)"
)
_COUNT = (
    rf"(?:(?<![\d.,:+])(\d{{1,2}})(?!\d|[.,]\d)(?:-?(?:х|е|ое|ех|ух|и|ти|мя|ми|го)\b)?|"
    rf"({_GROUP})[а-я]*)"
)
_ADULT_WORD = (
    r"(?:взросл\w*|взр\b|взрос\b|вз\b|adults?\b|улкен\w*|ересек\w*|чон\s+киши\w*|"
    r"чондор|пенсионер\w*)"
)
_ADULTS = re.compile(rf"{_COUNT}\s*\.?\s*{_ADULT_WORD}")
_ADULTS_AFTER = re.compile(
    r"(?<!\d )(?<!\d)(?<!двое )(?<!трое )(?<!двоих )(?<!троих )(?<!четверо )"
    r"\b(?:взросл\w*|взр|adults)\s*[:\-]?\s*"
    r"(\d{1,2}(?!\d|\s*(?:лет|год|зв|[*★]|ноч|дн|ден|сут|нед|тыс|млн|к\b|дет|реб))|(?:двое|трое|четверо|пятеро)\b(?!\s+(?:дет|реб|сын|доч|мал)))"
)
_SHORT_PAIR = re.compile(
    r"(?<![\d.,+:])([1-9])\s*(?:взр\w*\s*)?\+\s*([1-9])(?:\s*\+\s*([1-9]))?(?![\d.,*]?\d|"
    r"\s*(?:\*|★|зв|млн|тыс|к\b|взр|ноч|дн))"
)
_CHILDREN = re.compile(
    rf"{_COUNT}\s*(?:(?:маленьк|наш|мо|несоверш|"
    rf"взросл(?=\w* детей))\w*\s+)?(?:-?\s*)(?P<word>{CHILD})"
)
_CHILDREN_AFTER = re.compile(
    r"(?<!\d )(?:дет(?:и|ей)|ребен\w+|children|kids)\s*[:\-]?\s*(\d)(?![.,]?\d|\s*(?:и|лет|"
    r"год))"
)
_CHILDREN_GROUP_AFTER = re.compile(r"\bдетей\s+(двое|трое|четверо)\b(?!\s+взросл)")
_ONE_CHILD = re.compile(
    r"\b(?:ребен(?:ок|ка|ку|ком|ке|очек|очком|очка)|реб|малыш(?:а|у|ом|ка|ке|кой|ку)?|"
    r"младен(?:ец|ца|цем|чик\w*)|груднич(?:ок|ком|ка)|инфант\w*|"
    r"подрост(?:ок|ка|ком)|школьник\w?|внук(?:а|ом)?|внучк(?:а|у|ой)|племянни\w+|"
    r"child|kid|infant|baby|toddler|бала(?:м|мыз|сы|мен|га)?)\b"
)
_SON = re.compile(
    r"\b(?:сын(?:а|ом|у|ок|очек|очком|ишка|ишкой|ок)?|мальчик(?:а|ом|у)?|son|улым\w*|уулум\w*)\b"
)
_DAUGHTER = re.compile(
    r"\b(?:доч(?:ь|ка|ка|ку|кой|ери|ерью|енька|енькой|урка)|девочк(?:а|у|ой|е)|"
    r"daughter|кызым\w*)\b"
)
_TWINS = re.compile(r"\b(?:двойняш|близнец|близняш)\w*")
_NO_CHILDREN = re.compile(
    r"\b(?:без\s+(?:детей|ребенка)|детей\s+нет|нет\s+детей|no (?:kids|children)|"
    r"without (?:kids|children)|баласыз)\b|"
    r"\b(?:ребенка|ребенок|детей|дети)\s+(?:не\s+(?:бер|брат|бра|ед|лет|поед|полет)|остав|остан)"
)
_SAID_NO = re.compile(r"\bбез\s+$|\bне\s+$")
_TOTALS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:нас|группа|компания|семья|семье[йи]|(?:family|group|party) of)\s+(?:будет\s+|"
        rf"едет\s+|летит\s+|"
        rf"всего\s+|из\s+|-\s*|примерно\s+)*{_COUNT}(?!\s*(?:{CHILD}|{_ADULT_WORD}|лет))",
        rf"{_COUNT}\s*(?:чел\b|чл\b|человек\w*|человеч\w*|персон\w*|pax\b|гост\w*|people|"
        rf"persons?|guests?|турист\w*|адам\w*|киши\w*|пассажир\w*|подруг\w*|"
        r"друз\w+|друг\w*|девуш\w*|мужчин\w*|женщин\w*|парн\w+|коллег\w*|семейн\w+ пар|"
        r"девчон\w*|ребят|friends)",
        rf"\b(?:на|для)\s+([2-9])-?х\b()(?!\s*(?:{CHILD}|{_ADULT_WORD}|ноч|дн|нед|сут|мес))",
        rf"(?<!дней )(?<!ночей )(?<!суток )(?<!недели )(?<!недельки )\b(?:на|для|"
        rf"for)\s+{_COUNT}(?=\s*(?:$|[,.;!?\n)(+]|с\b|и\b|в\b|из\b|плюс|тур|до\b|от\b|на\b|"
        rf"in\b|to\b|from\b|with\b))(?!\s*(?:и|,)?\s*\d?\s*(?:ноч|дн|нед|"
        rf"чис))(?!\s+и\s+\d+\s+(?:ноч|дн))",
    )
)
_BARE_GROUP = re.compile(rf"\b({_GROUP})[а-я]*(?!\s+(?:{CHILD}|{_ADULT_WORD}))")
_COUPLE = re.compile(
    r"\b(?:семейн\w+\s+пар\w+|(?:мы\s+)?пара\b|для\s+пары|молодожен\w*|муж(?:а|"
    r"у)?\s+(?:с|и)\s+жен\w+|супруг(?:и|ов|ами)\b|ерли.зайыпты\w*|couple)"
)
_ALONE = re.compile(
    r"\b(?:(?:я|еду|лечу|полечу|поеду|хочу|буду|путешеству\w+|отдыхать|для|на|летит|"
    r"поехать|полететь|слетать|улететь|отдохнуть|хватит|можно)\s+(?:себя\s+)?(?:один|одна|одного|"
    r"одну|одной|одному)\b(?!\s+(?:ребен|недел|ноч|из|вариант|отел|день|раз))|"
    r"(?:один|одна)\s+(?:лечу|еду|полечу|поеду|хочу|буду)|в\s+одиночку|соло\b|solo\b|"
    r"alone\b|жалгыз\w*|for myself|для себя одно\w+|одноместн\w+|бир озим\w*|"
    r"бир адам\w*)"
    rf"|\b(?:я|мне)\s*(?:,|и|с|со|\+|плюс)\s*(?:{_COUNT}\s+|мо\w+\s+)?{CHILD}"
    r"|(?:^|[,\n.])\s*(?:один|одна)\s*(?=$|[,\n.]|с\s+(?:ребен|сын|доч))"
)
_WITH_ADULT = (
    r"мужем|женой|женою|супругом|супругой|мамой|папой|матерью|отцом|сестрой|братом|"
    r"подругой|подружкой|(?<!в )(?<!на )(?<!о )другом|парнем|девушкой|"
    r"бабушкой|дедушкой|свекровью|свекром|тещей|тестем|тетей|дядей|коллегой|няней|"
    r"невестой|женихом|молодым человеком|любимым|любимой|husband|wife|"
    r"girlfriend|boyfriend|mom|mother|dad|father|sister|brother|friend|partner"
)
_PLAIN_ADULT = (
    r"муж|жена|супруга?|мама|папа|мать|отец|сестра|брат|подруга|друг|парень|девушка|"
    r"бабушка|дедушка|свекровь|свекор|теща|тесть|няня|"
    r"жених|невеста|келинчегим|куйеуим|жубайым|анам|апам|атам|агам|куйоом|жолдошум|"
    r"my husband|my wife"
)
_PLUS_RELATIVE = re.compile(rf"^\s*,?\s*(?:плюс|\+|и(?:\s+еще)?)\s*(?:{_PLAIN_ADULT})\b")
_WITH = re.compile(rf"\b(?:{_WITH_ADULT})\b")
_PLAIN = re.compile(rf"\b(?:{_PLAIN_ADULT})\b")
_SPOUSES = {"муж", "жена", "мужем", "женой", "женою"}
_ELDERS = {"мама", "папа", "мать", "отец", "бабушка", "дедушка", "няня"}
_PARENTS = re.compile(r"(?<!без )\bродител(?:и|ями|ей|ям)\b|\bparents\b")
_FOR_ONE = re.compile(
    r"\bдля\s+(?:мамы|папы|бабушки|дедушки|подруги|друга|сестры|брата|жены|мужа)\b"
)
_FOR_OTHERS = re.compile(r"\b(?:для|отправ\w+|подар\w+|родителям)\b")
_I_AM_IN = re.compile(r"(?:^|[\s,])(?:я|i|мен|мы|we)(?=[\s,.!])")
_WITH_FRIENDS = re.compile(r"\b(?:с|со)\s+\d+\s*(?:подруг|друз|коллег)\w*$")
_REFUSED = re.compile(r"\b(?:не|вместо)\s+$")
# "Ребенок 5 лет, сами вдвоем": the number leaves the child out.
_OURSELVES = re.compile(r"\b(?:сами|озимиз|озумуз|ата-?ана\w*)\s+$")
_CORRECTED = re.compile(r"\s*,?\s*а\s+(\d{1,2})\b")
_BRACKETED = re.compile(r"\s*\(\s*(\d{1,2}(?:\s*(?:,|и|/|\+|;)\s*\d{1,2})*)\s*\)")
_COUPLES = re.compile(r"(?<![\d.,])([2-6])\s+(?:семейн\w+\s+|супружеск\w+\s+)?пар[ыа]?\b")
_CHILD_CORRECTED = re.compile(rf"\bне\s+\S+\s+{CHILD},?\s+а\s+(\d)\b(?!\s*(?:лет|год|взр|ноч|дн))")
_ADDED = re.compile(r"^\s*(?:взр\w*\s*)?[,.]?\s*(?:\+|плюс|и\b|and\b|&)")


@dataclass(frozen=True)
class _Party:
    adults: int | None = None
    children: int | None = None
    ages: tuple[int, ...] = ()
    start: int = 0
    end: int = 0


def people_facts(view: View, text: str) -> Iterator[Fact]:
    """Yield adults, children and ages; a total that names children is split between them."""
    party = find_party(text)
    quote = view.quote(party.start, party.end)
    if party.adults:
        yield Fact("adults", party.adults, quote, 0.9)
    if party.children is not None:
        yield Fact("children", party.children, quote, 0.9)
    if party.ages and party.children:
        yield Fact("children_ages", list(party.ages), quote, 0.85)


def find_party(text: str) -> _Party:
    spans: list[tuple[int, int]] = []
    text = _counts_first(text)
    pair = _SHORT_PAIR.search(text)
    children, stated = _children(text, spans)
    ages = children_ages(_blanked(text, pair), children)
    if pair:
        spans.append(pair.span())
        children, stated = int(pair[2]) + int(pair[3] or 0), True
        ages = ages or _ages_in_brackets(text[pair.end() :])
    children, ages = _matched(children, ages, stated)
    adults = int(pair[1]) if pair else _adults(text, children, spans)
    start = min((span[0] for span in spans), default=0)
    end = max((span[1] for span in spans), default=len(text))
    return _Party(adults, children, tuple(ages), start, end)


def _blanked(text: str, pair: re.Match[str] | None) -> str:
    """Hide "2+1" of "2+1 4 года" from the reader of ages."""
    if not pair:
        return text
    return text[: pair.start()] + " " * len(pair.group()) + text[pair.end() :]


def _ages_in_brackets(after: str) -> list[int]:
    """Read "2+2 (5, 8)", where nobody says "лет"."""
    found = _BRACKETED.match(after)
    ages = [int(age) for age in re.findall(r"\d+", found[1])] if found else []
    return [age for age in ages if age < ADULT_AGE]


def _counts_first(text: str) -> str:
    """Turn "взрослых - 2, детей - 1" round, of the same length, to keep the quotes right."""
    text = _CHILDREN_GROUP_AFTER.sub(_turned, text, count=1)
    if not _ADULTS_AFTER.search(text):
        return text
    for pattern in (_ADULTS_AFTER, _CHILDREN_AFTER):
        text = pattern.sub(_turned, text, count=1)
    return text


def _turned(found: re.Match[str]) -> str:
    word = re.match(r"[а-яa-z]+", found.group())
    name = word.group() if word else ""
    # "взрослых2" has no room for the space: the word gives its last letter.
    size = len(found.group())
    return f"{found[1]} {name}"[:size].ljust(size)


def _matched(children: int | None, ages: list[int], stated: bool) -> tuple[int | None, list[int]]:
    """Make the number of children and of ages agree as far as the text allows."""
    if children == 0:
        return 0, []
    if children is None:
        return (len(ages) or None), ages
    if len(ages) == 1 and children > 1:
        return children, ages * children
    if len(ages) > children and not stated:
        return len(ages), ages
    return children, ages


def _size(found: re.Match[str], first: int = 1) -> int:
    digits, group = found[first], found[first + 1]
    if digits:
        return int(digits)
    return next(size for word, size in _GROUP_SIZE.items() if group == word)


def _children(text: str, spans: list[tuple[int, int]]) -> tuple[int | None, bool]:
    """Return how many children, and whether a number was stated."""
    none = _NO_CHILDREN.search(text)
    if none:
        spans.append(none.span())
        return 0, True
    corrected = _CHILD_CORRECTED.search(text)
    if corrected:
        spans.append(corrected.span())
        return int(corrected[1]), True
    counted = [m for m in _CHILDREN.finditer(text) if not _SAID_NO.search(text[: m.start()][-5:])]
    if counted:
        spans.extend(match.span() for match in counted)
        return _sum_counted(text, counted), True
    return _uncounted_children(text, spans), False


def _sum_counted(text: str, counted: list[re.Match[str]]) -> int:
    first = counted[0]
    if re.match(r"дет|ребят|kids|children|бала", first["word"]) and _size(first) > 1:
        # "2 детей: 1 мальчик и 1 девочка" counts nobody twice.
        rest = [
            m
            for m in counted[1:]
            if re.match(r"дет|реб|младен|инф|малыш|груд|infant|baby", m["word"])
        ]
    else:
        rest = counted[1:]
    total = _size(first) + sum(_size(match) for match in rest)
    single = _ONE_CHILD.search(text, counted[-1].end())
    if single and re.match(r"младен|груднич|инфант", single.group()):
        total += 1
    return total


def _uncounted_children(text: str, spans: list[tuple[int, int]]) -> int | None:
    twins = _TWINS.search(text)
    if twins:
        spans.append(twins.span())
        return 2
    named = list(_SON.finditer(text)) + list(_DAUGHTER.finditer(text))
    named = [m for m in named if not _is_grown_up(text, m)]
    generic = list(_ONE_CHILD.finditer(text))
    spans.extend(match.span() for match in named or generic[:1])
    if named:
        return len(named)
    return 1 if generic else None


def _is_grown_up(text: str, found: re.Match[str]) -> bool:
    age = re.match(
        r"\s*\(?,?\s*(\d{2})\s*(?:лет|год|$|[,.;)])", text[found.end() : found.end() + 14]
    )
    return bool(age and int(age[1]) >= ADULT_AGE)


def _adults(text: str, children: int | None, spans: list[tuple[int, int]]) -> int | None:
    found = _last_accepted(_ADULTS, text)
    if found:
        spans.append(found.span())
        corrected = _CORRECTED.match(text[found.end() : found.end() + 12])
        size = int(corrected[1]) if corrected else _size(found)
        return size + _relative_after(text, found.end())
    total = _total(text, spans)
    if total is not None:
        size, start, end = total
        apart = _ADDED.match(text[end : end + 12]) or _OURSELVES.search(text[:start])
        if children and size > children and not apart:
            size -= children
        return size + _relative_after(text, end)
    return _relatives(text, spans)


def _relative_after(text: str, end: int) -> int:
    """Count the grandmother of "нас двое, плюс бабушка"."""
    return int(_PLUS_RELATIVE.match(text[end : end + 30]) is not None)


def _last_accepted(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    matches = list(pattern.finditer(text))
    accepted = [m for m in matches if not _REFUSED.search(text[: m.start()][-8:])]
    return next(iter(accepted or matches), None)


def _total(text: str, spans: list[tuple[int, int]]) -> tuple[int, int, int] | None:
    for pattern in _TOTALS:
        for found in pattern.finditer(text):
            if _size(found) <= 60 and not _REFUSED.search(text[: found.start()][-8:]):
                spans.append(found.span())
                me = bool(_WITH_FRIENDS.search(text[max(0, found.start() - 4) : found.end()]))
                return _size(found) + me, found.start(), found.end()
    group = _last_accepted(_BARE_GROUP, text)
    if group:
        spans.append(group.span())
        return _GROUP_SIZE[group[1]], group.start(), group.end()
    return None


def _relatives(text: str, spans: list[tuple[int, int]]) -> int | None:
    couples = _COUPLES.search(text)
    if couples:
        spans.append(couples.span())
        return 2 * int(couples[1])
    couple = _COUPLE.search(text)
    with_whom = {match.group() for match in _WITH.finditer(text)}
    plain = {match.group() for match in _PLAIN.finditer(text)}
    if couple:
        spans.append(couple.span())
        return 2 + len((with_whom | plain) - _SPOUSES)
    parents = 2 if _PARENTS.search(text) else 0
    count = len(with_whom | {person.removeprefix("my ") for person in plain}) + parents
    alone = _ALONE.search(text)
    if not count:
        for_one = _FOR_ONE.search(text) or alone
        if for_one:
            spans.append(for_one.span())
        return 1 if for_one else None
    spans.extend(match.span() for match in _WITH.finditer(text))
    spans.extend(match.span() for match in _PLAIN.finditer(text))
    me = bool(with_whom) or bool(_I_AM_IN.search(text)) or len(plain) == 1 and not parents
    if plain and plain <= _ELDERS and not with_whom and not _I_AM_IN.search(text):
        # "Мама с ребёнком": somebody books for them, or speaks of herself.
        me = False
    if {"муж", "жена"} <= plain or (parents and not with_whom and _FOR_OTHERS.search(text)):
        me = False
    if parents and re.search(r"с родителями", text):
        me = True
    return count + me
