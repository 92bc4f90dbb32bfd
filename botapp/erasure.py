"""A client wants to be forgotten: a person decides and does it, the request is not lost."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from botapp import texts
from botapp.watch import administrators
from chat.models import Conversation
from chat.services.modes import call_person
from chat.services.outbound import send_bot_answer
from common.phones import hide_phones
from leads.models import Lead
from leads.services import BOT, add_note
from leads.steps import plan_step
from live.services import notify

ANSWER_WITHIN = timedelta(hours=1)


def request_erasure(conversation: Conversation) -> bool:
    """A task on the lead, a note of what to do, a bell for the administrators.

    False if the request stands already.
    """
    lead = Lead.objects.get(pk=conversation.lead_id or 0)
    with translation.override(settings.LANGUAGE_CODE):
        said = _(
            "The client asks to delete their data. An administrator decides what the law lets us "
            "delete, has it deleted and answers the client in this chat."
        )
        if lead.history.filter(note=said).exists():
            return False
        add_note(lead.pk, said, actor=BOT)
        _plan(lead)
        _ring(lead)
    call_person(conversation)
    send_bot_answer(conversation, texts.erase_requested())
    return True


def _plan(lead: Lead) -> None:
    """What a person has promised for an earlier hour stays."""
    due = timezone.now() + ANSWER_WITHIN
    if not (lead.next_step_at and lead.next_step_at <= due):
        plan_step(lead.pk, _("Delete the client's data: ask an administrator"), due, actor=BOT)


def _ring(lead: Lead) -> None:
    url = reverse("admin:leads_lead_change", args=[lead.pk])
    text = _("%(client)s asks to delete their data") % {"client": hide_phones(str(lead.client))}
    for person in administrators():
        notify(person.pk, "alarm", f"erasure:{lead.pk}", text, url)
