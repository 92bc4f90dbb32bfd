from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from crystalbay.demo.store import replace_world
from crystalbay.demo.tours import read_catalogue
from crystalbay.demo.world import invent_world

MAX_CLIENTS = 9999


class Command(BaseCommand):
    """Make the invented world of the demo mode afresh; what people entered stays untouched.

    Safe to repeat: the same seed on the same day gives the same clients, leads and talks.
    """

    help = "Заново создаёт демонстрационные данные (только в демо-режиме)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument("--clients", type=int, default=200)
        parser.add_argument("--leads", type=int, default=300)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_MODE:
            raise CommandError("Демонстрационные данные создаются только при DEMO_MODE=1.")
        clients, leads = options["clients"], options["leads"]
        if not (1 <= clients <= MAX_CLIENTS and clients <= leads):
            raise CommandError(
                f"Клиентов может быть от 1 до {MAX_CLIENTS}, и не больше, чем лидов."
            )
        now = timezone.localtime().replace(second=0, microsecond=0)
        stories = invent_world(seed=options["seed"], clients=clients, leads=leads, now=now)
        replace_world(stories, now=now)
        read_catalogue()
        if options["verbosity"]:
            self.stdout.write(f"Готово: клиентов {clients}, лидов {leads}.")
