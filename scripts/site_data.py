"""Database, administrator, demo data: each is made once and left alone afterwards."""

from __future__ import annotations

import secrets
from pathlib import Path

from crystalbay import env
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from leads.models import Client

from setup import write_privately
from terminal import fail, say

ADMIN = "admin"


def main() -> None:
    for folder in (settings.VAR_DIR, settings.STATIC_ROOT):
        Path(folder).mkdir(parents=True, exist_ok=True)
    # One short connection; a pool would try again for ten seconds and say so each time.
    connection.settings_dict["OPTIONS"].pop("pool", None)
    try:
        migrate()
        prepare_admin()
        prepare_demo()
    except DatabaseError as error:
        reason = str(error).strip().splitlines()[0]
        fail(
            "База данных не отвечает или не принимает изменения. Проверьте DATABASE_URL "
            f"и работает ли сервер базы. Ответ базы: {reason}"
        )


def migrate() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("· Готовлю базу данных")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("ensure_roles")


def prepare_admin() -> None:
    """Make the administrator once, or give it the password of ADMIN_PASSWORD.

    A password made here is kept in var/admin-password.txt as long as it is valid, so that the
    next start can show it again.
    """
    kept = Path(settings.VAR_DIR) / "admin-password.txt"
    user = User.objects.filter(username=ADMIN).first()
    if given := given_password():
        kept.unlink(missing_ok=True)
        set_password(user, given)
    elif user is None:
        password = secrets.token_urlsafe(9)
        write_privately(kept, password + "\n")
        set_password(None, password)
    elif kept.exists() and not user.check_password(kept.read_text().strip()):
        kept.unlink()


def set_password(user: User | None, password: str) -> None:
    if user is None:
        User.objects.create_superuser(ADMIN, password=password)
    elif not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])


def given_password() -> str:
    """Return ADMIN_PASSWORD. Outside the demo world a weak one is refused."""
    password = env.secret("ADMIN_PASSWORD")
    if password and not settings.DEMO_MODE:
        try:
            validate_password(password)
        except ValidationError as error:
            fail(f"ADMIN_PASSWORD: {' '.join(error.messages)}")
    return password


def prepare_demo() -> None:
    """Fill a new database of the demo world."""
    if settings.DEMO_MODE and not Client.objects.exists():
        say("· Создаю демонстрационные данные")
        call_command("demo", verbosity=0)
