"""Looks after a Wazzup24 connection: its channels, its templates, and whether its calls still come
to us. One address per account exists there; whoever saves another one takes our events away.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from integrations.accounts import wazzup_account
from integrations.channels.wazzup.client import WazzupClient, WebhookSettings
from integrations.channels.wazzup.errors import SidecarKey
from integrations.delivery.wake import wake
from integrations.models import IntegrationAccount
from integrations.registry import NotConfigured, wazzup_client
from integrations.transport.errors import ConnectorError
from integrations.wazzup.channels import alarms, sync_channels
from integrations.wazzup.templates import sync_templates

log = structlog.get_logger(__name__)

TASK = "integrations.look_after_wazzup_account"
State = IntegrationAccount.State
# Contacts and deals are not asked for: their calls want an answer made on the spot.
SUBSCRIPTIONS = {
    "messagesAndStatuses": True,
    "contactsAndDealsCreation": False,
    "channelsUpdates": True,
    "templateStatus": True,
}


@dataclass
class Findings:
    """What a look has brought: facts for the account's row, and what a person has to hear."""

    facts: dict[str, Any] = field(default_factory=dict)
    trouble: str = ""
    news: str = ""


def look_after_all() -> None:
    """Look after every connection that is switched on and has a key. Safe to run twice.

    Makes the first connection's row, so that somebody can give it a key.
    """
    wazzup_account()
    accounts = IntegrationAccount.objects.filter(
        kind=IntegrationAccount.Kind.WAZZUP, is_enabled=True
    )
    for account in accounts:
        look_after(account)


def look_after(account: IntegrationAccount) -> None:
    """Ask Wazzup24 how things are and write it down. The network comes before each transaction."""
    with override(settings.LANGUAGE_CODE):
        try:
            findings = _look(account)
        except NotConfigured:
            return
        _write_down(account.pk, findings)


def _look(account: IntegrationAccount) -> Findings:
    """What was found before a trouble counts. The calls come first: without them all is lost."""
    client, findings = wazzup_client(account), Findings()
    try:
        _watch_webhook(account, client, findings)
        findings.facts["channels"] = sync_channels(account)
        findings.facts["templates"] = sync_templates(account)
        findings.facts["is_sidecar"] = _is_sidecar(client)
    except ConnectorError as error:
        findings.trouble = findings.trouble or _(error.message) or type(error).__name__
    return findings


def _is_sidecar(client: WazzupClient) -> bool:
    """Whether the key belongs to a ready-made integration; only a closed route tells."""
    try:
        client.users()
    except SidecarKey:
        return True
    return False


def webhook_address(account: IntegrationAccount) -> str:
    """Where Wazzup24 has to call; whoever knows it can speak for Wazzup24."""
    secret = account.secrets["webhook_secrets"][0]
    path = reverse("webhooks:receive-secret", args=[account.kind, account.public_id, secret])
    return f"{settings.PUBLIC_BASE_URL}{path}"


def _watch_webhook(account: IntegrationAccount, client: WazzupClient, findings: Findings) -> None:
    found, wanted = client.webhooks(), webhook_address(account)
    is_ours = _is_right(found, wanted)
    # A second copy of this site with the same key must not take the calls away by itself.
    if not is_ours and account.config.get("is_webhook_wanted"):
        client.set_webhooks(wanted, SUBSCRIPTIONS)
        is_ours = _is_right(client.webhooks(), wanted)
        if account.config.get("is_webhook_ours"):
            findings.facts["webhook_repaired_at"] = timezone.now().isoformat()
            findings.news = _news(found, wanted)
    findings.facts["is_webhook_ours"] = is_ours
    findings.facts["webhook_host"] = urlsplit(found.uri).hostname or ""
    if not is_ours and account.config.get("is_webhook_wanted"):
        findings.trouble = _("Wazzup24 does not call this site. Press “Take the calls” again.")


def _is_right(found: WebhookSettings, wanted: str) -> bool:
    """Flags it does not name are not held against it: the documents differ."""
    return found.uri == wanted and all(
        found.subscriptions.get(name, value) == value for name, value in SUBSCRIPTIONS.items()
    )


def _news(found: WebhookSettings, wanted: str) -> str:
    if found.uri == wanted:
        return _("Somebody had switched off a part of Wazzup24's calls. They are on again.")
    said = _("Wazzup24's calls went to %(host)s. They come here again; find out who changed it.")
    return said % {"host": urlsplit(found.uri).hostname or _("nobody")}


@transaction.atomic
def _write_down(account_id: int, findings: Findings) -> None:
    account = IntegrationAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    was_broken = account.state == State.BROKEN
    account.config |= findings.facts | {"looked_at": timezone.now().isoformat()}
    account.state = State.BROKEN if findings.trouble else State.OK
    account.last_error = findings.trouble[:300]
    if not findings.trouble:
        account.last_ok_at = timezone.now()
    account.save()
    if findings.trouble and not was_broken:
        _raise_alarm(account, findings.trouble)
    if findings.news:
        _raise_alarm(account, findings.news)


def _raise_alarm(account: IntegrationAccount, text: str) -> None:
    log.warning("wazzup_alarm", account=account.pk)
    for tell in alarms:
        tell(account, text)


@transaction.atomic
def ask_for_a_look(account_id: int) -> bool:
    """Let a worker look at once; without a broker the next regular look does it."""
    wake(TASK, account_id)
    return True


@transaction.atomic
def want_webhook(account_id: int) -> bool:
    """A person says that Wazzup24's calls belong here; the next look sees to it."""
    account = IntegrationAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    account.config |= {"is_webhook_wanted": True}
    account.save(update_fields=["config", "updated_at"])
    wake(TASK, account_id)
    return True


@transaction.atomic
def change_webhook_secret(account_id: int) -> bool:
    """Make another address; the former one stays valid until the next change."""
    account = IntegrationAccount.objects.select_for_update(no_key=True).get(pk=account_id)
    account.secrets["webhook_secrets"] = [
        secrets.token_urlsafe(32),
        *account.secrets.get("webhook_secrets", [])[:1],
    ]
    account.save(update_fields=["secrets", "updated_at"])
    wake(TASK, account_id)
    return True
