"""What the sheet of a lead shows of its bookings."""

from __future__ import annotations

from django.template.loader import render_to_string

from bookings.permissions import bookings_visible_to
from leads.models import Lead
from leads.permissions import Person

MOST = 5


def bookings_panel(lead: Lead, viewer: Person) -> str:
    bookings = list(bookings_visible_to(viewer).filter(lead=lead).order_by("-pk")[:MOST])
    if not bookings:
        return ""
    return render_to_string("admin/bookings/lead_panel.html", {"bookings": bookings})
