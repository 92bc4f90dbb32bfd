"""Tells Wazzup24 who our people and clients are, so that its own windows show names.

A courtesy: nothing here depends on it, and a key of a ready-made integration can't do it at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse

from chat.models import Conversation
from integrations.models import ExternalLink, IntegrationAccount
from integrations.registry import NotConfigured, wazzup_client
from integrations.transport.errors import ConnectorError

log = structlog.get_logger(__name__)

Row = Mapping[str, Any]
PAGE = 100
# Per run; the next one goes on.
MOST = 2_000


def push_directory() -> None:
    """Push colleagues and clients that are new or changed, for every connection that can.

    The network is outside of transactions; a failure waits for the next run.
    """
    accounts = IntegrationAccount.objects.filter(
        kind=IntegrationAccount.Kind.WAZZUP, is_enabled=True
    )
    for account in accounts:
        if account.config.get("is_sidecar"):
            continue
        try:
            _push(account)
        except NotConfigured:
            continue
        except ConnectorError as error:
            log.warning("wazzup_push_failed", account=account.pk, reason=type(error).__name__)


def _push(account: IntegrationAccount) -> None:
    client = wazzup_client(account)
    users = [
        {"id": str(user.pk), "name": (user.get_full_name() or user.username)[:150]}
        for user in User.objects.filter(is_staff=True, is_active=True).order_by("pk")
    ]
    if not users:
        return
    if changed := _changed(account, "user", users):
        client.save_users(changed)
        _remember(account, "user", changed)
    contacts = list(_contacts(account, [user["id"] for user in users]))
    changed = _changed(account, "contact", contacts)
    for start in range(0, len(changed), PAGE):
        page = changed[start : start + PAGE]
        client.save_contacts(page)
        _remember(account, "contact", page)


def _contacts(account: IntegrationAccount, user_ids: Sequence[str]) -> Iterator[Row]:
    """One row per client: where they write to us, who answers for them, their page here.

    Somebody who is not among the users would have the whole call refused.
    """
    talks = Conversation.objects.filter(account__parent=account, is_group=False)
    newest = talks.select_related("client", "lead").order_by("-updated_at")[:MOST]
    found: dict[int, dict[str, Any]] = {}
    for talk in newest:
        chat_type, _colon, chat_id = talk.external_id.partition(":")
        page = reverse("admin:leads_client_change", args=[talk.client_id])
        assignee = str(talk.lead.assignee_id) if talk.lead else ""
        row = found.setdefault(
            talk.client_id,
            {
                "id": str(talk.client_id),
                "responsibleUserId": assignee if assignee in user_ids else user_ids[0],
                "name": str(talk.client)[:200],
                "contactData": [],
                "uri": f"{settings.PUBLIC_BASE_URL}{page}",
            },
        )
        address = {"chatType": chat_type, "chatId": chat_id}
        if address not in row["contactData"]:
            row["contactData"].append(address)
    yield from found.values()


def _hash(row: Row) -> str:
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()


def _changed(account: IntegrationAccount, kind: str, rows: Sequence[Row]) -> list[Row]:
    links = ExternalLink.objects.filter(account=account, external_type=kind)
    known = dict(links.values_list("external_id", "pushed_hash"))
    return [row for row in rows if known.get(row["id"]) != _hash(row)]


def _remember(account: IntegrationAccount, kind: str, rows: Sequence[Row]) -> None:
    for row in rows:
        ExternalLink.objects.update_or_create(
            account=account,
            external_type=kind,
            external_id=row["id"],
            defaults={
                "local_type": kind,
                "local_id": int(row["id"]),
                "pushed_hash": _hash(row),
            },
        )
