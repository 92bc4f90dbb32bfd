"""The client's telephone number inside a message."""

from __future__ import annotations

import re

from chat.ai.nlp.normalize import View
from chat.ai.nlp.types import Fact
from common.phones import normalize_phone

_PHONE = re.compile(r"(?<![\d+])\+?\d(?:[\s\-().]{0,3}\d){8,14}(?!\d)")


def phone_facts(view: View) -> list[Fact]:
    """Return the first run of digits that makes a telephone number."""
    for found in _PHONE.finditer(view.text):
        phone = _as_phone(found.group())
        if phone:
            return [Fact("phone", phone, view.quote(found.start(), found.end()), 0.95)]
    return []


def phone_spans(text: str) -> list[tuple[int, int]]:
    return [f.span() for f in _PHONE.finditer(text) if _as_phone(f.group())]


def _as_phone(written: str) -> str | None:
    digits = re.sub(r"\D", "", written)
    if written.startswith("+"):
        return normalize_phone("+" + digits)
    if len(digits) == 11 and digits[0] in "78":
        return normalize_phone("+7" + digits[1:])
    if len(digits) == 10 and digits[0] in "79":
        return normalize_phone("+7" + digits)
    if len(digits) == 10 and digits[0] == "0":
        return normalize_phone("+996" + digits[1:])
    if len(digits) == 12 and digits.startswith(("996", "998", "992", "375", "380")):
        return normalize_phone("+" + digits)
    return None
