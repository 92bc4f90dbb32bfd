"""Where to and where from: places of a message and the part each plays in the journey."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from chat.ai.nlp.gazetteer import NEEDS_CONTEXT, Case, Gazetteer, Place
from chat.ai.nlp.lexicon import Lexicon
from chat.ai.nlp.month_names import MONTH
from chat.ai.nlp.normalize import Token, View
from chat.ai.nlp.transliteration import skeleton
from chat.ai.nlp.types import Fact

MAX_FUZZY_WORDS = 25  # keeps a pasted document linear

_LINK = r"(?:\s*(?:г\.?|гор\.?|город[ае]?|города|аэропорта?|о\.?|остров[ае]?|курорт[ае]?)\s*)?"
_FROM = re.compile(
    rf"(?:\b(?:из|изо|с|со|от|from|ex|вылет\w*|выезд\w*|вылета\w*|выл\.?)\s*[:\-]?\s*|"
    rf"\bвылет\w*\s+(?:из|с|от|по|город\w*)\s*[:\-]?\s*){_LINK}\W?$"
)
_TO = re.compile(rf"\b(?:в|во|на|до|to|in|по|о|об|для|за|и в|about)\s*{_LINK}[\"«(]?$")
_TAKE_OFF = re.compile(r"\bвылет\w*\s+(?:[а-я]+\s+){0,2}(?:из|с|со|от)\s*(?:г\.?\s*)?$")
_HERE = re.compile(
    r"\b(?:мы|я|жив[уе]м?|находи\w+|сам[аи]?|сами|проживаю|we are|"
    r"based)\s+(?:сейчас\s+)?(?:в|in)\s*$"
)
_REFUSED_BEFORE = re.compile(
    r"(?:\b(?:не|ни|кроме|отменит[еь]|уберите|убираем|передумал\w*|исключая|исключить|"
    r"помимо|минус|without|except|not|но не|но только не|только не)\b"
    r"(?:\s+(?:в|во|на|из|с|со|насчет|про|хочу|хотим|хотелось бы|хотел\w*|предлага\w+|"
    r"рассматрива\w+|надо|нужн\w+|интересует|to|from|лет\w+|поехать))*)\s*$"
)
_WITHOUT = re.compile(r"\b(?:без|хватит|надоел[аои]?|исключ\w+)\s*$")
_ONLY = re.compile(r"\bне только(?:\s+(?:в|на))?\s*$")
_REFUSED_AFTER = re.compile(
    r"^\s*(?:(?:точно|нам|мне|нас|меня|уже|пока|вообще|совсем|тоже|сразу|больше)\s+|-\s*)*"
    r"(?:отпада\w+|отпал\w*|вычерк\w+|убира\w+|не\s+(?:нужен|хо(?:чу|тим|"
    r"чется|телось)|рассматрива\w+|предлага\w+|надо|нужн\w+|"
    r"подход\w+|интерес\w+|нрав\w+|наш\w*|вариант|предложите)|исключ\w+|надоел\w*|"
    r"нет\b(?=\s*[,.!]|$)|баска|башка|"
    r"мимо\b|из-за виз не)"
)
_VISITED_BEFORE = re.compile(
    r"\b(?:был[аи]?|летал[аи]?|ездил[аи]?|отдыхал[аи]?)\s+(?:уже\s+)?(?:в|на|по)\s*$"
)
_VISITED_AFTER = re.compile(r"^\s*(?:мы\s+)?(?:уже\s+)?(?:был[аи]?|летали|ездили|отдыхали)\b")
_JOINED = re.compile(
    r"^\s*[,/+]?\s*(?:(?:и|или|ни|не|либо|and|or|nor)\s+)+(?:(?:в|во|на|не|из|"
    r"с)\s+)?$|^\s*/\s*$"
)
_LISTED = re.compile(r"^\s*,\s*$")
_EXCEPT = re.compile(r"\b(?:кроме|исключая|исключить|помимо|только не|без|except)\b")
# "Лучше Таиланд, Вьетнам не хочу" refuses one of the two.
_WISHED_BEFORE = re.compile(r"\b(?:лучше|давайте|хочу|хотим|только|именно)\s+(?:(?:в|на)\s+)?$")
_REPLACED = re.compile(r"\bвместо\s*$")


_TURKIC_GRAMMAR = re.compile(
    r"(?:сы|си|л[ае]р|д[ае]р|[мнг][ыи]з|б[ыи]з|ган|ген|тын|тин|[ае]ды|еди|[ае]мын|[аеыиу]г[ае])$"
)
_GOES_ON = re.compile(r"\s*(?:[\-/\d]|(?:на|в|с|из|или|от|есть)\b)")
_MONTH = re.compile(rf"{MONTH}$")


@dataclass
class Mention:
    places: tuple[Place, ...]
    case: Case
    start: int
    end: int
    confidence: float
    refused: bool = False

    def of_kind(self, *kinds: str) -> Place | None:
        return next((place for place in self.places if place.kind in kinds), None)


def find_places(view: View, places: Gazetteer, words: Lexicon) -> list[Mention]:
    """Return the place names of a message, longest first where names overlap."""
    mentions: list[Mention] = []
    tokens = view.tokens
    index = fuzzy_left = 0
    fuzzy_left = MAX_FUZZY_WORDS
    while index < len(tokens):
        length, form = _longest(tokens, index, view, places)
        confidence = 0.95
        if not form and fuzzy_left and _worth_guessing(tokens[index], view, words):
            fuzzy_left -= 1
            length, form, confidence = 1, _nearest(tokens[index].text, places), 0.7
        if form and _is_other_word(tokens[index], view):
            form = ""
        if form and not _needs_more(form, tokens[index], view):
            entry = places.forms[form]
            last = tokens[index + length - 1]
            mentions.append(
                Mention(entry.places, entry.case, tokens[index].start, last.end, confidence)
            )
        index += max(length, 1)
    _mark_refused(mentions, view.text)
    return mentions


def _is_other_word(token: Token, view: View) -> bool:
    """Tell "доллары США" from a country and Kazakh October from the city of Kazan."""
    if token.text.startswith("казан"):
        return view.quote(token.start, token.end).startswith(("қ", "Қ"))
    before = view.text[max(0, token.start - 12) : token.start]
    return token.text == "сша" and bool(re.search(r"доллар\w*\s*$", before))


def _longest(
    tokens: tuple[Token, ...], index: int, view: View, places: Gazetteer
) -> tuple[int, str]:
    for length in range(min(places.longest, len(tokens) - index), 0, -1):
        run = tokens[index : index + length]
        if length > 1 and not _adjacent(run, view.text):
            continue
        for spelling in (
            " ".join(token.typed for token in run),
            " ".join(token.text for token in run),
        ):
            if spelling in places.forms:
                return length, spelling
            if view.transliterated and len(spelling) > 3:
                known = places.by_skeleton.get(skeleton(spelling))
                if known:
                    return length, known
    return 0, ""


def _adjacent(run: Iterable[Token], text: str) -> bool:
    pairs = list(run)
    return all(
        set(text[left.end : right.start]) <= {" ", "-", "."} and right.start - left.end <= 3
        for left, right in zip(pairs, pairs[1:], strict=False)
    )


def _worth_guessing(token: Token, view: View, words: Lexicon) -> bool:
    """Tell whether a word may be a misspelt place: Kazakh grammar and months are not."""
    if len(token.text) < 5 or token.text.isascii() or words.is_known(token.text):
        return False
    return not (view.turkic and _TURKIC_GRAMMAR.search(token.text)) and not _MONTH.match(token.text)


def _nearest(word: str, places: Gazetteer) -> str:
    slips = 2 if len(word) >= 9 else 1
    found = process.extractOne(
        word, places.by_initial.get(word[0], ()), scorer=OSA.distance, score_cutoff=slips
    )
    if found:
        return str(found[0])
    swapped = word[1] + word[0] + word[2:]
    if swapped in places.forms:
        return swapped
    # "вегипет": a preposition typed together with the name.
    glued = re.match(r"(?:во|в|на|из)(?=\w{5})", word)
    rest = word[glued.end() :] if glued else ""
    return rest if rest in places.forms else ""


def _needs_more(form: str, token: Token, view: View) -> bool:
    """Tell whether a name that is also a word lacks the sign that a place is meant."""
    if form not in NEEDS_CONTEXT:
        return False
    before = view.text[max(0, token.start - 30) : token.start]
    if _FROM.search(before) or _TO.search(before):
        return False
    typed = view.quote(token.start, token.end)
    # A capital letter begins every message, so there it needs a second sign.
    return not typed[:1].isupper() or (
        token.start == 0 and not _GOES_ON.match(view.text[token.end :])
    )


def _mark_refused(mentions: list[Mention], text: str) -> None:
    previous: Mention | None = None
    listed = False
    for mention in mentions:
        before = text[max(0, mention.start - 40) : mention.start]
        after = text[mention.end : mention.end + 40]
        gap = text[previous.end : mention.start] if previous else "x"
        mention.refused = bool(
            (_REFUSED_BEFORE.search(before) and not _ONLY.search(before))
            or _WITHOUT.search(before)
            or _REPLACED.search(before)
            or _REFUSED_AFTER.match(after)
            or (
                previous
                and previous.refused
                and (_carries_on(gap) or listed and _LISTED.match(gap))
            )
        )
        listed = bool(mention.refused and (listed or _EXCEPT.search(before)))
        previous = mention
    for earlier, later in zip(mentions, mentions[1:], strict=False):
        # "Турция и Египет отпадают": the refusal after the last name covers the list.
        if (
            _REFUSED_AFTER.match(text[later.end : later.end + 40])
            and re.fullmatch(r"\s*(?:,|и|или)\s*", text[earlier.end : later.start])
            and not _WISHED_BEFORE.search(text[: earlier.start][-25:])
            and not _flown_from(earlier, text[max(0, earlier.start - 45) : earlier.start])
        ):
            earlier.refused = True


def _carries_on(gap: str) -> bool:
    return bool(_JOINED.match(gap))


def departure_and_destinations(
    mentions: list[Mention], view: View
) -> tuple[Mention | None, list[Mention]]:
    """Split mentions into the city flown from (the first accepted one) and places flown to."""
    departures: list[Mention] = []
    destinations: list[Mention] = []
    text = view.text
    marked = [m for m in mentions if _flown_from(m, text[max(0, m.start - 45) : m.start])]
    for index, mention in enumerate(mentions):
        previous = mentions[index - 1] if index else None
        if _is_departure(mention, previous, departures, view.text, bool(marked)):
            departures.append(mention)
        else:
            destinations.append(mention)
    accepted = [m for m in departures if not m.refused and m.of_kind("city", "resort")]
    if not accepted:
        return None, destinations
    # "Мы из Тараза, вылет из Шымкента"
    chosen = next((m for m in accepted if _TAKE_OFF.search(text[: m.start][-45:])), accepted[0])
    home = chosen.of_kind("city", "resort")
    return chosen, [m for m in destinations if home not in m.places or m.of_kind("country")]


def _flown_from(mention: Mention, before: str) -> bool:
    if mention.case == "from":
        return True
    found = _FROM.search(before)
    # "Недалеко от Кемера" is no departure; nobody flies "from" a resort with "от" or "с".
    return bool(found) and bool(
        mention.of_kind("city") or re.match(r"из|from|вылет", found.group() if found else "")
    )


def _is_departure(
    mention: Mention,
    previous: Mention | None,
    departures: list[Mention],
    text: str,
    marked_elsewhere: bool,
) -> bool:
    if mention.refused and not mention.of_kind("city"):
        return False
    before = text[max(0, mention.start - 45) : mention.start]
    if _flown_from(mention, before):
        return True
    if mention.of_kind("country"):
        return False
    if mention.case == "to":
        return False
    city = mention.of_kind("city")
    if not city:
        return False
    if _HERE.search(before):
        return True
    if _TO.search(before) or mention.case == "at":
        return bool(re.search(r"\bвылет\w*\s+(?:в|на)\s*$", before)) and not departures
    if previous and previous in departures and _carries_on(text[previous.end : mention.start]):
        return True
    return not departures and not marked_elsewhere


def place_facts(mentions: list[Mention], view: View) -> Iterator[Fact]:
    """Yield the four facts about places."""
    departure, destinations = departure_and_destinations(mentions, view)
    if departure:
        place = departure.of_kind("city", "resort")
        if place:
            yield _fact("departure_city", place.name, [departure], view)
    destinations = [m for m in destinations if not _was_visited(m, view.text)]
    if departure and len(destinations) > 1:
        destinations = [m for m in destinations if not _is_home(m, departure, view.text)]
    wished = [mention for mention in destinations if not mention.refused]
    refused = [mention for mention in destinations if mention.refused]
    # A resort wins over a city of the same name where somebody flies to it.
    countries = _unique(_destination(mention).country for mention in wished)
    if countries:
        yield _fact("countries", countries, wished, view)
    resorts = [m for m in wished if _destination(m).kind != "country"]
    if resorts:
        yield _fact("resorts", _unique(_destination(m).name for m in resorts), resorts, view)
    excluded = [
        m
        for m in refused
        if _destination(m).kind == "country" and _destination(m).country not in countries
    ]
    if excluded:
        codes = _unique(_destination(m).country for m in excluded)
        yield _fact("excluded_countries", codes, excluded, view)


def _was_visited(mention: Mention, text: str) -> bool:
    before, after = text[max(0, mention.start - 25) : mention.start], text[mention.end :][:25]
    return bool(_VISITED_BEFORE.search(before) or _VISITED_AFTER.match(after))


def _is_home(mention: Mention, departure: Mention, text: str) -> bool:
    """Tell the country in "Казахстан, Алматы", where the city is flown from."""
    country, city = mention.of_kind("country"), departure.of_kind("city", "resort")
    first, second = sorted((mention, departure), key=lambda m: m.start)
    together = not text[first.end : second.start].strip(" ,.(")
    return bool(country and city and country.country == city.country and together)


def _destination(mention: Mention) -> Place:
    return mention.of_kind("country") or mention.of_kind("resort") or mention.places[0]


def _unique(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _fact(name: str, value: str | list[str], mentions: list[Mention], view: View) -> Fact:
    quote = view.quote(mentions[0].start, mentions[-1].end)
    return Fact(name, value, quote, min(mention.confidence for mention in mentions))
