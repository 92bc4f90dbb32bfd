"""Looks after the bot: does Telegram answer, and is the registered address still ours?"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from botapp import texts
from botapp.models import BotProcess
from botapp.process import health_of, process_of
from botapp.topics import SET_WEBHOOK
from integrations.accounts import telegram_account, telegram_config, telegram_uses_webhook
from integrations.channels.telegram.connector import TelegramConnector
from integrations.delivery.handlers import Outgoing
from integrations.delivery.outbox import enqueue
from integrations.models import IntegrationAccount
from integrations.registry import telegram_connector
from integrations.transport.errors import ConnectorError
from live.services import notify

State = IntegrationAccount.State
KINDS = ["message", "edited_message", "callback_query", "my_chat_member"]
LANGUAGES = ("ru", "kk", "en")


def watch() -> None:
    """Look once; a trouble is told to the administrators once, until it is over."""
    account = telegram_account()
    if account is None or telegram_config(account) is None:
        return
    process = process_of(account)
    with translation.override(settings.LANGUAGE_CODE):
        if telegram_uses_webhook(account):
            _look_at_webhook(account, process)
        health = health_of(account, process)
        _note(account, health.words if health.is_alarm else "")


def _note(account: IntegrationAccount, problem: str) -> None:
    state = State.BROKEN if problem else State.OK
    changes: dict[str, Any] = {"state": state, "last_error": problem[:300]}
    if not problem:
        changes["last_ok_at"] = timezone.now()
    was_broken = account.state == State.BROKEN
    with transaction.atomic():
        IntegrationAccount.objects.filter(pk=account.pk).update(**changes)
        if problem and not was_broken:
            for person in administrators():
                said = _("Telegram: %(problem)s") % {"problem": problem}
                notify(person.pk, "alarm", f"telegram:{account.pk}", said, page_url())


def administrators() -> list[User]:
    backend = "django.contrib.auth.backends.ModelBackend"
    people = User.objects.with_perm("integrations.change_integrationaccount", backend=backend)
    return list(people.filter(is_active=True, is_staff=True))


def page_url() -> str:
    return reverse("admin:botapp_bot")


def webhook_url(account: IntegrationAccount) -> str:
    return f"{settings.PUBLIC_BASE_URL}/webhooks/telegram/{account.public_id}/"


def _look_at_webhook(account: IntegrationAccount, process: BotProcess) -> None:
    """https://core.telegram.org/bots/api#getwebhookinfo"""
    try:
        info = telegram_connector(account).call("getWebhookInfo", {})
        problem = _drift(account, info)
    except ConnectorError as error:
        problem = _("Telegram does not answer: %(error)s") % {"error": error.message}
    process.webhook_problem, process.webhook_checked_at = problem[:300], timezone.now()
    process.save(update_fields=["webhook_problem", "webhook_checked_at"])


def _drift(account: IntegrationAccount, info: dict[str, Any]) -> str:
    if info.get("url") != webhook_url(account):
        return _("Another address is registered at Telegram: no messages come to us")
    failed_at = int(info.get("last_error_date") or 0)
    if failed_at and timezone.now().timestamp() - failed_at < 600:
        return _("Telegram can't reach us: %(error)s") % {
            "error": str(info.get("last_error_message", ""))[:200]
        }
    return ""


def repair_webhook(account: IntegrationAccount) -> None:
    """Register our address, the commands and the description anew; enqueues the calls."""
    enqueue(SET_WEBHOOK, f"telegram:{account.pk}", {"account": account.pk}, merge=True)


class SetWebhook:
    """Topic `botapp.set_webhook`, payload `{"account": id}`: how the bot presents itself."""

    def perform(self, outgoing: Outgoing) -> None:
        account = _account(outgoing)
        connector = telegram_connector(account)
        if telegram_uses_webhook(account):
            fields = {
                "url": webhook_url(account),
                "secret_token": account.secrets["webhook_secrets"][0],
                "allowed_updates": KINDS,
                "max_connections": 20,
            }
            connector.call("setWebhook", fields)
        _present(connector)

    def apply(self, outgoing: Outgoing, result: None) -> None:
        process = process_of(_account(outgoing))
        process.webhook_problem, process.webhook_checked_at = "", timezone.now()
        process.save(update_fields=["webhook_problem", "webhook_checked_at"])

    def give_up(self, outgoing: Outgoing, error_kind: str, message: str) -> None:
        BotProcess.objects.filter(account=_account(outgoing)).update(last_error=message[:300])

    def is_repeatable(self, outgoing: Outgoing) -> bool:
        return True


def _account(outgoing: Outgoing) -> IntegrationAccount:
    return IntegrationAccount.objects.get(pk=outgoing.payload["account"])


def _present(connector: TelegramConnector) -> None:
    """Commands and description in three languages; Russian is also for everybody else."""
    for code in ("", *LANGUAGES):
        with translation.override(code or "ru"):
            commands = [{"command": name, "description": what} for name, what in texts.commands()]
            language = {"language_code": code} if code else {}
            connector.call("setMyCommands", {"commands": commands, **language})
            connector.call("setMyDescription", {"description": texts.description(), **language})
