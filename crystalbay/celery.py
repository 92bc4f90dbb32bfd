"""The task queue. It carries wake-ups only: every intention is a row that a sweeper finds."""

from __future__ import annotations

import os
from pathlib import Path

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crystalbay.settings")

app = Celery("crystalbay")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()
app.autodiscover_tasks()

app.conf.beat_schedule = {
    # Covers lost wake-ups, a dead broker and workers that were killed.
    "sweep-inbox": {"task": "integrations.sweep_inbox", "schedule": 10.0},
    "sweep-outbox": {"task": "integrations.sweep_outbox", "schedule": 10.0},
    # A talk a person has finished goes back to the bot at its time.
    "return-bots": {"task": "chat.return_bots", "schedule": 60.0},
    # What clients are told by itself, by day; not at night.
    "booking-reminders": {"task": "bookings.send_reminders", "schedule": 600.0},
    # Departed and come home, on the day.
    "booking-travellers": {"task": "bookings.follow_travellers", "schedule": 1800.0},
    # Client paid, operator not: rings again every day until it is.
    "booking-money": {"task": "bookings.watch_money", "schedule": 3600.0},
    # Passports are kept no longer than promised.
    "booking-passports": {"task": "bookings.forget_documents", "schedule": 6 * 3600.0},
    # The operator's dictionaries change rarely; the night has few clients.
    "sync-catalogue": {
        "task": "bookings.start_nightly_sync",
        "schedule": crontab(hour="4", minute="20"),
    },
    "resume-catalogue-syncs": {"task": "bookings.resume_syncs", "schedule": 60.0},
    "prune-offers": {"task": "bookings.prune_offers", "schedule": 24 * 3600.0},
    # Finished rows are kept for questions, not for ever.
    "prune-events": {"task": "integrations.prune_events", "schedule": 6 * 3600.0},
    "prune-live-events": {"task": "live.prune_live_events", "schedule": 3600.0},
}


def ensure_broker_folders() -> None:
    """Make the folders of the file-based broker; kombu expects them to exist."""
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    for name in ("data_folder_in", "control_folder"):
        if name in options:
            Path(options[name]).mkdir(parents=True, exist_ok=True)


ensure_broker_folders()
