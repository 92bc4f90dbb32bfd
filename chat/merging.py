"""Conversations follow their client into a merge, and back out of it. Attached in wiring."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation
from chat.services.feed import STAFF
from leads.models import Lead
from live.services import publish


class ConversationMover:
    """Remembers the lead of every talk of both: after the merge a talk may get the other's lead."""

    key = "conversations"
    label = _("conversations")

    def count(self, client_id: int) -> int:
        return Conversation.objects.filter(client=client_id).count()

    def move(self, emptied_id: int, kept_id: int) -> dict[str, Any]:
        moving = Conversation.objects.filter(client=emptied_id)
        ids = list(moving.order_by("pk").values_list("pk", flat=True))
        of_both = Conversation.objects.filter(client__in=(emptied_id, kept_id))
        leads = [list(pair) for pair in of_both.order_by("pk").values_list("pk", "lead")]
        moving.update(client=kept_id)
        _tell(ids)
        return {"ids": ids, "leads": leads}

    def put_back(self, moved: dict[str, Any], emptied_id: int, kept_id: int) -> None:
        returning = Conversation.objects.filter(pk__in=moved["ids"], client=kept_id)
        returning.update(client=emptied_id)
        _tell(moved["ids"])
        leads = dict(moved["leads"])
        of_both = Conversation.objects.filter(client__in=(emptied_id, kept_id))
        for talk in of_both.exclude(lead__client=F("client")).exclude(lead=None):
            lead_id = leads.get(talk.pk) or _newest_lead_id(talk.client_id)
            Conversation.objects.filter(pk=talk.pk).update(lead=lead_id)


def _newest_lead_id(client_id: int) -> int | None:
    leads = Lead.objects.filter(client=client_id).order_by("-pk")
    return leads.values_list("pk", flat=True).first()


def _tell(conversation_ids: list[int]) -> None:
    for pk in conversation_ids:
        publish(STAFF, "conversation.changed", conversation=pk)
