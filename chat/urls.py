from django.urls import path

from chat import pages

app_name = "chat"
urlpatterns = [
    path("", pages.chat_page, name="page"),
    path("widget.js", pages.widget_script, name="widget"),
]
