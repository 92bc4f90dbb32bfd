"""What the back office's templates need and Django does not bring."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from zlib import crc32

from django import template
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString, mark_safe

from common.admin import short_moment

register = template.Library()
register.filter(short_moment)

BELL_ICONS = {
    "lead": "lightning-charge",
    "message": "chat-dots",
    "hand_over": "person-raised-hand",
    "mention": "at",
}
TINTS = ("accent", "teal", "purple", "orange", "green")
_CELL = re.compile(r"^<(?P<tag>t[dh])(?P<rest>[^>]*)>(?P<content>.*)</t[dh]>$", re.DOTALL)
_EMPTY = {"", "-", "—"}


@register.filter
def initials(name: object) -> str:
    """At most two letters for the picture of a person."""
    words = re.findall(r"\w+", str(name))
    return "".join(word[0] for word in words[:2]).upper() or "?"


@register.filter
def tint_of(name: object) -> str:
    """The same person has the same colour on every page."""
    return TINTS[crc32(str(name).encode()) % len(TINTS)]


@register.filter
def marked(text: object, words: str) -> SafeString:
    """Show where in a text the words that somebody looked for stand."""
    pieces = re.split(f"({re.escape(words)})", str(text), flags=re.IGNORECASE) if words else [text]
    return format_html_join(
        "",
        "{}{}{}",
        (
            (mark_safe("<mark>"), piece, mark_safe("</mark>")) if number % 2 else ("", piece, "")
            for number, piece in enumerate(pieces)
        ),
    )


@register.filter
def bell_icon(kind: str) -> str:
    return BELL_ICONS.get(kind, "bell")


@register.filter
def without_colon(label_tag: str) -> SafeString:
    return mark_safe(label_tag.replace(":</label>", "</label>"))  # noqa: S308 - Django's own tag


@register.filter
def labelled_cells(result: Iterable[str], headers: Iterable[dict[str, Any]]) -> list[SafeString]:
    """Tell each cell of a list the name of its column: on a phone rows become cards."""
    return [_labelled(cell, header["text"]) for cell, header in zip(result, headers, strict=False)]


def _labelled(cell: str, label: object) -> SafeString:
    match = _CELL.match(str(cell).strip())
    if match is None or "action-checkbox" in match["rest"]:
        return mark_safe(cell)  # noqa: S308 - made by the admin's own template tag
    is_empty = match["content"].strip() in _EMPTY or 'alt="False"' in match["content"]
    empty = " data-empty" if is_empty else ""
    name = escape(str(label)[:1].upper() + str(label)[1:])
    opening = f'<{match["tag"]} data-label="{name}"{empty}{match["rest"]}>'
    # The admin's own cell with one escaped attribute more.
    return mark_safe(f"{opening}{match['content']}</{match['tag']}>")  # noqa: S308
