"""Who may see which conversation: whoever may see its lead."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from chat.models import Conversation
from leads.permissions import Person, leads_visible_to, sees_all_leads


def conversations_visible_to(user: Person) -> QuerySet[Conversation]:
    conversations = Conversation.objects.all()
    if not (user.has_perm("chat.view_conversation") or user.has_perm("chat.change_conversation")):
        return conversations.none()
    if sees_all_leads(user):
        return conversations
    return conversations.filter(Q(lead__in=leads_visible_to(user)) | Q(lead=None))


def visible_conversation_ids(user: Person, conversation_ids: Iterable[int]) -> set[int]:
    """Those of the conversations that the person may see, in one query."""
    visible = conversations_visible_to(user).filter(pk__in=list(conversation_ids))
    return set(visible.values_list("pk", flat=True))
