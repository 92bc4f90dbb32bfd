"""The board of bookings: one column per state, count and sum in each head."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.db.models import Count, F, QuerySet, Sum, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from bookings.models import Booking, Operator
from bookings.permissions import bookings_visible_to, sees_bookings
from bookings.states import LIVE, State
from common.errors import NotAllowed

CARDS = 20


@dataclass(frozen=True)
class Column:
    state: str
    label: str
    count: int
    total: Decimal
    cards: list[Booking]

    @property
    def hidden(self) -> int:
        return self.count - len(self.cards)


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    if not sees_bookings(request.user):
        raise NotAllowed(_("You may not look at bookings."))
    bookings = _wanted(request)
    context = {
        **admin.site.each_context(request),
        "title": _("Bookings by state"),
        "columns": columns_of(bookings),
        "operators": Operator.objects.all(),
        "chosen_operator": request.GET.get("operator", ""),
        "whose": request.GET.get("whose", ""),
        "today": timezone.localdate(),
    }
    return render(request, "admin/bookings/board.html", context)


def _wanted(request: HttpRequest) -> QuerySet[Booking]:
    bookings = bookings_visible_to(request.user).filter(state__in=LIVE)
    if request.GET.get("whose") == "mine":
        bookings = bookings.filter(lead__assignee=request.user.pk)
    operator = request.GET.get("operator", "")
    if operator.isdecimal() and len(operator) < 18:
        bookings = bookings.filter(operator=int(operator))
    return bookings


def columns_of(bookings: QuerySet[Booking]) -> list[Column]:
    """The next departures of each state; three queries, however many bookings there are."""
    heads: dict[str, Any] = {
        row["state"]: row
        for row in bookings.order_by()
        .values("state")
        .annotate(count=Count("pk"), total=Sum("price_kzt"))
    }
    place = Window(RowNumber(), partition_by=F("state"), order_by=("departs_on", "pk"))
    first = bookings.annotate(place=place).filter(place__lte=CARDS).values_list("pk", flat=True)
    cards = Booking.objects.filter(pk__in=list(first)).select_related("lead__client")
    by_state: dict[str, list[Booking]] = {state: [] for state in LIVE}
    for card in cards.order_by("departs_on", "pk"):
        by_state[card.state].append(card)
    return [
        Column(
            state,
            str(State(state).label),
            heads.get(state, {}).get("count", 0),
            heads.get(state, {}).get("total") or Decimal(0),
            by_state[state],
        )
        for state in LIVE
    ]
