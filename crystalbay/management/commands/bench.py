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

from bookings.permissions import bookings_visible_to
from chat.chat_list import TalkFilter, talk_page
from crystalbay.bench import booking_world, measure, world
from leads.board_filter import BoardFilter
from leads.board_selectors import CARDS, Place, column_page
from leads.models import Lead
from leads.permissions import leads_visible_to

SEARCHES = {
    "name": "клиент 4321",
    "phone": "8 700 000 43-21",
    "words": "завтраки",
    "nothing": "нет такого",
}

BOOKING_PAGES = {
    "bookings": "booking_changelist",
    "bookings, board": "board",
    "tourists": "traveller_changelist",
    "payments, planned": "paymentdue_changelist",
    "payments, ledger": "ledgerentry_changelist",
}


class Command(BaseCommand):
    help = "Fills an empty database with leads and prints times, queries and sizes of pages."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--leads", type=int, default=5000)

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.perf_counter()
        if not Lead.objects.exists():
            world.fill(options["leads"])
            booking_world.fill_bookings(options["leads"] * 2 // 5)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        self.stderr.write(f"filled in {time.perf_counter() - started:.0f} s")
        measure.ensure_head()
        figures = [figure for name in (measure.HEAD, measure.MANAGER) for figure in _figures(name)]
        answer = {"database": connection.vendor, "leads": options["leads"], "figures": figures}
        self.stdout.write(json.dumps(answer))


def _figures(username: str) -> list[dict[str, Any]]:
    viewer = User.objects.get(username=username)
    client = measure.client_of(viewer)
    return [
        measure.page(client, username, name, url).as_dict() for name, url in _pages(viewer).items()
    ]


def _pages(viewer: User) -> dict[str, str]:
    visible = leads_visible_to(viewer).filter(stage="new")
    newest = visible.order_by("-stage_changed_at", "-pk")[CARDS - 1]
    after = Place(newest.stage_changed_at, newest.pk)
    assert column_page("new", BoardFilter(viewer), after)[0]  # noqa: S101 - there is a next page
    more, search = reverse("admin:leads_lead_cards"), reverse("admin:search")
    talk = talk_page(TalkFilter(viewer)).talks[0]
    return {
        "board": reverse("admin:leads_lead_board"),
        "board, more": f"{more}?{urlencode({'stage': 'new', 'after': str(after)})}",
        "board, hot": f"{reverse('admin:leads_lead_board')}?temperature=hot",
        "today": reverse("admin:index"),
        "chats": reverse("admin:chat_conversation_changelist"),
        "thread": reverse("admin:chat_conversation_thread", args=[talk.pk]),
        "leads": reverse("admin:leads_lead_changelist"),
        **{name: reverse(f"admin:bookings_{url}") for name, url in BOOKING_PAGES.items()},
        "radar": f"{reverse('admin:bookings_booking_changelist')}?radar=yes",
        "booking": reverse("admin:bookings_booking_change", args=[_booking(viewer)]),
        **{f"search, {what}": f"{search}?{urlencode({'q': q})}" for what, q in SEARCHES.items()},
    }


def _booking(viewer: User) -> int:
    """One with everything to show."""
    return bookings_visible_to(viewer).filter(state="prepaid").latest("pk").pk
