"""What a message is about, in words for people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

INTENT_NAMES = {
    "tour_request": _("wants a tour"),
    "booking_status": _("asks about a booking"),
    "payment": _("payment"),
    "documents_visa": _("documents, visa"),
    "complaint": _("complaint"),
    "human_agent": _("asked for a person"),
    "greeting": _("greeting"),
    "thanks": _("thanks"),
    "cancel": _("cancels"),
    "other_question": _("another question"),
    "other": _("something else"),
}
