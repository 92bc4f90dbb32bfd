from __future__ import annotations

from babel import Locale
from django.utils import translation


def country_name(code: str) -> str:
    """ISO alpha-2 → the name in the language of the moment; the code itself if it is unknown."""
    language = (translation.get_language() or "ru")[:2]
    return str(Locale(language).territories.get(code, code))
