"""What a card of the board shows, made from leads and the badges of upper apps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from leads.analysis_words import Mark, mark_of
from leads.board_filter import BoardFilter
from leads.board_selectors import Column, Head, board_columns
from leads.formats import initials, money, span_since
from leads.models import Lead, Tag
from leads.panels import Badge, badges_of
from leads.step_choices import Due, due_of, quick_steps

# Source code -> icon of bootstrap-icons.
SOURCE_ICONS = {
    "webchat": "chat-dots",
    "telegram": "telegram",
    "whatsapp": "whatsapp",
    "instagram": "instagram",
    "email": "envelope",
    "manual": "pencil",
}


OLD_DAYS, STUCK_DAYS = 3, 7
TAGS = 3


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
    def mark(self) -> Mark | None:
        return mark_of(self.lead)

    @property
    def due(self) -> Due:
        return due_of(self.lead)

    @property
    def aging(self) -> str:
        """How long an open lead has not moved: a week, some days, or not worth a colour."""
        days = (timezone.now() - self.lead.stage_changed_at).days
        if self.lead.is_closed or days < OLD_DAYS:
            return ""
        return "is-stuck" if days >= STUCK_DAYS else "is-old"

    @property
    def tags(self) -> list[Tag]:
        """From the prefetch; those beyond the first ones are counted by `more_tags`."""
        return list(self.lead.tags.all())[:TAGS]

    @property
    def more_tags(self) -> int:
        return max(0, len(self.lead.tags.all()) - TAGS)


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


def step_prompt(lead: Lead) -> dict[str, Any] | None:
    """What to offer after a move of a lead nobody has planned anything for."""
    choices = quick_steps(str(lead.stage_id))
    if not choices or due_of(lead) not in (Due.NONE, Due.OVERDUE):
        return None
    return {
        "url": reverse("admin:leads_lead_plan", args=[lead.pk]),
        "text": choices[0].text,
        "choices": [{"label": one.label, "due": one.due, "kind": one.kind} for one in choices],
    }


def as_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
