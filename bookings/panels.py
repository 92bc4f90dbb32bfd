"""What the sheet of a lead shows of its selections. Attached in `crystalbay.wiring`."""

from __future__ import annotations

from django.db.models import Count, Q
from django.template.loader import render_to_string

from bookings.models import Selection
from leads.models import Lead
from leads.permissions import Person

SHOWN = 4


def selections_panel(lead: Lead, viewer: Person) -> str:
    """The newest selections and a way to look for tours with what is known of the lead."""
    if not viewer.has_perm("bookings.view_selection"):
        return ""
    chosen = Count("items", filter=Q(items__chosen_at__isnull=False))
    liked = Count("items", filter=Q(items__liked_at__isnull=False))
    newest = Selection.objects.filter(lead=lead.pk).annotate(
        tours=Count("items"), chosen=chosen, liked=liked
    )
    context = {
        "lead": lead,
        "selections": newest.order_by("-pk")[:SHOWN],
        "may_search": viewer.has_perm("bookings.add_searchrun"),
    }
    return render_to_string("admin/tours/lead_panel.html", context)
