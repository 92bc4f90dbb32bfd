"""A phone that Telegram vouches for: the number of the person who shares it."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from botapp import texts
from botapp.staff_notes import note_for_staff
from chat.models import Conversation
from chat.services.outbound import send_bot_answer
from common.phones import normalize_phone
from leads.merging import final_client_id, merge_clients
from leads.models import ClientIdentity
from leads.services import BOT, add_identity


def take_contact(conversation: Conversation, shared: str, *, is_own: bool) -> None:
    """Note the client's number; whoever is already known by it becomes one with this client.

    Somebody else's number is only a note for the manager.
    """
    digits = "".join(sign for sign in shared if sign.isdigit())
    phone = normalize_phone(f"+{digits}" if not digits.startswith("8") else digits)
    if phone is None or not is_own:
        note_for_staff(conversation, _("Contact sent: %(phone)s"), phone=shared)
        send_bot_answer(conversation, texts.foreign_contact())
        return
    if not add_identity(conversation.client, ClientIdentity.Kind.PHONE, phone):
        _merge(conversation, phone)
    send_bot_answer(conversation, texts.phone_noted())


def _merge(conversation: Conversation, phone: str) -> None:
    """The older client is kept; it can be taken back on the client's page."""
    known = ClientIdentity.objects.select_related("client__merged_into").get(
        kind=ClientIdentity.Kind.PHONE, value=phone
    )
    other, ours = final_client_id(known.client), conversation.client_id
    if other == ours:
        return
    with translation.override(settings.LANGUAGE_CODE):
        reason = str(_("The phone was shared in Telegram by its owner"))
    merge_clients(min(other, ours), max(other, ours), actor=BOT, reason=reason)
    conversation.refresh_from_db()
