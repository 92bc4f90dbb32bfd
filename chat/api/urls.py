from django.urls import path

from chat.api import webchat

app_name = "webchat"
urlpatterns = [
    path("session/", webchat.OpenSession.as_view(), name="session"),
    path("messages/", webchat.Messages.as_view(), name="messages"),
    path("events/", webchat.events, name="events"),
]
