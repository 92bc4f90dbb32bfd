"""Search over everything, Ctrl-K: asks the sources of all apps, each with the person's own rights.

The same address is a page of its own, for those without JavaScript.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from common.search import Row, Source, Viewer

SHOWN = 5
# PostgreSQL finds pieces of three letters by index; two would read every row.
LEAST_LETTERS = 3
MOST_LETTERS = 100
# Filled in by the wiring, in the order in which groups are shown.
sources: list[Source] = []


@dataclass(frozen=True)
class Group:
    source: Source
    rows: Sequence[Row]
    more_url: str


def search_groups(viewer: Viewer, words: str) -> list[Group]:
    """What was found, group by group; empty groups are left out."""
    if len(words) < LEAST_LETTERS:
        return []
    found = [(source, source.find(viewer, words, SHOWN + 1)) for source in open_sources(viewer)]
    return [
        Group(source, rows[:SHOWN], _more(source, rows, words)) for source, rows in found if rows
    ]


def open_sources(viewer: Viewer) -> list[Source]:
    return [source for source in sources if source.is_open(viewer)]


def _more(source: Source, rows: Sequence[Row], words: str) -> str:
    if not source.list_url or len(rows) <= SHOWN:
        return ""
    return f"{reverse(source.list_url)}?{urlencode({'q': words})}"


@require_GET
@never_cache
def search_page(request: HttpRequest) -> HttpResponse:
    """A whole page, or only the results where a script asks for them."""
    if not open_sources(request.user):
        raise PermissionDenied
    words = " ".join(request.GET.get("q", "").replace("\0", "").split())[:MOST_LETTERS]
    context = {
        "words": words,
        "is_short": len(words) < LEAST_LETTERS,
        "groups": search_groups(request.user, words),
    }
    if request.headers.get("X-Fragment"):
        return render(request, "admin/search/results.html", context)
    frame = {**admin.site.each_context(request), "title": _("Search everywhere")}
    return render(request, "admin/search/page.html", {**frame, **context})
