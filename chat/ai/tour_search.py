"""Searches of one inquiry, one after the other, within the time that is left."""

from __future__ import annotations

from collections.abc import Iterable

from chat.ai.base import SearchTours
from integrations.tours.base import SearchResult, TourSearch
from integrations.transport.deadline import Deadline
from integrations.transport.errors import ConnectorError


def search_in_turn(
    search_tours: SearchTours, searches: Iterable[TourSearch], deadline: Deadline
) -> list[SearchResult]:
    """What has come by then. Raises the last ConnectorError where nothing came at all."""
    results: list[SearchResult] = []
    failure: ConnectorError | None = None
    for search in searches:
        try:
            results.append(search_tours(search, deadline.left_s()))
        except ConnectorError as error:
            failure = error
    if failure and not results:
        raise failure
    return results
