"""Do at once what the clock does in a day: `manage.py bookings_day --today 2027-01-05`."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from bookings.services.radar import ring_for_money_at_risk
from bookings.services.reminders import follow_travellers, send_reminders
from bookings.services.travellers import forget_documents


class Command(BaseCommand):
    help = "Send reminders, move travellers, watch money and forget passports. Safe to run twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--today", type=date.fromisoformat, help="another day; demo mode only")

    def handle(self, *args: Any, **options: Any) -> None:
        today = options["today"] or timezone.localdate()
        if options["today"] and not settings.DEMO_MODE:
            raise CommandError("--today is for the demo mode: real clients would be written to.")
        done = {
            "moved": follow_travellers(today=today),
            "sent": send_reminders(today=today),
            "at risk": ring_for_money_at_risk(today=today),
            "forgotten": forget_documents(kept_days=settings.PASSPORT_DAYS, today=today),
        }
        self.stdout.write(", ".join(f"{name} {number}" for name, number in done.items()))
