from django.urls import path

from bookings.trip import views

app_name = "trip"
urlpatterns = [
    path("tourists/<str:token>/", views.travellers, name="travellers"),
    path("tourists/<str:token>/keep/", views.keep, name="keep"),
    path("<str:token>/", views.page, name="page"),
    path("<str:token>/file/<int:document_id>/", views.document, name="document"),
    path("<str:token>/opened/", views.opened, name="opened"),
    path("<str:token>/mark/", views.feedback, name="feedback"),
]
