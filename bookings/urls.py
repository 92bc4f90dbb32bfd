from django.urls import path

from bookings import pages

urlpatterns = [
    path("<str:token>/", pages.selection_page, name="selection"),
    path("<str:token>/tours/", pages.selection_tours, name="selection_tours"),
    path("<str:token>/opened/", pages.selection_opened, name="selection_opened"),
    path("<str:token>/<int:item_id>/<slug:act>/", pages.selection_act, name="selection_act"),
]
