"""What the conversation page shows, made from messages and history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date
from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chat import selectors
from chat.models import AiSuggestion, Attachment, Conversation, Message
from chat.moments import span_until
from chat.policy import current_mode
from chat.services.files import last_words
from chat.services.windows import closed_because
from common.admin import short_moment
from leads.analysis_words import shown_analysis
from leads.contradictions import open_contradictions
from leads.duplicates import Duplicate, find_duplicates
from leads.fact_lines import fact_lines
from leads.formats import span_since
from leads.history_words import FACTS
from leads.models import Lead, LeadHistory, LeadStage, Tag
from leads.permissions import Person
from leads.selectors import facts_with_history, lead_timeline


@dataclass(frozen=True)
class Bubble:
    message: Message
    who: str

    @property
    def is_ours(self) -> bool:
        return self.message.author != Message.Author.CUSTOMER

    @property
    def attachments(self) -> list[Attachment]:
        return list(self.message.attachments.all())

    @property
    def quoted(self) -> str:
        quoted = self.message.reply_to
        return last_words(quoted) if quoted else ""

    @property
    def earlier_words(self) -> list[str]:
        """What it said before it was changed, the oldest first."""
        versions = sorted(self.message.versions.all(), key=lambda one: one.pk)
        return [version.text for version in versions]

    @property
    def day(self) -> date:
        return timezone.localdate(self.message.sent_at)

    @property
    def day_label(self) -> str:
        return day_label(self.day)


def day_label(day: date) -> str:
    today = timezone.localdate()
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    pattern = "d MMMM" if day.year == today.year else "d MMMM y"
    return format_date(day, pattern, locale=(get_language() or "ru")[:2])


def bubbles(conversation: Conversation, messages: Iterable[Message]) -> list[Bubble]:
    client = str(conversation.client)
    return [Bubble(message, _who(message, client)) for message in messages]


def _who(message: Message, client: str) -> str:
    if message.author == Message.Author.CUSTOMER:
        return message.author_name or client
    if message.author_name and not message.user:
        return _("%(name)s, in the phone") % {"name": message.author_name}
    if message.author in (Message.Author.STAFF, Message.Author.NOTE) and message.user:
        return full_name(message.user)
    return message.get_author_display()


@dataclass(frozen=True)
class HistoryLine:
    row: LeadHistory
    text: str


def history_lines(lead_id: int) -> list[HistoryLine]:
    """The lead's last events in words; facts stand above with their quotes."""
    rows = [row for row in lead_timeline(lead_id, 40) if row.kind not in FACTS]
    stages = dict(LeadStage.objects.values_list("code", "name"))
    return [HistoryLine(row, _history_text(row, stages)) for row in rows[:12]]


def _history_text(row: LeadHistory, stages: dict[str, str]) -> str:
    kind = LeadHistory.Kind
    if row.kind == kind.NOTE:
        return row.note
    words = {
        kind.STAGE: stages,
        kind.CREATED: stages,
        kind.MODE: {str(code): str(name) for code, name in Conversation.Mode.choices},
    }.get(kind(row.kind), {})
    before, after = words.get(row.before, row.before), words.get(row.after, row.after)
    text = f"{before} → {after or '—'}" if before else after
    return f"{text}: {_hand_over_words(row.note)}" if row.kind == kind.MODE and row.note else text


def _hand_over_words(reason: str) -> str:
    known = AiSuggestion.HandOver
    return str(known(reason).label) if reason in known.values else reason


def full_name(user: User) -> str:
    return user.get_full_name() or user.username


def state_context(conversation: Conversation, viewer: Person) -> dict[str, Any]:
    """Who waits, until when the talk is out of sight, when the bot returns, who is writing."""
    waiting, returns = conversation.unanswered_since, conversation.bot_returns_at
    snoozed = conversation.snoozed_until
    is_returning = returns and conversation.mode == Conversation.Mode.HUMAN
    mode = current_mode(conversation)
    return {
        "speaks": mode,
        "speaks_name": mode.label,
        "is_by_rule": mode != conversation.mode,
        "waiting": span_since(waiting) if waiting else "",
        "snoozed": short_moment(snoozed),
        "is_awake_again": bool(snoozed and snoozed <= timezone.now()),
        "bot_returns_in": span_until(returns) if returns and is_returning else "",
        **_window_context(conversation),
        "typing": [full_name(user) for user in selectors.typing_now(conversation.pk, viewer)],
    }


def twins_of(conversation: Conversation, viewer: Person) -> list[Duplicate]:
    """Clients who look like this one by an address; a common name alone is no reason here."""
    if conversation.is_group or not viewer.has_perm("leads.change_clientmerge"):
        return []
    hints = find_duplicates(conversation.client, viewer)
    by_name = str(_("by name"))
    return [hint for hint in hints if any(str(one) != by_name for one in hint.reasons)]


def _window_context(conversation: Conversation) -> dict[str, Any]:
    """Until when free text goes through, or why nothing does."""
    closes_at = conversation.window_closes_at
    is_open = closes_at is not None and closes_at > timezone.now()
    return {
        "window_left": span_until(closes_at) if closes_at and is_open else "",
        "closed_because": closed_because(conversation),
    }


def side_context(conversation: Conversation, viewer: Person) -> dict[str, Any]:
    lead = conversation.lead
    facts, analysis = facts_with_history(lead.pk) if lead else [], shown_analysis(lead)
    may_edit = bool(lead) and viewer.has_perm("leads.change_lead")
    return {
        "may_edit_lead": may_edit,
        "may_decide": may_edit and viewer.has_perm("chat.change_conversation"),
        "colleagues": selectors.colleagues() if may_edit else (),
        "lead_tags": lead.tags.all() if lead else (),
        "all_tags": Tag.objects.all() if may_edit else (),
        "step_kinds": Lead.StepKind.choices,
        "is_step_overdue": bool(lead and lead.next_step_at and lead.next_step_at < timezone.now()),
        "facts": fact_lines(facts),
        "analysis": analysis,
        "contradictions": open_contradictions(lead.pk, facts) if lead else [],
        "history": history_lines(lead.pk) if lead else [],
        "identities": conversation.client.identities.exclude(kind=conversation.account.messenger),
        "others": selectors.other_conversations(conversation, viewer),
        "twins": twins_of(conversation, viewer),
    }
