from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bookings.admin_filters import period_filter
from bookings.documents.values import money
from bookings.models import Booking, LedgerEntry, PaymentDue, Side
from bookings.permissions import of_visible_bookings
from common.admin import OnlyVisible, ReadOnly, chip


class OfVisibleBookings(ReadOnly, OnlyVisible):
    """Rows of the bookings that the person may see."""

    list_per_page = 50
    show_full_result_count = False
    list_select_related = ("booking__lead__client",)
    search_fields = ("booking__claim_number", "booking__lead__client__name")
    search_help_text = _("Claim number or client's name")
    actions = None
    change_list_template = "admin/bookings/money_list.html"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """With the total of what is listed, by side and currency."""
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None)
        if context and "cl" in context:
            context["totals"] = _totals(context["cl"].queryset)
        return response

    def visible_rows(self, request: HttpRequest) -> QuerySet[Any]:
        return of_visible_bookings(self.model._default_manager.all(), request.user)

    @admin.display(description=_("booking"), ordering="booking")
    def of(self, row: Any) -> SafeString:
        booking: Booking = row.booking
        url = reverse("admin:bookings_booking_change", args=[booking.pk])
        name = booking.lead.client
        return format_html(
            '<a href="{}">{}</a><span class="second-line">{}</span>', url, name, booking
        )

    @admin.display(description=_("sum"), ordering="amount")
    def total(self, row: Any) -> SafeString:
        return format_html('<span class="number">{}</span>', money(row.amount, row.currency))


def _totals(rows: QuerySet[Any]) -> list[dict[str, Any]]:
    sums = rows.order_by().values("side", "currency").annotate(total=Sum("amount"))
    labels = dict(Side.choices)
    found = sums.order_by("side", "currency")
    return [{**row, "label": labels[row["side"]]} for row in found]


@admin.register(PaymentDue)
class PaymentDueAdmin(OfVisibleBookings):
    """What is to be paid on which day, to us and by us."""

    list_display = ("day", "of", "side", "total", "state")
    list_filter = (period_filter("due_on", _("by")), "side")
    ordering = ("due_on", "id")
    fields = ("of", "side", "total", "percent", "due_on")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[PaymentDue]:
        return super().get_queryset(request).filter(is_current=True)

    @admin.display(description=_("by"), ordering="due_on")
    def day(self, due: PaymentDue) -> str:
        return f"{due.due_on:%d.%m.%Y}"

    @admin.display(description=_("state"))
    def state(self, due: PaymentDue) -> SafeString:
        booking = due.booking
        waits_for = booking.client_due_on if due.side == "client" else booking.operator_due_on
        if waits_for is None or waits_for > due.due_on:
            return chip(_("paid"), "green")
        is_late = due.due_on < timezone.localdate()
        return chip(_("overdue"), "red") if is_late else chip(_("waits"), "")


@admin.register(LedgerEntry)
class LedgerEntryAdmin(OfVisibleBookings):
    """The ledger by day; rows are added on the page of a booking and never edited."""

    list_display = ("day", "of", "side", "kind", "total", "in_tenge", "method")
    list_filter = (period_filter("paid_on", _("day"), is_past=True), "side", "kind", "method")
    ordering = ("-paid_on", "-id")
    fields = ("of", "side", "kind", "method", "total", "in_tenge", "rate", "paid_on", "note")
    readonly_fields = fields

    @admin.display(description=_("day"), ordering="paid_on")
    def day(self, entry: LedgerEntry) -> str:
        return f"{entry.paid_on:%d.%m.%Y}"

    @admin.display(description=_("in tenge"), ordering="tenge")
    def in_tenge(self, entry: LedgerEntry) -> SafeString:
        return format_html('<span class="number">{}</span>', money(entry.tenge, "KZT"))
