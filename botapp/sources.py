"""Where a client came from: the payload of a link t.me/<bot>?start=<payload>."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

from botapp.staff_notes import note_for_staff
from chat.models import Conversation
from leads.services import BOT, set_origin

_SAFE = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Telegram lets through letters, digits, «-» and «_»: two of them divide the parts.
DIVIDER = "__"
PARTS = ("source", "medium", "campaign")


def note_source(conversation: Conversation, payload: str) -> None:
    """Keep an advert's mark: `<source>` or `<source>__<medium>__<campaign>`.

    It goes to the lead, where the first mark stays, and to the lead's history each time.
    """
    if not conversation.lead_id or not _SAFE.fullmatch(payload):
        return
    values = [part.strip("_-") for part in payload.split(DIVIDER, 2)]
    utm = {name: value for name, value in zip(PARTS, values, strict=False) if value}
    if "source" in utm:
        set_origin(conversation.lead_id, utm, actor=BOT)
    note_for_staff(conversation, _("Came by a link: %(mark)s"), mark=payload)
