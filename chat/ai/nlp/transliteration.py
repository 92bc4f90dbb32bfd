"""Russian typed with Latin letters: recognised by its small words, then read back as Cyrillic."""

from __future__ import annotations

import re
from collections.abc import Callable

from chat.ai.nlp.word_sets import word_set

_RUSSIAN_WORDS = word_set(
    "iz na s v i do ot po dlya dlia tur tura tury turi turov "
    "hochu hotim xochu xotim hotela "
    "nado nuzhen nuzhna nujen skolko stoit budet privet zdravstvuyte "
    "zdravstvuite zdrastvuite dobryi "
    "spasibo spasib noch nochey nochei nochi dnei dney dnya "
    "vzroslyh vzroslih vzr rebenok rebenka "
    "deti detei budzhet byudzhet zvezd zvezdy zvezdi vse vklucheno "
    "vklyucheno est mozhno mojno kogda "
    "kak gde chto li ne u vas nas vam mne my mi dvoih dvoe troe "
    "leto letom iyun iyul avgust sentyabr "
    "tenge tys tysyach more moru ili tolko poletet pojehat "
    "poehat den dobriy segodnya zavtra oplata "
    "menya bilet bilety otpusk otdyh otdih nedelyu nedeli "
    "nedelya a no vilet vylet lyudei chelovek "
    "let god goda nuzhna oplatit podobrat podberite perezvonite bez"
)
_ENGLISH_WORDS = word_set(
    "the to for from in and is are we i you your what how with of a please want need "
    "hi hello price "
    "nights night adults adult kids children child do does "
    "can could would like looking trip tour "
    "holiday package hotel star stars people person week weeks "
    "days all inclusive me my our at on "
    "any have has there when where much cost budget about not "
    "or thanks thank visa flight july june more than no up usd dollars max maximum "
    "august september october may march april passport transfer operator document documents "
    "ultra hello included"
)
_DIGRAPHS = (
    ("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш"),
    ("yu", "ю"), ("iu", "ю"), ("ju", "ю"), ("ya", "я"), ("ja", "я"), ("yo", "е"), ("jo", "е"),
    ("ye", "е"), ("je", "е"), ("iy", "ий"), ("yi", "ый"), ("ii", "ий"), ("yy", "ый"),
)  # fmt: skip
_LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz'", "абцдефгхижклмнопкрстуввхызь", strict=True)) | {
    "4": "ч"
}
_PIECE = re.compile("|".join(pair[0] for pair in _DIGRAPHS) + "|.", re.DOTALL)
_DIGRAPH_TABLE = dict(_DIGRAPHS)
_SHORT_I = re.compile(r"(?<=[аеоуы])[иы](?=$|[бвгджзклмнпрст])")


def looks_transliterated(latin_words: list[str], is_trade: Callable[[str], bool]) -> bool:
    """Tell Russian in Latin letters from English by the words only one of them has."""
    english = sum(word in _ENGLISH_WORDS for word in latin_words)
    russian = sum(word in _RUSSIAN_WORDS or _is_russian(word, is_trade) for word in latin_words)
    return russian > english


def _is_russian(word: str, is_trade: Callable[[str], bool]) -> bool:
    return len(word) > 4 and word not in _ENGLISH_WORDS and is_trade(to_cyrillic(word))


def to_cyrillic(word: str) -> str:
    """Read one lower-case Latin word as Russian: "nochei" -> "ночей"."""
    letters = "".join(
        _DIGRAPH_TABLE.get(piece) or _LETTERS.get(piece, piece) for piece in _PIECE.findall(word)
    )
    return _SHORT_I.sub("й", letters)


_SKELETON_MAP = str.maketrans({"ь": "", "ъ": "", "э": "е", "ы": "и", "й": "и", "щ": "ш", "ю": "у"})
_DOUBLE = re.compile(r"(.)\1")


def skeleton(word: str) -> str:
    """Drop what transliteration loses, so that "взрослих" and "взрослых" compare equal."""
    bare = word.translate(_SKELETON_MAP).replace("тс", "ц").replace("иа", "ия")
    return _DOUBLE.sub(r"\1", bare)
