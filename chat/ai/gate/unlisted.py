"""Hotels and airlines in small letters: only the word they stand beside tells them from others."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chat.ai.gate.readers import Named
from chat.ai.nlp.lexicon import lexicon
from chat.ai.nlp.word_sets import word_set

_QUOTE = r"[\s«»\"“”„']+"
_WORD = r"(?P<name>[^\W\d_][\w-]{2,})"
_AFTER_HOTEL = re.compile(
    rf"\b(?:отел(?:ь|я|е|ем|ю)|гостиниц\w|апартамент\w*|вилл[аеуы]|пансионат\w*){_QUOTE}{_WORD}"
)
_AFTER_CALLED = re.compile(rf"\b(?:называ\w+|под\s+названием){_QUOTE}{_WORD}")
_AFTER_AIRLINE = re.compile(
    rf"\b(?:авиакомпани\w+|(?:борт|самолет)\w*\s+компани\w+|перевозчик\w*|выполняет){_QUOTE}{_WORD}"
)
_AFTER_FLYING = re.compile(rf"\b(?:по)?лет(?:им|ите|ит|ишь|ят|еть){_QUOTE}{_WORD}")
_ENGLISH = re.compile(
    r"\b(?:(?:hotel|resort|inn|villa|airline|carrier)(?:\s+is)?|(?:fly|flight|travel)\s+(?:is\s+)?(?:with|by)|operated\s+by)"
    r"[\s\"“”']+(?P<name>[a-z]{3,})\b"
)
_KAZAKH_BEFORE = re.compile(rf"{_WORD}{_QUOTE}(?:қонақ\s*үй|отелі|әуе\s*компания)\w*")
_KAZAKH_AFTER = re.compile(rf"әуе\s*компания\w*{_QUOTE}{_WORD}")

_DESCRIBED = frozenset({"nomn"})
_BY_WHAT = frozenset({"nomn", "ablt"})
# Nouns that say of a hotel or a flight what it is, and name neither.
_PLAIN = word_set(
    "завтрак завтраки ужин ужины обед питание пансион полупансион море пляж номер номера цена цены "
    "стоимость оператор менеджер клиент вариант варианты отель гостиница самолетом рейсом чартером "
    "семьей компанией днем ночью утром вечером классом бизнесом время вылет сутки ночь ночи дети "
    "взрослые люди ребенок человек завтра сегодня рейс звезда звезды конец начало "
)
_ENGLISH_PLAIN = word_set(
    "the and has have was were are for with near from you your our not will would can could "
    "may does that which who where what how when this there suits looks costs stays fits "
    "offers itself only known told confirmed found called below above rooms room name names "
    "option options price prices class category stars meals child children kids family two "
    "three four one all any here today breakfast quiet good nice open close located chosen "
    "fine ready also but very right than "
)
_KAZAKH_PLAIN = re.compile(
    r"(?:бұл|осы|мына|сол|қай|бір|қандай|таңдаған|ұсынылған|жақсы|арзан|әр|барлық|басқа|және|мен|туралы|"
    r"менеджер|атын|үшін|екі|үш|төрт|бес|ұшатын|бар|жоқ|белгісіз|дың|сіздің|біздің|ең|қымбат|"
    r".*(?:[дт]ағы|[дт]егі|лы|лі|ды|ді|ты|ті|лық|дың|дің|ның|нің|тың|тің|ған|ген|қан|кен|атын|етін))\Z"
)


def unlisted_names(folded: str) -> Iterator[Named]:
    """Words that can only be a name where they stand; the caller knows which names are true."""
    for pattern, cases in (
        (_AFTER_HOTEL, _DESCRIBED),
        (_AFTER_CALLED, _DESCRIBED),
        (_AFTER_AIRLINE, _DESCRIBED),
        (_AFTER_FLYING, _BY_WHAT),
    ):
        yield from (one for one in _named(pattern, folded) if _is_name(folded, one, cases))
    yield from (one for one in _named(_ENGLISH, folded) if one.value not in _ENGLISH_PLAIN)
    for pattern in (_KAZAKH_BEFORE, _KAZAKH_AFTER):
        yield from (one for one in _named(pattern, folded) if not _KAZAKH_PLAIN.match(one.value))


def _named(pattern: re.Pattern[str], folded: str) -> Iterator[Named]:
    for found in pattern.finditer(folded):
        yield Named("name", found["name"], *found.span("name"))


def _is_name(folded: str, one: Named, cases: frozenset[str]) -> bool:
    """A noun right behind the word, or behind its adjective: «отель синий краб»."""
    if re.search("[әғқңөұүһіa-z]", one.value) or one.value in _PLAIN:
        return False
    if lexicon().may_be_noun(one.value, cases):
        return True
    following = re.compile(r"\s+([^\W\d_]{3,})").match(folded, one.end)
    return bool(
        following
        and lexicon().is_adjective(one.value)
        and following[1] not in _PLAIN
        and lexicon().may_be_noun(following[1], _DESCRIBED)
    )
