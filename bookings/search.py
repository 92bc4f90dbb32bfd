"""Searches of tours with a short memory: the same question within minutes has the same answer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress

from django.core.cache import cache
from redis.exceptions import RedisError

from bookings.operator import ask_operator
from integrations.tours.base import OnPage, SearchResult, ToursConnector, TourSearch
from integrations.transport.errors import TransientError

FRESH_S = 10 * 60
LEAST_S = 1.0


def search_tours(search: TourSearch, timeout_s: float | None = None) -> SearchResult:
    """Ask the operator, or return its answer of the last ten minutes (see `checked_at`).

    A network call of seconds: never inside a transaction or a web request. Raises a
    ConnectorError; an unavailable operator is never told as an empty result. `timeout_s`: less
    than an operator usually gets, so that its silence by then says nothing against it.
    """
    known = remembered(search)
    if known is not None:
        return known
    if timeout_s is not None and timeout_s < LEAST_S:
        raise TransientError("There is no time left to ask the operator")
    return _asked(lambda operator: operator.search(search, timeout_s=timeout_s), search, timeout_s)


def search_afresh(
    search: TourSearch,
    *,
    on_page: OnPage | None = None,
    max_pages: int | None = None,
    timeout_s: float | None = None,
) -> SearchResult:
    """Ask the operator whatever is remembered; the answer is remembered if it is whole."""
    return _asked(
        lambda operator: operator.search(
            search, on_page=on_page, max_pages=max_pages, timeout_s=timeout_s
        ),
        search,
    )


def _asked(
    call: Callable[[ToursConnector], SearchResult],
    search: TourSearch,
    patience_s: float | None = None,
) -> SearchResult:
    result = ask_operator(call, patience_s=patience_s)
    if result.is_complete:
        with suppress(RedisError):
            cache.set(_key(search), result, FRESH_S)
    return result


def remembered(search: TourSearch) -> SearchResult | None:
    with suppress(RedisError):
        known: SearchResult | None = cache.get(_key(search))
        return known
    return None


def _key(search: TourSearch) -> str:
    """Every filter is part of it, and nothing else."""
    text = json.dumps(search.as_dict(), sort_keys=True)
    return f"tours:{hashlib.sha256(text.encode()).hexdigest()}"
