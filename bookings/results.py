"""What the page of a search shows: hotels with their rows, and why there are none."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from babel import Locale
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bookings import texts
from bookings.models import Offer, SearchRun
from integrations.tours.base import EmptyReason, TourSearch

SHOWN_HOTELS = 60
ROWS_OF_A_HOTEL = 6
LAST_PRICES_FOR = timedelta(days=3)

Status = SearchRun.Status


@dataclass
class HotelRows:
    """One hotel: its cheapest row, and the next ones."""

    best: Offer
    others: list[Offer] = field(default_factory=list)


@dataclass(frozen=True)
class Proposal:
    """A relaxed search, one tap away."""

    number: int
    run: SearchRun
    text: str


def runs_of(batch: uuid.UUID) -> list[SearchRun]:
    return list(SearchRun.objects.filter(batch=batch).order_by("pk"))


def hotels_of(offers: QuerySet[Offer]) -> tuple[list[HotelRows], int]:
    """Hotels by their cheapest row, and how many more there are than can be shown."""
    hotels: dict[object, HotelRows] = {}
    for offer in offers.order_by("price", "pk"):
        key = offer.operator_keys.get("hotelKey") or (offer.hotel, offer.resort)
        if key not in hotels:
            hotels[key] = HotelRows(offer)
        elif len(hotels[key].others) < ROWS_OF_A_HOTEL - 1:
            hotels[key].others.append(offer)
    return list(hotels.values())[:SHOWN_HOTELS], max(0, len(hotels) - SHOWN_HOTELS)


def last_known(runs: Iterable[SearchRun]) -> QuerySet[Offer]:
    """Prices other searches have seen within three days, while the operator is away."""
    found = Offer.objects.none()
    for run in runs:
        search = TourSearch.from_dict(run.parameters)
        found = found | Offer.objects.filter(
            departure_city=search.departure_city,
            country=search.country,
            check_in__range=(search.date_from, search.date_to),
            nights__range=(search.nights_min, search.nights_max),
            adults=search.adults,
            children_ages=list(search.children_ages),
            seen_at__gte=timezone.now() - LAST_PRICES_FOR,
        )
    return found


def results_context(batch: uuid.UUID) -> dict[str, Any]:
    runs = runs_of(batch)
    offers = Offer.objects.filter(search__in=runs)
    waiting = [run for run in runs if run.status == Status.WAITING]
    is_old = bool(waiting) and not offers.exists()
    if is_old:
        offers = last_known(waiting)
    hotels, more = hotels_of(offers)
    return {
        "runs": [describe(run) for run in runs],
        "hotels": hotels,
        "more": more,
        "are_old": is_old,
        "is_over": all(run.is_over for run in runs),
        "is_waiting": bool(waiting),
        "proposals": proposals_of(runs),
        "seen_at": min((hotel.best.seen_at for hotel in hotels), default=None),
        "signature": signature(runs),
    }


def signature(runs: Sequence[SearchRun]) -> str:
    """Changes exactly when the page has something new to show."""
    return "-".join(f"{run.pages_read}.{run.found}.{run.status}" for run in runs)


def describe(run: SearchRun) -> dict[str, Any]:
    search = TourSearch.from_dict(run.parameters)
    return {
        "run": run,
        "where": f"{country(search.country)} · {search.departure_city}",
        "percent": 100 * run.pages_read // run.pages_known if run.pages_known else 5,
        "reason": reason_text(run.empty_reason, search),
    }


def country(code: str) -> str:
    name: str = Locale(get_language() or "ru").territories.get(code, code)
    return name


def reason_text(reason: str, search: TourSearch) -> str:
    if not reason:
        return ""
    words = {
        EmptyReason.NO_DEPARTURES: _("The operator has no tours to %(country)s from %(city)s."),
        EmptyReason.NO_FLIGHTS_ON_DATES: _(
            "No flights to %(country)s from %(city)s on these days."
        ),
        EmptyReason.OVER_BUDGET: _("All tours to %(country)s cost more than the budget."),
        EmptyReason.FILTERS: _("No tour to %(country)s has all of this together."),
    }[EmptyReason(reason)]
    return words % {"country": country(search.country), "city": search.departure_city}


def proposals_of(runs: Iterable[SearchRun]) -> list[Proposal]:
    return [
        Proposal(number, run, proposal_text(relaxation))
        for run in runs
        for number, relaxation in enumerate(run.relaxations)
    ]


def proposal_text(relaxation: dict[str, Any]) -> str:
    search = TourSearch.from_dict(relaxation["search"])
    words = {
        "city": _("from %(city)s") % {"city": search.departure_city},
        "dates": _("departure on %(day)s") % {"day": _day(search.date_from)},
        "budget": _("without a limit of the budget"),
        "meal": _("any meals"),
        "stars": _("any stars"),
        "hotels": _("any hotel"),
        "resorts": _("any resort"),
        "nights": _("%(low)s–%(high)s nights")
        % {"low": search.nights_min, "high": search.nights_max},
    }[relaxation["code"]]
    cheapest = relaxation["cheapest"]
    if not cheapest:
        return words
    prefix = "converted_" if cheapest["converted_price"] else ""
    amount = Decimal(cheapest[f"{prefix}price"])
    cost = texts.money(amount, cheapest[f"{prefix}currency"])
    return _("%(words)s: from %(amount)s") % {"words": words, "amount": cost}


def _day(day: date) -> str:
    return date_format(day, "j E")
