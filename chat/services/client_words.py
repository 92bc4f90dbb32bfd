"""How other apps speak to a client: through the newest talk of the lead, as the house."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from chat.models import Conversation, Message
from chat.services.outbound import send_notice
from common.errors import Conflict
from leads.models import Lead


class ClientMessenger:
    """Hung on `bookings.messenger` by the wiring."""

    def tell(self, lead_id: int, text: str, *, key: str) -> int:
        """Raises Conflict where the client has no talk or wants no messages.

        DomainErrors of sending pass through.
        """
        lead = Lead.objects.get(pk=lead_id)
        talks = Conversation.objects.filter(client=lead.client_id).order_by("-last_message_at")
        talk = talks.filter(lead=lead_id).first() or talks.first()
        if talk is None:
            raise Conflict(_("No channel leads to this client: call them."), code="no_channel")
        if talk.opted_out_at:
            said = _("The client has unsubscribed. Wait until they write.")
            raise Conflict(said, code="opted_out")
        if talk.gone_since:
            raise Conflict(talk.gone_reason, code="gone")
        return send_notice(talk.pk, text, key=key).pk

    def delivery(self, message_ids: Iterable[int]) -> Mapping[int, str]:
        messages = Message.objects.filter(pk__in=list(message_ids)).only("delivery")
        return {message.pk: str(message.get_delivery_display()) for message in messages}
