"""Numbers of the menu and the overview: what waits for people. One indexed query each."""

from __future__ import annotations

from django.contrib.auth.models import User

from chat.models import Conversation
from leads.models import Lead, LeadStage


def unanswered_count() -> int:
    return Conversation.objects.filter(unanswered_since__isnull=False).count()


def new_lead_count() -> int:
    return Lead.objects.filter(stage=LeadStage.Code.NEW).count()


def my_open_lead_count(user: User) -> int:
    return Lead.objects.open().filter(assignee=user).count()
