"""The health row of the poller: what is wanted of it, and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from botapp.models import BotProcess
from integrations.accounts import telegram_config, telegram_uses_webhook
from integrations.models import IntegrationAccount
from integrations.transport.redact import redact

# Longer than the pause between two signs of life.
SILENT = timedelta(seconds=20)
DEAF = timedelta(minutes=2)


def process_of(account: IntegrationAccount) -> BotProcess:
    process, _is_new = BotProcess.objects.get_or_create(account=account)
    return process


def want(account: IntegrationAccount, is_wanted: bool) -> None:
    """Let the poller run or rest; it obeys within five seconds."""
    process_of(account)
    BotProcess.objects.filter(account=account).update(is_wanted=is_wanted)


def is_wanted(account_id: int) -> bool:
    wanted = BotProcess.objects.filter(account=account_id, account__is_enabled=True)
    return bool(wanted.values_list("is_wanted", flat=True).first())


def note(account_id: int, **changes: object) -> None:
    BotProcess.objects.filter(account=account_id).update(seen_at=timezone.now(), **changes)


def note_success(account_id: int) -> None:
    note(account_id, is_running=True, polled_at=timezone.now(), last_error="")


def note_failure(account_id: int, error: Exception) -> None:
    said = redact(f"{type(error).__name__}: {error}")[:300]
    note(account_id, last_error=said, failed_at=timezone.now())


@dataclass(frozen=True)
class Health:
    """`tone` is a colour of chips; `is_alarm`: somebody has to look."""

    words: str
    tone: str
    is_alarm: bool = False


def health_of(account: IntegrationAccount, process: BotProcess) -> Health:
    """What to say of the bot now, in plain words."""
    now = timezone.now()
    if telegram_config(account) is None:
        return Health(_("No token: the bot is not connected"), "orange")
    if not account.is_enabled or not process.is_wanted:
        return Health(_("Stopped by an administrator"), "")
    if telegram_uses_webhook(account):
        if process.webhook_problem:
            return Health(process.webhook_problem, "red", is_alarm=True)
        return Health(_("Telegram calls us"), "green")
    if not _within(process.seen_at, SILENT, now):
        return Health(_("The process is not running"), "red", is_alarm=True)
    if not _within(process.polled_at, DEAF, now):
        return Health(_("Telegram has not answered for two minutes"), "red", is_alarm=True)
    return Health(_("Works"), "green")


def _within(moment: datetime | None, span: timedelta, now: datetime) -> bool:
    return moment is not None and now - moment <= span
