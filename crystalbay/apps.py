from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class CrystalBayConfig(AppConfig):
    name = "crystalbay"

    def ready(self) -> None:
        # Not at the top of the file: apps are not loaded yet when Django imports this module.
        import_module("crystalbay.wiring").connect()
        import_module("crystalbay.checks")


class BackOfficeConfig(AdminConfig):
    default_site = "crystalbay.admin_site.BackOfficeSite"
