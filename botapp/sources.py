"""Where a client came from: the payload of a link t.me/<bot>?start=<payload>."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from chat.models import Conversation
from leads.services import BOT, add_note

_SAFE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def note_source(conversation: Conversation, payload: str) -> None:
    """Keep the payload in the lead's history: an advert's mark, or the number of a selection."""
    if conversation.lead_id and _SAFE.fullmatch(payload):
        said = _("Came by a link: %(mark)s") % {"mark": payload}
        add_note(conversation.lead_id, said, actor=BOT)
