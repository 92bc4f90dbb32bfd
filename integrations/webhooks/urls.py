from django.urls import path

from integrations.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("<slug:kind>/<uuid:account>/", views.receive_webhook, name="receive"),
    # For providers that sign nothing: the secret is part of the address we give them.
    path("<slug:kind>/<uuid:account>/<str:secret>/", views.receive_webhook, name="receive-secret"),
]
