"""What the pages of all apps ask of a request."""

from __future__ import annotations

from django.http import HttpRequest


def is_script(request: HttpRequest) -> bool:
    """Whether our own script asks, and wants JSON instead of a page."""
    return request.headers.get("Accept", "").startswith("application/json")
