"""What a card of the board shows, made from leads and the badges of upper apps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from leads.board_filter import BoardFilter
from leads.board_selectors import Column, Head, board_columns
from leads.formats import initials, money, span_since
from leads.models import Lead
from leads.panels import Badge, badges_of

# Source code -> icon of bootstrap-icons.
SOURCE_ICONS = {
    "webchat": "chat-dots",
    "telegram": "telegram",
    "whatsapp": "whatsapp",
    "instagram": "instagram",
    "email": "envelope",
    "manual": "pencil",
}


@dataclass(frozen=True)
class Card:
    lead: Lead
    badge: Badge
    url: str

    @property
    def icon(self) -> str:
        return SOURCE_ICONS.get(self.lead.source.code, "inbox")

    @property
    def title(self) -> str:
        return str(self.lead.client)

    @property
    def initials(self) -> str:
        return initials(self.lead.assignee) if self.lead.assignee else ""

    @property
    def age(self) -> str:
        return span_since(self.lead.stage_changed_at)

    @property
    def waiting(self) -> str:
        return span_since(self.badge.waiting_since) if self.badge.waiting_since else ""

    @property
    def next_step_at(self) -> datetime | None:
        return self.lead.next_step_at

    @property
    def is_step_overdue(self) -> bool:
        due = self.lead.next_step_at
        return bool(due and due < timezone.now() and not self.lead.is_closed)


@dataclass(frozen=True)
class ColumnOfCards:
    head: Head
    total: str
    cards: list[Card]
    after: str


def total_text(head: Head) -> str:
    return money(head.total, "KZT") if head.total else ""


def cards_of(leads: Sequence[Lead]) -> list[Card]:
    """Cards in the order of the leads; asks each badge source once."""
    badges: Mapping[int, Badge] = badges_of([lead.pk for lead in leads]) if leads else {}
    return [_card(lead, badges.get(lead.pk, Badge())) for lead in leads]


def _card(lead: Lead, badge: Badge) -> Card:
    return Card(lead, badge, reverse("admin:leads_lead_sheet", args=[lead.pk]))


def whole_board(wanted: BoardFilter) -> list[ColumnOfCards]:
    columns: list[Column] = board_columns(wanted)
    cards = {card.lead.pk: card for card in cards_of([lead for c in columns for lead in c.leads])}
    return [
        ColumnOfCards(
            column.head,
            total_text(column.head),
            [cards[lead.pk] for lead in column.leads],
            column.after,
        )
        for column in columns
    ]


def card_json(request: HttpRequest, card: Card) -> dict[str, Any]:
    context = {"card": card, "may_move": request.user.has_perm("leads.change_lead")}
    html = render_to_string("admin/leads/board_card.html", context, request)
    lead = card.lead
    return {"lead": lead.pk, "stage": lead.stage_id, "version": lead.version, "html": html}


def wants_json(request: HttpRequest) -> bool:
    """A script asks; without it the answer is a page."""
    return request.headers.get("Accept", "").startswith("application/json")


def as_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
