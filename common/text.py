from __future__ import annotations

import re
from unicodedata import category

from django.utils.translation import gettext as _

from common.errors import InvalidInput

# Reverses what follows, to make «exe.gpj» look like a picture: nobody types it.
_OVERRIDE = "\u202e"
_BIDI_MARKS = dict.fromkeys(
    map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u2066\u2067\u2068\u2069")
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ACTIVE_MARKUP = re.compile(r"<\s*/?\s*(?:script|iframe|object|embed|svg|img)\b", re.IGNORECASE)


def clean_message(text: str, *, limit: int) -> str:
    """Return a customer's text ready to store. Raises InvalidInput with a code and a sentence.

    Direction marks that phones copy along with numbers are dropped; what can only be a trick
    (null bytes, control characters, text reversal, active markup) is refused.
    """
    if _CONTROLS.search(text) or _OVERRIDE in text:
        message = _("The message contains hidden control characters. Please type it again.")
        raise InvalidInput(message, code="control_characters", field="text")
    if _ACTIVE_MARKUP.search(text):
        message = _("The message contains program code. Please write it as plain text.")
        raise InvalidInput(message, code="markup", field="text")
    text = text.translate(_BIDI_MARKS).replace("\r\n", "\n").strip()
    if all(category(char) in ("Cf", "Zs", "Zl", "Zp", "Cc") for char in text):
        raise InvalidInput(_("The message is empty."), code="empty", field="text")
    if len(text) > limit:
        message = _("The message is too long: at most %(limit)s characters.") % {"limit": limit}
        raise InvalidInput(message, code="too_long", field="text")
    return text


def utf16_length(text: str) -> int:
    """The length as messengers count it: an emoji is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


_ENDS = ("\n\n", "\n", ". ", "! ", "? ", "; ", ", ", " ")


def split_text(text: str, limit: int) -> list[str]:
    """Cut a text into parts of at most `limit` UTF-16 units, at the ends of sentences if it can.

    Nothing is lost but the blanks at the cuts.
    """
    parts, rest = [], text.strip()
    while utf16_length(rest) > limit:
        head = _fitting(rest, limit)
        cut = next(
            (at for end in _ENDS if (at := _last_end(head, end)) > len(head) // 3), len(head)
        )
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [part for part in [*parts, rest] if part]


def _fitting(text: str, limit: int) -> str:
    units = text.encode("utf-16-le", "surrogatepass")[: limit * 2]
    # Half of an emoji at the cut is left for the next part.
    return units.decode("utf-16-le", "ignore")


def _last_end(text: str, end: str) -> int:
    at = text.rfind(end)
    return at + len(end) if at >= 0 else -1
