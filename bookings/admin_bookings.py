from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from bookings.admin_filters import period_filter
from bookings.desk.page import booking_context
from bookings.documents.values import money
from bookings.look import TONES
from bookings.models import Booking, BookingTask, DocumentLook, Traveller
from bookings.permissions import bookings_visible_to, ensure_booking_visible, of_visible_bookings
from bookings.services.radar import clients_to_pay, money_at_risk
from bookings.states import CLIENT_OWES, OVER
from bookings.templatetags.booking_words import short_day
from common.admin import EMPTY, NeverDeleted, OnlyVisible, ReadOnly, chip, moment_column


class RadarFilter(admin.SimpleListFilter):
    title = _("money at risk")
    parameter_name = "radar"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("client paid, operator not"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Booking]) -> QuerySet[Booking]:
        if self.value() != "yes":
            return queryset
        risky = money_at_risk(Booking.objects.all(), timezone.localdate())
        return queryset.filter(pk__in=risky.values("pk"))


class DueFilter(admin.SimpleListFilter):
    title = _("client's payment")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("soon", _("overdue or soon")),
            ("late", _("overdue")),
            ("week", _("within a week")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Booking]) -> QuerySet[Booking]:
        today = timezone.localdate()
        if self.value() == "soon":
            return clients_to_pay(queryset, today)
        owing = queryset.filter(state__in=CLIENT_OWES)
        if self.value() == "late":
            return owing.filter(client_due_on__lt=today)
        if self.value() == "week":
            end = today + timedelta(days=7)
            return owing.filter(client_due_on__range=(today, end))
        return queryset


class WhoseFilter(admin.SimpleListFilter):
    title = _("whose")
    parameter_name = "whose"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("mine", _("mine"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Booking]) -> QuerySet[Booking]:
        if self.value() == "mine":
            return queryset.filter(lead__assignee=request.user.pk)
        return queryset


@admin.register(Booking)
class BookingAdmin(NeverDeleted, OnlyVisible):
    """Departures by day. The page of one booking is ours; rows are made from tours only."""

    list_display = ("name", "trip", "state_chip", "claim", "client_money", "operator_money", "desk")
    list_filter = (
        period_filter("departs_on", _("departure")),
        *("state", RadarFilter, DueFilter, WhoseFilter, "operator"),
    )
    search_fields = ("claim_number", "hotel", "lead__client__name")
    search_help_text = _("Claim number, hotel or client's name")
    list_select_related = ("lead__client",)
    ordering = ("departs_on", "id")
    list_per_page = 50
    show_full_result_count = False
    actions = None

    def visible_rows(self, request: HttpRequest) -> QuerySet[Booking]:
        return bookings_visible_to(request.user)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Booking]:
        # Counted for the rows of the page alone.
        tasks = BookingTask.objects.filter(booking=OuterRef("pk"), done_at=None).order_by()
        count = tasks.values("booking").annotate(count=Count("pk")).values("count")
        return super().get_queryset(request).annotate(open_tasks=Subquery(count))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if not (object_id.isascii() and object_id.isdigit() and len(object_id) < 19):
            raise Http404
        ensure_booking_visible(request.user, int(object_id))
        related = ("lead__client", "lead__stage", "lead__assignee", "operator", "offer")
        booking = (
            Booking.objects.select_related(*related, "discount_by").filter(pk=object_id).first()
        )
        if booking is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": str(booking),
            **booking_context(booking, request.user),
        }
        return render(request, "admin/bookings/page.html", context)

    @admin.display(description=_("client"), ordering="lead__client__name")
    def name(self, booking: Booking) -> SafeString:
        return format_html('{}<span class="second-line">{}</span>', booking.lead.client, booking)

    @admin.display(description=_("departure"), ordering="departs_on")
    def trip(self, booking: Booking) -> SafeString:
        words = f"{booking.hotel} · {booking.party}"
        days = f"{short_day(booking.departs_on)} – {short_day(booking.returns_on)}"
        return format_html('{}<span class="second-line">{}</span>', days, words)

    @admin.display(description=_("state"), ordering="state")
    def state_chip(self, booking: Booking) -> SafeString:
        return chip(booking.get_state_display(), TONES.get(booking.state, ""))

    @admin.display(description=_("claim"), ordering="claim_number")
    def claim(self, booking: Booking) -> str:
        return booking.claim_number or EMPTY

    @admin.display(description=_("client pays"), ordering="client_due_on")
    def client_money(self, booking: Booking) -> str:
        return _money_cell(booking, booking.client_paid, booking.client_left, booking.client_due_on)

    @admin.display(description=_("operator gets"), ordering="operator_due_on")
    def operator_money(self, booking: Booking) -> str:
        left = booking.operator_left
        return _money_cell(booking, booking.operator_paid, left, booking.operator_due_on)

    @admin.display(description=_("open tasks"))
    def desk(self, booking: Any) -> str:
        return str(booking.open_tasks or EMPTY)


def _money_cell(booking: Booking, paid: Any, left: Any, due_on: Any) -> str:
    """What is paid; what is left and by when, red where it is late."""
    if due_on is None and not paid:
        return EMPTY
    if due_on is None:
        return format_html('<span class="number">{}</span>', money(paid, booking.currency))
    is_late = due_on < timezone.localdate() and booking.state not in OVER
    when = chip(short_day(due_on), "red" if is_late else "")
    return format_html(
        '<span class="number">{}</span><span class="second-line">{} {}</span>',
        money(paid, booking.currency),
        money(left, booking.currency),
        when,
    )


@admin.register(Traveller)
class TravellerAdmin(ReadOnly, OnlyVisible):
    """Everybody who flies; a passport shows only that it is there."""

    list_display = ("__str__", "birth_on", "citizenship", "passport", "good_until", "booking_link")
    list_filter = ("has_document",)
    search_fields = ("surname", "given_names")
    search_help_text = _("Surname or name as in the passport")
    list_select_related = ("booking",)
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    fields = ("surname", "given_names", "birth_on", "sex", "citizenship", "passport", "good_until")
    readonly_fields = fields
    actions = None

    def visible_rows(self, request: HttpRequest) -> QuerySet[Traveller]:
        return of_visible_bookings(Traveller.objects.all(), request.user)

    @admin.display(description=_("passport"), ordering="has_document")
    def passport(self, traveller: Traveller) -> str:
        return "••••••••" if traveller.has_document else EMPTY

    @admin.display(description=_("good until"), ordering="expires_on")
    def good_until(self, traveller: Traveller) -> str:
        return f"{traveller.expires_on:%d.%m.%Y}" if traveller.expires_on else EMPTY

    @admin.display(description=_("booking"), ordering="booking")
    def booking_link(self, traveller: Traveller) -> str:
        return str(traveller.booking)


@admin.register(DocumentLook)
class DocumentLookAdmin(ReadOnly, admin.ModelAdmin):
    """Who looked at whose passport and why, refusals too."""

    list_display = ("when", "who", "traveller", "reason", "outcome")
    list_filter = ("is_granted",)
    list_select_related = ("user", "traveller")
    fields = ("when", "who", "traveller", "reason", "outcome")
    readonly_fields = fields
    actions = None
    when = moment_column("created_at", _("when"))

    @admin.display(description=_("who"), ordering="user")
    def who(self, look: DocumentLook) -> str:
        return look.user.get_full_name() or look.user.username

    @admin.display(description=_("outcome"), ordering="is_granted")
    def outcome(self, look: DocumentLook) -> SafeString:
        return chip(_("was shown"), "green") if look.is_granted else chip(_("refused"), "red")
