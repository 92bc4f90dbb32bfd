from django.urls import path

from bookings import pages

urlpatterns = [
    path("<slug:token>/", pages.selection_page, name="selection"),
    path("<slug:token>/tours/", pages.selection_tours, name="selection_tours"),
    path("<slug:token>/opened/", pages.selection_opened, name="selection_opened"),
    path("<slug:token>/<int:item_id>/<slug:act>/", pages.selection_act, name="selection_act"),
]
