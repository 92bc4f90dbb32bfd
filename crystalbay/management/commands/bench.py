"""Measure the back office on a large database: `manage.py bench --leads 50000`.

Run it through `make bench`, which gives it empty scratch databases.
"""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.urls import reverse

from crystalbay.bench import measure, world
from leads.models import Lead
from leads.selectors import CARDS, BoardFilter, Place, column_page


class Command(BaseCommand):
    help = "Fills an empty database with leads and prints times, queries and sizes of pages."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--leads", type=int, default=5000)

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.perf_counter()
        if not Lead.objects.exists():
            world.fill(options["leads"])
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self.stderr.write(f"filled in {time.perf_counter() - started:.0f} s")
        client = measure.staff_client()
        pages = _pages(User.objects.get(username=measure.HEAD))
        figures = [measure.page(client, name, url).as_dict() for name, url in pages.items()]
        answer = {"database": connection.vendor, "leads": options["leads"], "figures": figures}
        self.stdout.write(json.dumps(answer))


def _pages(viewer: User) -> dict[str, str]:
    newest = Lead.objects.filter(stage="new").order_by("-stage_changed_at", "-pk")[CARDS - 1]
    after = Place(newest.stage_changed_at, newest.pk)
    assert column_page("new", BoardFilter(viewer), after)[0]  # noqa: S101 - there is a next page
    more = reverse("admin:leads_lead_cards")
    return {
        "board": reverse("admin:leads_lead_board"),
        "board, more": f"{more}?{urlencode({'stage': 'new', 'after': str(after)})}",
        "chats": reverse("admin:chat_conversation_changelist"),
        "leads": reverse("admin:leads_lead_changelist"),
        "today": reverse("admin:index"),
    }
