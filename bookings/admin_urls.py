from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from bookings import admin_operator, admin_selection, admin_tours

RESULTS = "tours/<uuid:batch>/"
OFFER = "tours/offer/<int:offer_id>/"
SELECTION = "tours/selection/<int:selection_id>/"


def urls(site: AdminSite) -> list[URLPattern]:
    """The addresses of tours and selections inside the back office."""
    view = site.admin_view
    return [
        path("tours/", view(admin_tours.tours_page), name="bookings_tours"),
        path("tours/search/", view(admin_tours.search), name="bookings_search"),
        path("tours/suggestions/", view(admin_tours.suggestions), name="bookings_suggestions"),
        path(
            "tours/run/<int:run_id>/relax/<int:which>/",
            view(admin_tours.relax),
            name="bookings_relax",
        ),
        path("tours/operator/", view(admin_operator.operator_page), name="bookings_operator"),
        path("tours/operator/check/", view(admin_operator.check), name="bookings_operator_check"),
        path(f"{RESULTS}results/", view(admin_tours.results), name="bookings_results"),
        path(f"{RESULTS}again/", view(admin_tours.again), name="bookings_search_again"),
        path(f"{OFFER}pick/", view(admin_tours.pick), name="bookings_pick"),
        path(f"{OFFER}chat/", view(admin_tours.into_chat), name="bookings_into_chat"),
        path(f"{OFFER}flights/", view(admin_tours.flights), name="bookings_flights"),
        path(SELECTION, view(admin_selection.selection_page), name="bookings_selection_page"),
        path(
            f"{SELECTION}<slug:act>/",
            view(admin_selection.selection_act),
            name="bookings_selection_act",
        ),
    ]
