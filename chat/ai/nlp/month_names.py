"""Month names of four languages, as regular expressions over the view."""

from __future__ import annotations

import re

_FULL = {
    1: r"январ[а-я]*|янв|кантар[а-я]*|january",
    2: r"феврал[а-я]*|февр?|акпан[а-я]*|february",
    3: r"март(?:а|е|у|ом)?|наурыз(?:да|дын|дан|га)|march",
    4: r"апрел[а-я]*|апр|сауир[а-я]*|april",
    5: r"ма(?:й|я|е|ю|ем)|мамыр[а-я]*",
    6: r"июн[а-я]*|маусым[а-я]*|june",
    7: r"июл[а-я]*|шилде[а-я]*|july",
    8: r"август[а-я]*|авг|тамыз[а-я]*|august",
    9: r"сентябр[а-я]*|сент|кыркуйек[а-я]*|september",
    10: r"октябр[а-я]*|окт|казан(?:да|ын|нын|ында|дан)|казан(?=\s+ай)|october",
    11: r"ноябр[а-я]*|нояб|караша[а-я]*|november",
    12: r"декабр[а-я]*|дек|желтоксан[а-я]*|december",
}
# Too short or too common to be a month on their own, good ones after a day number.
_SHORT = {
    1: "jan", 2: "feb", 3: "мар|mar|наурыз", 4: "apr", 5: "may", 6: "jun|юн[ья]", 7: "jul|юл[ья]",
    8: "aug", 9: "сен|sept?", 10: "oct|казан", 11: "ноя|nov", 12: "dec",
}  # fmt: skip


def _alternatives(names: dict[int, str]) -> str:
    return "|".join(names[number] for number in sorted(names))


MONTH = rf"(?:{_alternatives(_FULL)})\b"
MONTH_AFTER_DAY = rf"(?:{_alternatives(_FULL)}|{_alternatives(_SHORT)})\b"
YEAR = r"(?:[\s,]*(20[2-9]\d)(?!\d)(?:\s*(?:года?|г\b\.?|жыл\w*))?)?"

_EACH = {number: re.compile(rf"(?:{_FULL[number]}|{_SHORT[number]})\Z") for number in _FULL}


def month_number(name: str) -> int:
    """Return the number of a month matched by one of the expressions above."""
    return next(number for number, pattern in _EACH.items() if pattern.match(name))
