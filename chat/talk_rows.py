"""What a row of the list of chats shows."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from chat.chat_list import Tab, place_of
from chat.models import Conversation
from chat.moments import list_moment, span_until
from common.admin import short_moment
from leads.analysis_words import Mark, mark_of
from leads.formats import initials, span_since

# Kind of account -> icon of bootstrap-icons.
CHANNEL_ICONS = {
    "webchat": "chat-dots",
    "telegram": "telegram",
    "whatsapp": "whatsapp",
    "instagram": "instagram",
    "email": "envelope",
    "vk": "chat-square-text",
    "viber": "telephone",
    "avito": "shop",
    "max": "chat-square",
}
SPEAKER_ICONS = {"bot": "stars", "drafts": "pencil-square"}


@dataclass(frozen=True)
class TalkRow:
    talk: Conversation
    tab: Tab
    is_open: bool = False

    @property
    def place(self) -> str:
        return str(place_of(self.talk, self.tab))

    @property
    def channel_icon(self) -> str:
        return CHANNEL_ICONS.get(self.talk.account.messenger, "inbox")

    @property
    def speaker_icon(self) -> str:
        return SPEAKER_ICONS.get(self.talk.mode, "")

    @property
    def is_snoozed(self) -> bool:
        until = self.talk.snoozed_until
        return bool(until and until > timezone.now())

    @property
    def is_awake_again(self) -> bool:
        return bool(self.talk.snoozed_until) and not self.is_snoozed

    @property
    def snoozed_until(self) -> str:
        return short_moment(self.talk.snoozed_until)

    @property
    def waiting(self) -> str:
        since = self.talk.unanswered_since
        return span_since(since) if since else ""

    @property
    def mark(self) -> Mark | None:
        return mark_of(self.talk.lead)

    @property
    def window(self) -> str:
        """How long free text still goes through; nothing where that is no matter of time."""
        closes_at = self.talk.window_closes_at
        return span_until(closes_at) if closes_at and closes_at > timezone.now() else ""

    @property
    def is_window_over(self) -> bool:
        closes_at = self.talk.window_closes_at
        return closes_at is not None and closes_at <= timezone.now()

    @property
    def moment(self) -> str:
        return list_moment(self.talk.last_message_at)

    @property
    def assignee(self) -> str:
        person = self.talk.lead.assignee if self.talk.lead else None
        return (person.get_full_name() or person.username) if person else ""

    @property
    def initials(self) -> str:
        person = self.talk.lead.assignee if self.talk.lead else None
        return initials(person) if person else ""
