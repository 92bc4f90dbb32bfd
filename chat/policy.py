"""Who speaks by rule, and when the agency is open. Reads only."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from chat.models import AnswerPolicy, Conversation, WorkDay

Mode = Conversation.Mode


def policy_for(account_id: int) -> AnswerPolicy:
    """The channel's own row, else the one for all channels, else what stands in the model."""
    rows = AnswerPolicy.objects.filter(account=account_id) | AnswerPolicy.objects.filter(
        account=None
    )
    own_first = sorted(rows, key=lambda row: row.account_id is None)
    return own_first[0] if own_first else AnswerPolicy()


def next_opening(moment: datetime) -> datetime | None:
    """When the agency opens next, in its time zone; None while it is open (or never closes)."""
    days = {day.weekday: day for day in WorkDay.objects.all()}
    if not days:
        return None
    local = timezone.localtime(moment)
    for ahead in range(8):
        date = local.date() + timedelta(days=ahead)
        day = days.get(date.weekday())
        if day is None:
            continue
        opens = datetime.combine(date, day.opens_at, local.tzinfo)
        if ahead == 0 and opens <= local < datetime.combine(date, day.closes_at, local.tzinfo):
            return None
        if opens > local:
            return opens
    return None


def current_mode(conversation: Conversation) -> Mode:
    """Who speaks in this conversation at this moment."""
    if _is_chosen(conversation):
        return Mode(conversation.mode)
    policy = policy_for(conversation.account_id)
    if policy.by_day == policy.by_night:
        return Mode(policy.by_day)
    return speaking_mode(conversation, policy, next_opening(timezone.now()))


def speaking_mode(
    conversation: Conversation, policy: AnswerPolicy, opens_at: datetime | None
) -> Mode:
    """Who speaks now. A choice by hand and a person's silence of the bot go before the rule."""
    if _is_chosen(conversation):
        return Mode(conversation.mode)
    return Mode(policy.by_day if opens_at is None else policy.by_night)


def _is_chosen(conversation: Conversation) -> bool:
    return conversation.mode != Mode.BOT or conversation.is_bot_chosen
