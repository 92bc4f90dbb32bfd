from __future__ import annotations

from django.contrib.admin import AdminSite
from django.urls import URLPattern, path

from bookings.desk import acts, board, book, documents, flights, travellers

BOOKING = "bookings/booking/<int:booking_id>/"


def urls(site: AdminSite) -> list[URLPattern]:
    """The addresses of bookings inside the back office, beside those of their lists."""
    view = site.admin_view
    page = view(travellers.traveller_page)
    return [
        path("bookings/board/", view(board.board), name="bookings_board"),
        path("bookings/flights/", view(flights.flights_page), name="bookings_flights_page"),
        path(
            "bookings/offer/<int:offer_id>/book/",
            view(book.book),
            name="bookings_booking_from_offer",
        ),
        path(f"{BOOKING}do/<slug:action>/", view(acts.act), name="bookings_act"),
        path(f"{BOOKING}tourist/", page, name="bookings_traveller_new"),
        path(f"{BOOKING}tourist/<int:traveller_id>/", page, name="bookings_traveller_page"),
        path(
            "bookings/tourist/<int:traveller_id>/look/",
            view(travellers.look),
            name="bookings_traveller_look",
        ),
        path(
            "bookings/tourist/<int:traveller_id>/remove/",
            view(travellers.remove),
            name="bookings_traveller_remove",
        ),
        path(
            "bookings/file/<int:document_id>/",
            view(documents.document_file),
            name="bookings_document_file",
        ),
        path(
            "bookings/texts/<slug:kind>/",
            view(documents.edit_template),
            name="bookings_template_edit",
        ),
    ]
