from django.urls import path

from chat import pages, public_files

app_name = "chat"
urlpatterns = [
    path("", pages.chat_page, name="page"),
    path("files/<str:token>/<str:name>", public_files.public_file, name="public-file"),
    path("widget.js", pages.widget_script, name="widget"),
]
