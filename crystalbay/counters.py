"""Numbers of the menu and the overview: what waits for this person. One indexed query each."""

from __future__ import annotations

from chat.chat_list import waiting_conversations
from leads.models import Lead, LeadStage
from leads.permissions import Person, leads_visible_to


def unanswered_count(user: Person) -> int:
    return waiting_conversations(user).count()


def new_lead_count(user: Person) -> int:
    return leads_visible_to(user).filter(stage=LeadStage.Code.NEW).count()


def my_open_lead_count(user: Person) -> int:
    return Lead.objects.open().filter(assignee=user.pk).count()
