from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand

from chat.models import Conversation, Message
from integrations.accounts import wazzup_account
from integrations.models import InboxEvent
from integrations.wazzup.care import webhook_address


class Command(BaseCommand):
    help = "Says as JSON what webhooks of Wazzup24 have become: for scripts/webhook_trial.py."

    def handle(self, *args: Any, **options: Any) -> None:
        account = wazzup_account()
        # What the bot answered meanwhile did not come through a webhook.
        ours = Message.objects.filter(conversation__account__parent=account).exclude(author="bot")
        events = InboxEvent.objects.filter(account=account)
        found = {
            "path": urlsplit(webhook_address(account)).path,
            "waiting": events.filter(status__in=("pending", "in_flight")).count(),
            "unreadable": events.filter(status="needs_attention").count(),
            "messages": list(ours.order_by("pk").values_list("external_id", flat=True)),
            "statuses": dict(ours.filter(author="staff").values_list("external_id", "delivery")),
            "talks": Conversation.objects.filter(account__parent=account).count(),
        }
        self.stdout.write(json.dumps(found))
