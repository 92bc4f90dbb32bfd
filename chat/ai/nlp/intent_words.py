"""Words that give an intent away, read from `words/*.txt`.

A file holds the words of one sense. A line is one regular expression over the view (lower case,
"е" for "ё", Kazakh letters folded, numbers as digits); `[name]` begins a set; `#` a comment;
`{tour_noun}` stands for the set of that name.
"""

from __future__ import annotations

import re
from pathlib import Path


def _read_sets() -> dict[str, list[str]]:
    sets: dict[str, list[str]] = {}
    for path in sorted(Path(__file__).with_name("words").glob("*.txt")):
        lines: list[str] = []
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("[") and line.endswith("]"):
                lines = sets[line[1:-1]] = []
            elif line and not line.startswith("#"):
                lines.append(line)
    return sets


_SETS = _read_sets()
_TOUR_NOUN = f"(?:{'|'.join(_SETS['tour_noun'])})"


def _any(name: str) -> re.Pattern[str]:
    alternatives = "|".join(f"(?:{line})" for line in _SETS[name])
    return re.compile(alternatives.replace("{tour_noun}", _TOUR_NOUN))


GREETING = _any("greeting")
SALUTE = _any("salute")
THANKS = _any("thanks")
THANKS_FILLER = _any("thanks_filler")
CLOSING = _any("closing")
VISIT = _any("visit")
CONGRATULATION = _any("congratulation")
CANCEL = _any("cancel")
WEAK_CANCEL = _any("weak_cancel")
CANCEL_TERMS = _any("cancel_terms")
BOOKING = _any("booking")
OWN_BOOKING = _any("own_booking")
PAYMENT = _any("payment")
REFUND = _any("refund")
PAID = _any("paid")
DOCUMENTS = _any("documents")
COMPLAINT = _any("complaint")
PRICE_OBJECTION = _any("price_objection")
HUMAN = _any("human")
OTHER_QUESTION = _any("other_question")
QUESTION = _any("question")
TICKETS = _any("tickets")
FLIGHTS = _any("flights")
TOUR_ASK = _any("tour_ask")
FIRM_ASK = _any("firm_ask")
CHANGE_OF_MIND = _any("change_of_mind")
HOTEL_WISH = _any("hotel_wish")
TOUR = _any("tour")
PAST_TRIP = _any("past_trip")
SPAM = _any("spam")
PASSPORT_DATA = _any("passport_data")
