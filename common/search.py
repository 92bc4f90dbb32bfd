"""What one app lets the search of the back office find. The composition root lists the sources."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.utils.functional import Promise

Viewer = User | AnonymousUser


@dataclass(frozen=True)
class Row:
    """One thing found; plain text, in which the words looked for get marked."""

    url: str
    title: str
    detail: str = ""
    aside: str = ""


@dataclass(frozen=True)
class Source:
    """One group of results.

    `find(viewer, words, limit)` gives only what the viewer may see, newest first. `is_open` says
    whether the viewer may look at such things at all. `list_url` names the page with all of them.
    """

    label: str | Promise
    icon: str
    is_open: Callable[[Viewer], bool]
    find: Callable[[Viewer, str, int], Sequence[Row]]
    list_url: str = ""


def excerpt(text: str, words: str, length: int = 110) -> str:
    """The piece of a long text around what was looked for, in one line."""
    line = " ".join(text.split())
    at = max(0, line.lower().find(words.lower()) - length // 3)
    piece = line[at : at + length].strip()
    return f"{'…' if at else ''}{piece}{'…' if at + length < len(line) else ''}"
