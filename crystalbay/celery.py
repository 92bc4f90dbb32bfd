"""The task queue. It carries wake-ups only: every intention is a row that a sweeper finds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_init
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
    # Webhooks that came while the database was away.
    "store-kept-webhooks": {"task": "integrations.store_kept_webhooks", "schedule": 10.0},
    # Colleagues in Telegram, and the bot itself.
    "tell-of-waiting": {"task": "botapp.tell_of_waiting", "schedule": 60.0},
    "send-morning-summary": {
        "task": "botapp.send_morning_summary",
        "schedule": crontab(hour="9", minute="0"),
    },
    "watch-bot": {"task": "botapp.watch", "schedule": 60.0},
    # Channels drop out and other programs take the address of the calls: seen within five minutes.
    "look-after-wazzup": {"task": "integrations.look_after_wazzup", "schedule": 300.0},
    # Names in Wazzup24's own windows; nobody waits for them.
    "push-wazzup-directory": {"task": "chat.push_wazzup_directory", "schedule": 1800.0},
    # A talk a person has finished goes back to the bot at its time.
    "return-bots": {"task": "chat.return_bots", "schedule": 60.0},
    # Takes up an analysis of all leads whose worker has died or whose wake-up was lost.
    "sweep-analysis": {"task": "leads.sweep_analysis", "schedule": 10.0},
    # Silence and nearing departures change what was worked out yesterday.
    "refresh-analyses": {"task": "leads.refresh_analyses", "schedule": 900.0},
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
    "forget-early-reports": {"task": "chat.forget_early_reports", "schedule": 6 * 3600.0},
    "prune-live-events": {"task": "live.prune_live_events", "schedule": 3600.0},
}


@worker_init.connect
def give_way(**_kwargs: Any) -> None:
    """Pages and webhooks are answered first where the machine is busy; work can wait a moment."""
    os.nice(5)


def ensure_broker_folders() -> None:
    """Make the folders of the file-based broker; kombu expects them to exist."""
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    for name in ("data_folder_in", "control_folder"):
        if name in options:
            Path(options[name]).mkdir(parents=True, exist_ok=True)


ensure_broker_folders()
