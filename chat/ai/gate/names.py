"""Proper names of an answer: hotels, airlines, brands, and places of the gazetteer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chat.ai.gate.grounds import Grounds
from chat.ai.gate.numbers import COMPOUND, fold
from chat.ai.gate.readers import Named
from chat.ai.gate.unlisted import unlisted_names
from chat.ai.nlp.gazetteer import gazetteer
from chat.ai.nlp.lexicon import lexicon
from chat.ai.nlp.normalize import view_of
from chat.ai.nlp.places import Mention, find_places
from chat.ai.nlp.word_sets import word_set

# Hotel chains and airlines; each counts as a name in any case and alphabet.
_BRANDS = re.compile(
    r"\b(?:rixos|риксос\w*|hilton|хилтон\w*|marriott|мариотт?\w*|sheraton|шератон\w*|vinpearl|винп[её]рл\w*|"
    r"radisson|рэдиссон\w*|titanic|титаник\w*|delphin|дельфин\w*|novotel|новотел\w*|ibis|swissotel|"
    r"movenpick|м[её]венпик\w*|jumeirah|джумейр\w*|air\s*astana|эйр\s*астан\w*|flyarystan|"
    r"fly\s*arystan|флай\s*арыстан\w*|scat|скат\b|qazaq\s*air|turkish\s+airlines|pegasus|пегас\w*|"
    r"аэрофлот\w*|aeroflot|flydubai|флайдубай|qatar\s+airways|vietjet|вьетджет\w*|emirates\s+airlines?|"
    r"lufthansa|люфтганз\w*|air\s*arabia|эйр\s*араби\w*|azur\s*air|азур\s*эйр\w*|nordwind|"
    r"нордвинд\w*|etihad|этихад\w*|эмирейтс\w*|wizz\s*air|red\s+wings|jazeera|sunexpress|anex|анекс\w*|coral\s+travel|tez\s+tour|fun\s*&?\s*sun)\b",
    re.IGNORECASE,
)
_OURS = {
    "whatsapp", "telegram", "instagram", "wi-fi", "wifi", "hotel",
    "hotels", "kzt", "usd", "eur", "rub", "ai", "uai", "bb", "hb", "fb", "ro", "spa", "ok", "am",
    "pm", "vip", "email", "e-mail", "online", "all", "inclusive", "ultra",
}  # fmt: skip
_AGENCY = re.compile(r"crystal bay(?: travel)?(?:'s)?\Z")
# A hotel in small letters: «the sunrise palace hotel», «amiana grand».
_HOTEL_LIKE = re.compile(
    r"\b([a-z]{3,})\s+(?:grand|palace|resort|beach|villas|suites|inn|club|bay|plaza|gardens?)\b"
)
_KAZAKH_POINTING = re.compile(r"(?:бұл|осы|мына|сол|қай|қандай|бір|таңдаған|ұсынылған)\Z")
_A_HOTEL_FOLLOWS = re.compile(r"\s+(?:қонақ\s*үй|отел|курорт|палас|бич|резорт)", re.IGNORECASE)
# The readers judge dates; a month's or a day's name is nobody's name.
_CALENDAR = re.compile(
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)"
    r"(?:uary|ruary|ch|il|ust|tember|ober|ember|day|sday|nesday|rsday|urday)?\Z"
)
SURE = 0.8
_TAIL = r"[\w&'’-]*(?:\.\w[\w&'’-]*)*"
_LATIN_RUN = re.compile(rf"[A-Za-z]{_TAIL}(?:\s+(?:[A-Za-z]{_TAIL}|&))*")
_CAPITAL_RUN = re.compile(rf"[A-Z]{_TAIL}(?:\s+(?:[A-Z]{_TAIL}|&|of|by|the))*")
_CYRILLIC_CAPITAL = re.compile(r"(?<![\w-])[А-ЯЁӘҒҚҢӨҰҮҺІ][\wё-]*")
_SENTENCE_START = re.compile(r"(?:^|[.!?…\n:•]|\d[.)])[\s(—–-]*\Z")
_POLITE = re.compile(r"(?:вы|вас|вам|вами|ваш\w*|мен|сіз\w*|новый|новым|новом|нового)\Z")
# Words an English sentence of ours may begin with; anything else there could be a name.
_BEGINNINGS = word_set(
    "a an the here there this that these those we our i it its you your they he she what "
    "which who when where how why would could can may do does is are was were will shall have "
    "has please thank thanks hello hi good great sure yes no not from for on in at to with "
    "and but or so if as by of price prices departure flight flights tour tours hotel hotels "
    "room rooms meal meals breakfast option options all both each every first second third "
    "one two three four five six seven eight nine ten found nothing total also let leave "
    "write tell choose dates nights adults children cheapest manager sorry unfortunately "
    "welcome another next then than such only just stay check arrival return "
)


def unknown_names(text: str, grounds: Grounds) -> Iterator[Named]:
    """Names that are in nobody's facts."""
    yield from _brands(text, grounds)
    cyrillic = sum("а" <= char.lower() <= "я" for char in text)
    is_english = sum(char.isascii() and char.isalpha() for char in text) > cyrillic
    yield from _english(text, grounds) if is_english else _latin(text, grounds)
    yield from _cyrillic(text, grounds)
    for one in unlisted_names(fold(text)):
        if not _is_grounded(one.value, grounds) and not _is_place(one.value):
            yield one
    yield from _places(text, grounds)


def _brands(text: str, grounds: Grounds) -> Iterator[Named]:
    for found in _BRANDS.finditer(text):
        if not _is_grounded(found.group(), grounds):
            yield Named("name", found.group(), *found.span())


def _is_grounded(name: str, grounds: Grounds) -> bool:
    """A whole name, or the beginning or end of one: «Hessinda» of «Hessinda Hotel»."""
    words = " ".join(re.findall(r"[\w&'’-]+", name.lower()))
    known = (" ".join(re.findall(r"[\w&'’-]+", one)) for one in grounds.names)
    return any(f" {words} " in f" {one} " for one in known)


def _latin(text: str, grounds: Grounds) -> Iterator[Named]:
    """In a Russian or Kazakh text every Latin word is a name."""
    for found in _LATIN_RUN.finditer(text):
        name = found.group()
        if not _is_grounded(name, grounds) and not _is_ours(name):
            yield Named("name", name, *found.span())


def _is_ours(name: str) -> bool:
    """The agency itself, or words that are nobody's; «Crystal Bay Hotel» is neither."""
    plain = name.lower().rstrip(".")
    return bool(_AGENCY.match(plain)) or set(plain.split()) <= _OURS


def _english(text: str, grounds: Grounds) -> Iterator[Named]:
    for found in _CAPITAL_RUN.finditer(text):
        words = found.group().rstrip(".").split()
        if _SENTENCE_START.search(text[: found.start()]) and words[0].lower() in _BEGINNINGS:
            words = words[1:]
        while words and words[-1].lower() in {"of", "by", "the"}:
            words.pop()
        name = " ".join(words)
        if name and not _is_known_english(name, grounds):
            yield Named("name", name, *found.span())
    for found in _HOTEL_LIKE.finditer(text):
        if found[1] not in _BEGINNINGS and not _is_grounded(found.group(), grounds):
            yield Named("name", found.group(), *found.span())


def _is_known_english(name: str, grounds: Grounds) -> bool:
    if _is_grounded(name, grounds) or name == "I" or _is_ours(name):
        return True
    words = {word.lower().removesuffix("'s").rstrip(".") for word in name.split()}
    rest = {word for word in words - _OURS if not _CALENDAR.match(word)}
    return not rest or _is_place(name)


def _is_place(name: str) -> bool:
    """Whether places are all there is in it; the place check judges which ones."""
    view = view_of(name, lexicon())
    rest = view.text
    for mention in places_in(name):
        rest = rest[: mention.start] + " " * (mention.end - mention.start) + rest[mention.end :]
    return not re.search(r"\w", rest)


def _cyrillic(text: str, grounds: Grounds) -> Iterator[Named]:
    for found in _CYRILLIC_CAPITAL.finditer(text):
        word = found.group()
        if _POLITE.match(word.lower()) or _is_grounded(word, grounds) or _is_place(word):
            continue
        is_start = bool(_SENTENCE_START.search(text[: found.start()]))
        if not is_start or not _is_everyday(word, text) or _is_hotel(word, text[found.end() :]):
            yield Named("name", word, *found.span())


def _is_hotel(word: str, rest: str) -> bool:
    """«Амиана қонақ үйі»: a Kazakh sentence may begin with a name; «бұл қонақ үй» does not."""
    is_named = _A_HOTEL_FOLLOWS.match(rest) and re.search("[әғқңөұүһі]", rest)
    return bool(is_named) and not _KAZAKH_POINTING.match(word.lower())


def _is_everyday(word: str, text: str) -> bool:
    """A word that may begin a sentence. Kazakh has no dictionary here: brands are caught above."""
    is_kazakh = bool(re.search("[әғқңөұүһі]", text, re.IGNORECASE))
    is_compound = bool(COMPOUND.match(fold(word)))
    return is_kazakh or is_compound or lexicon().is_known(word.lower().replace("ё", "е"))


def places_in(text: str) -> list[Mention]:
    """Places that are surely named."""
    found = find_places(view_of(text, lexicon()), gazetteer(), lexicon())
    return [mention for mention in found if mention.confidence >= SURE]


def _places(text: str, grounds: Grounds) -> Iterator[Named]:
    for one, mention in places_named(text):
        is_known = any(
            place.name.lower() in grounds.places
            or (place.kind == "country" and place.country in grounds.countries)
            for place in mention.places
        )
        if not is_known and not _is_grounded(one.value, grounds):
            yield one


def places_named(text: str) -> Iterator[tuple[Named, Mention]]:
    view, after = view_of(text, lexicon()), 0
    for mention in sorted(places_in(text), key=lambda one: one.start):
        quote = view.quote(mention.start, mention.end)
        start = max(text.find(quote, after), 0)
        after = start + len(quote)
        yield Named("place", quote, start, after), mention
