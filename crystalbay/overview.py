"""Cards of the start page: what waits for the person who has just come in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crystalbay.counters import my_open_lead_count, new_lead_count, unanswered_count
from crystalbay.menu import CHATS, LEADS, MenuEntry, Text


@dataclass(frozen=True)
class WaitingCard:
    """`query` narrows the list that the card opens to what it counts."""

    entry: MenuEntry
    query: str
    icon: str
    tone: str
    label: Text
    hint: Text
    count: Callable[[User], int]

    def seen_by(self, user: User) -> dict[str, Any]:
        return {
            "url": f"{self.entry.url}{self.query}",
            "icon": self.icon,
            "tone": self.tone,
            "label": self.label,
            "hint": self.hint,
            "number": self.count(user),
        }


CARDS = (
    WaitingCard(
        entry=CHATS,
        query="?waiting=yes",
        icon="chat-dots",
        tone="orange",
        label=_("Unanswered chats"),
        hint=_("Clients who wait for a person's answer"),
        count=unanswered_count,
    ),
    WaitingCard(
        entry=LEADS,
        query="?stage__code__exact=new",
        icon="lightning-charge",
        tone="accent",
        label=_("New leads"),
        hint=_("Nobody has started on them yet"),
        count=new_lead_count,
    ),
    WaitingCard(
        entry=LEADS,
        query="?whose=mine",
        icon="person-check",
        tone="green",
        label=_("My leads at work"),
        hint=_("Open leads you are responsible for"),
        count=my_open_lead_count,
    ),
)


def waiting_cards(request: HttpRequest) -> list[dict[str, Any]]:
    person = cast(User, request.user)
    return [card.seen_by(person) for card in CARDS if card.entry.is_shown(request)]
