"""What an account's page says of what was found there, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from common.admin import short_moment
from integrations.models import IntegrationAccount

Kind = IntegrationAccount.Kind


def account_lines(account: IntegrationAccount) -> Iterator[str]:
    if account.kind == Kind.WAZZUP:
        yield from _of_wazzup(account)
    elif account.kind == Kind.WAZZUP_CHANNEL:
        yield from _of_channel(account)


def _of_wazzup(account: IntegrationAccount) -> Iterator[str]:
    found = account.config
    if "looked_at" not in found:
        yield _("Nothing has been checked yet. Give the key, save, and press “Check now”.")
        return
    said = _("Checked %(moment)s: channels %(channels)s, templates %(templates)s.")
    yield said % {
        "moment": short_moment(parse_datetime(found["looked_at"])),
        "channels": found.get("channels", 0),
        "templates": found.get("templates", 0),
    }
    if found.get("is_webhook_ours"):
        yield _("Wazzup24 calls this site.")
    else:
        host = found.get("webhook_host") or _("nobody")
        yield _("Wazzup24 calls %(host)s, not this site.") % {"host": host}
    if repaired := found.get("webhook_repaired_at"):
        moment = short_moment(parse_datetime(repaired))
        yield _("Its calls had been taken away and were put back on %(moment)s.") % {
            "moment": moment
        }
    if found.get("is_sidecar"):
        yield _(
            "The key belongs to a ready-made integration: employees, contacts and deals can't be "
            "passed to Wazzup24, messages can't be changed or deleted there."
        )


def _of_channel(account: IntegrationAccount) -> Iterator[str]:
    found = account.config
    if number := found.get("plain_id"):
        yield _("Number or page: %(number)s.") % {"number": number}
    if tier := found.get("tier"):
        yield _("Tier of new talks: %(tier)s.") % {"tier": tier}
