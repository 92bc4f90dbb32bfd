"""Names of the catalogue as customers say them: Russian or Latin letters, typos, any word order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.db.models import QuerySet
from rapidfuzz import fuzz, process

from bookings.models import CatalogueEntry

SURE = 86.0  # of 100: below it a person has to choose
LIKELY = 70.0
SEPARATOR = "|"

_LATIN = {
    **dict(zip("абвгдеёзийклмнопрстуфхыэ", "abvgdeeziiklmnoprstufhie", strict=True)),
    **{"ж": "zh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sh", "ю": "iu", "я": "ia"},
    **{"ъ": "", "ь": ""},
}
# Spellings of one sound, in the order they are replaced.
_SAME_SOUND = (
    *(("ph", "f"), ("ck", "k"), ("x", "ks"), ("qu", "kv"), ("w", "v"), ("ou", "u"), ("ee", "i")),
    *(("y", "i"), ("j", "zh"), ("c", "k"), ("q", "k"), ("kh", "h"), ("th", "t")),
)
_WORD = re.compile(r"[a-z0-9]+")
_DOUBLE = re.compile(r"(.)\1+")


def sound_key(name: str) -> str:
    """How a name sounds, in Latin letters: `Риксос` and `Rixos` are both `riksos`."""
    latin = "".join(_LATIN.get(letter, letter) for letter in name.casefold())
    for spelling, sound in _SAME_SOUND:
        latin = latin.replace(spelling, sound)
    return " ".join(_DOUBLE.sub(r"\1", word) for word in _WORD.findall(latin))


def entry_key(name: str, name_alt: str) -> str:
    """What is stored with an entry to find it by either of its names."""
    return SEPARATOR.join(dict.fromkeys(sound_key(each) for each in (name, name_alt) if each))


def find_entries(
    said: str, entries: QuerySet[CatalogueEntry], *, limit: int = 20, cutoff: float = LIKELY
) -> list[CatalogueEntry]:
    """The entries whose name is like what was said, the likest first; none for empty words."""
    key = sound_key(said)
    if not key:
        return []
    likest = _likest(key, entries, limit, cutoff)
    found = {entry.pk: entry for entry in CatalogueEntry.objects.filter(pk__in=likest)}
    return [found[pk] for pk in likest if pk in found]


def find_entry(said: str, entries: QuerySet[CatalogueEntry]) -> CatalogueEntry | None:
    """The one entry that is surely meant."""
    return next(iter(find_entries(said, entries, limit=1, cutoff=SURE)), None)


def _likest(
    key: str, entries: QuerySet[CatalogueEntry], limit: int, cutoff: float
) -> Sequence[int]:
    literally = list(entries.filter(search_key__contains=key).values_list("pk", "search_key"))
    candidates = literally or list(entries.values_list("pk", "search_key"))
    names = [(pk, name) for pk, keys in candidates for name in keys.split(SEPARATOR)]
    scored = process.extract(
        key,
        [name for _pk, name in names],
        scorer=_likeness,
        limit=limit * 2,
        score_cutoff=0 if literally else cutoff,
    )
    return list(dict.fromkeys(names[index][0] for _name, _score, index in scored))[:limit]


def _likeness(said: str, name: str, *, score_cutoff: float | None = None) -> float:
    """Whole names are compared letter by letter; a part said alone counts a little less."""
    whole = fuzz.token_sort_ratio(said, name)
    part = 0.95 * fuzz.partial_token_ratio(said, name) if len(said) >= 4 else 0.0
    return max(whole, part if _is_part(said, name) else 0.0)


def _is_part(said: str, name: str) -> bool:
    """Every word said is like some word of the name; one common word is not enough."""
    words = name.split()
    return all(
        max((fuzz.ratio(word, each) for each in words), default=0) >= LIKELY
        for word in said.split()
    )
