"""Takes personal data out of what a model gets, and puts it back into what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_NAME = r"[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ][\w’'-]+"
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("EMAIL", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    (
        "CARD",
        re.compile(r"(?<!\d)\d{4}(?:[ -]?\d{4}){3}(?!\d)|\b(?i:kz)\d{2}(?:\s?[A-Za-z0-9]{4}){4}\b"),
    ),
    (
        "PHONE",
        re.compile(
            r"(?<![\d+])\+?\d(?:[\s\-()]{0,3}\d){9,14}(?!\d)|(?<!\d)\d{3}-\d{2}-\d{2}(?!\d)|"
            r"(?<!\d)\+?[78][ .]?\(?\d{3}\)?[ .]?\d{3}[ .]\d{2}[ .]\d{2}(?!\d)"
        ),
    ),
    # Kazakh passports and identity cards, Russian foreign passports, Kazakh personal numbers.
    (
        "DOCUMENT",
        re.compile(
            r"\b[A-ZА-Я]{1,2}\s?\d{7,8}\b|\b\d{2}\s?\d{7}\b|\b\d{9}\b|\b\d{12}\b|"
            r"(?:\bn|№)\W{0,2}\d{7,9}\b|(?<=паспорт )\W{0,2}\d{6,9}\b"
        ),
    ),
    # Who is introduced, has a patronymic, or is written as in a passport.
    (
        "NAME",
        re.compile(
            r"(?i:зовут|имя|фамилия|фио|с вами|my name is|атым|есімім)\s*[:—–-]?\s*"
            rf"(?P<name>{_NAME}(?:\s+{_NAME}){{0,2}})"
        ),
    ),
    (
        "NAME",
        re.compile(
            rf"(?:{_NAME}\s+){{1,2}}[А-ЯЁ]\w+(?:вич|вна)\w{{0,2}}\b|{_NAME}\s+\w+(?:ұлы|қызы)\b"
        ),
    ),
    ("NAME", re.compile(r"\b[A-Z]{3,}\s+[A-Z]{3,}(?:\s+[A-Z]{3,})?\b")),
)
LEAST_NAME = 2


@dataclass
class Mask:
    """One mask per question: the same value has the same placeholder in all its texts."""

    names: Iterable[str] = ()
    _known: dict[str, str] = field(default_factory=dict)

    def hide(self, text: str) -> str:
        """Replace phones, e-mails, documents and the given names by ‹PHONE1› and the like."""
        for kind, pattern in _KINDS:
            text = self._replaced(kind, pattern, text)
        for name in self._name_words():
            text = self._replaced("NAME", _forms(name), text)
        return text

    def show(self, text: str) -> str:
        """Put the hidden words back."""
        back: Mapping[str, str] = {mark: value for value, mark in self._known.items()}
        return re.sub(r"‹[A-Z]+\d+›", lambda found: back.get(found[0], ""), text)

    def _replaced(self, kind: str, pattern: re.Pattern[str], text: str) -> str:
        def hidden(found: re.Match[str]) -> str:
            name = found.groupdict().get("name") or found[0]
            return found[0].removesuffix(name) + self._placeholder(kind, name)

        return pattern.sub(hidden, text)

    def _placeholder(self, kind: str, value: str) -> str:
        if value not in self._known:
            number = 1 + sum(mark.startswith(f"‹{kind}") for mark in self._known.values())
            self._known[value] = f"‹{kind}{number}›"
        return self._known[value]

    def _name_words(self) -> list[str]:
        words = {word for name in self.names for word in re.findall(r"[^\W\d_]+", name)}
        return sorted((word for word in words if len(word) >= LEAST_NAME), key=len, reverse=True)


def _forms(name: str) -> re.Pattern[str]:
    """A name in its cases: «Анна», «Анне», «Анной»; one of two letters only as it stands."""
    if len(name) == LEAST_NAME:
        return re.compile(rf"\b{re.escape(name)}\b")
    stem = name[:-1] if len(name) > 3 and name[-1].lower() in "аеёийоуыьэюяі" else name
    return re.compile(rf"\b{re.escape(stem)}\w{{0,3}}\b", re.IGNORECASE)
