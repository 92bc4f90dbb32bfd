from __future__ import annotations

from integrations.registry import NotConfigured, tours_connector
from integrations.tours.base import SearchResult, TourSearch
from integrations.transport.errors import ConfigError


def search_tours(search: TourSearch) -> SearchResult:
    """Ask the operator. A network call of seconds: never inside a transaction or a web request.

    Raises a ConnectorError; an unavailable operator is never told as an empty result.
    """
    try:
        connector = tours_connector()
    except NotConfigured as error:
        raise ConfigError(f"Not configured: {error}") from error
    return connector.search(search)
