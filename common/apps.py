from django.apps import AppConfig
from django.db.backends.signals import connection_created

from common.sqlite import teach_cyrillic


class CommonConfig(AppConfig):
    name = "common"

    def ready(self) -> None:
        # The only signal in the project: Django offers no other way to reach a new connection.
        connection_created.connect(teach_cyrillic, dispatch_uid="teach-cyrillic")
