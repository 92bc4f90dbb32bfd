"""Make the groups of the roles and add the rights they lack: `manage.py ensure_roles`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from crystalbay.roles import ensure_roles


class Command(BaseCommand):
    help = "Makes the groups of the roles with their rights; takes nothing away."

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_roles()
