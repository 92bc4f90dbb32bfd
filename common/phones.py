"""Telephone numbers as customers of a Kazakh agency write them."""

from __future__ import annotations

import re

import phonenumbers

_LONG_NUMBER = re.compile(r"\+?\d(?:[\s().-]*\d){6,}")


def normalize_phone(text: str) -> str | None:
    """Return the number in E.164 (`+77012223344`) or None if it is not a possible number.

    National numbers are read as Kazakhstan's plan, which shares +7 with Russia: `8 7xx` is
    Kazakh, `8 9xx` Russian, both get `+7`.
    """
    try:
        number = phonenumbers.parse(text, "KZ")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mask_phone(phone: str) -> str:
    """`+77012223344` -> `+7701•••3344`, for lists and logs seen by people without the right."""
    return f"{phone[:5]}•••{phone[-4:]}" if len(phone) > 9 else "•••"


def hide_phones(text: str) -> str:
    """Mask what looks like a phone: some channels give the number where a name should be."""
    return _LONG_NUMBER.sub("•••", text)
