"""Full-text search over the knowledge base; the same on SQLite and PostgreSQL."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from chat.ai.base import Passage
from chat.ai.nlp.stems import stems
from chat.models import Article

LONGEST = 700
SHOWN = 3
# A message has few telling words; whoever pastes a page is not searched for all of it.
MOST_WORDS = 20
_LINK = re.compile(r"!?\[([^\]]*)\]\(([^)\s]+)[^)]*\)")
_MARKS = re.compile(r"(?m)^\s{0,3}(?:#{1,6}\s+|>\s?)|[*_`~]{1,3}(?=\S)|(?<=\S)[*_`~]{1,3}")


def find_passages(query: str, language: str) -> list[Passage]:
    """The best passages for a question, best first; in Russian where the language has none.

    `score`: the share of the question's telling words that the article has, rare ones count more.
    """
    wanted = list(dict.fromkeys(stems(query)))[:MOST_WORDS]
    for chosen in dict.fromkeys((language, "ru")):
        if found := _ranked(wanted, valid_articles(timezone.localdate()).filter(language=chosen)):
            return found[:SHOWN]
    return []


def valid_articles(today: date) -> QuerySet[Article]:
    return Article.objects.filter(is_published=True).filter(
        Q(valid_until=None) | Q(valid_until__gte=today)
    )


def articles_with(query: str, articles: QuerySet[Article]) -> QuerySet[Article]:
    """Articles that have any of the words, for the list of the back office."""
    some = Q()
    for stem in stems(query)[:MOST_WORDS]:
        some |= Q(words__contains=f" {stem} ")
    return articles.filter(some) if some else articles.none()


def _ranked(wanted: list[str], articles: QuerySet[Article]) -> list[Passage]:
    if not wanted:
        return []
    total, rows = articles.count(), list(articles_with(" ".join(wanted), articles))
    weights = {}
    for stem in wanted:
        having = sum(f" {stem} " in row.words for row in rows)
        weights[stem] = math.log(1 + (total + 1) / (having + 0.5))
    passages = [_passage(row, wanted, weights) for row in rows]
    return sorted(passages, key=lambda one: (-one.score, one.title))


def _passage(row: Article, wanted: list[str], weights: dict[str, float]) -> Passage:
    matched = sum(weights[stem] for stem in wanted if f" {stem} " in row.words)
    text = shortened(plain(row.text), wanted)
    return Passage(row.title, text, row.language, matched / sum(weights.values()))


def plain(markdown: str) -> str:
    """The words of a Markdown text as a messenger shows them."""
    text = _LINK.sub(lambda found: f"{found[1]} ({found[2]})".strip(), markdown)
    return _MARKS.sub("", text).replace("\r\n", "\n").strip()


def shortened(text: str, wanted: Iterable[str]) -> str:
    """The paragraphs that say most of what is wanted, in their order, up to 700 characters."""
    paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
    wanted = set(wanted)
    by_worth = sorted(paragraphs, key=lambda part: -len(wanted & set(stems(part))))
    kept: list[str] = []
    for part in by_worth:
        if sum(map(len, kept)) + len(part) <= LONGEST:
            kept.append(part)
    return "\n\n".join(part for part in paragraphs if part in kept) or by_worth[0][:LONGEST]
