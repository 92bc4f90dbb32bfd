from django.contrib import admin
from django.urls import include, path

from crystalbay import health

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("api/v1/webchat/", include("chat.api.urls")),
    path("chat/", include("chat.urls")),
    path("webhooks/", include("integrations.webhooks.urls")),
    path("trip/", include("bookings.trip.urls")),
    path("s/", include("bookings.urls")),
    path("admin/", admin.site.urls),
]
