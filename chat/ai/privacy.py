"""Takes personal data out of what a model gets, and puts it back into what it says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("EMAIL", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("PHONE", re.compile(r"(?<![\w+])\+?\d(?:[\s\-()]{0,3}\d){9,14}(?!\d)")),
    # Kazakh passports and identity cards, Russian foreign passports, Kazakh personal numbers.
    ("DOCUMENT", re.compile(r"\b[A-ZА-Я]{1,2}\s?\d{7,8}\b|\b\d{2}\s?\d{7}\b|\b\d{9}\b|\b\d{12}\b")),
)
LEAST_NAME = 3


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
            pattern = re.compile(rf"\b{re.escape(name)}\w{{0,3}}\b", re.IGNORECASE)
            text = self._replaced("NAME", pattern, text)
        return text

    def show(self, text: str) -> str:
        """Put the hidden words back."""
        back: Mapping[str, str] = {mark: value for value, mark in self._known.items()}
        return re.sub(r"‹[A-Z]+\d+›", lambda found: back.get(found[0], ""), text)

    def _replaced(self, kind: str, pattern: re.Pattern[str], text: str) -> str:
        return pattern.sub(lambda found: self._placeholder(kind, found[0]), text)

    def _placeholder(self, kind: str, value: str) -> str:
        if value not in self._known:
            number = 1 + sum(mark.startswith(f"‹{kind}") for mark in self._known.values())
            self._known[value] = f"‹{kind}{number}›"
        return self._known[value]

    def _name_words(self) -> list[str]:
        words = {word for name in self.names for word in re.findall(r"[^\W\d_]+", name)}
        return sorted((word for word in words if len(word) >= LEAST_NAME), key=len, reverse=True)
