"""How a selection reaches the client: upper apps know the channels. Wiring fills the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from leads.models import Lead


@dataclass(frozen=True)
class Route:
    """One chat with the client. `send` takes the text and a key: the same key is sent once.

    `draft` puts the text into the field of the person's answer, behind what stands there.
    """

    key: str
    label: str
    url: str
    send: Callable[[str, User, str], None]
    draft: Callable[[str, User], None]


# The chats of a lead that this person may write into, the latest first.
routes_of: list[Callable[[Lead, User], Sequence[Route]]] = []


def routes(lead: Lead, user: User) -> list[Route]:
    return [route for source in routes_of for route in source(lead, user)]
