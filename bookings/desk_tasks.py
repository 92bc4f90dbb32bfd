"""Work by the clock, in Asia/Almaty. Everything is safe to run twice."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from bookings.services.radar import ring_for_money_at_risk
from bookings.services.reminders import follow_travellers, is_decent_hour, send_reminders
from bookings.services.travellers import forget_documents
from common.locks import run_once


@shared_task(name="bookings.send_reminders")
def send_due_reminders() -> None:
    with run_once("booking-reminders", ttl_s=600) as is_ours:
        if is_ours and is_decent_hour():
            send_reminders()


@shared_task(name="bookings.follow_travellers")
def follow() -> None:
    with run_once("booking-travellers", ttl_s=600) as is_ours:
        if is_ours:
            follow_travellers()


@shared_task(name="bookings.watch_money")
def watch_money() -> None:
    with run_once("booking-money", ttl_s=600) as is_ours:
        if is_ours and is_decent_hour():
            ring_for_money_at_risk()


@shared_task(name="bookings.forget_documents")
def forget() -> None:
    with run_once("booking-documents", ttl_s=600) as is_ours:
        if is_ours:
            forget_documents(kept_days=settings.PASSPORT_DAYS)
