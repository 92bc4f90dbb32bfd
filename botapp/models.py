from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation, Message
from common.models import TimestampedModel
from integrations.models import IntegrationAccount


class Dialogue(TimestampedModel):
    """Where a client stands in the guided search. What they want are the facts of the lead.

    `step` is what is being asked, empty when nothing is. `trail` are the steps shown before, for
    «back»; `skipped` those left open on purpose. Keys carry `version`: older ones are known by it.
    `offers` are what search number `search_no` found, of which `shown` have been shown; `wanted`
    are the cards (messages) the client has chosen.
    """

    conversation = models.OneToOneField(Conversation, on_delete=models.CASCADE)
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True)
    step = models.CharField(max_length=20, blank=True)
    trail = models.JSONField(default=list)
    skipped = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=0)
    search_no = models.PositiveIntegerField(default=0)
    offers: Any = models.JSONField(default=list)
    shown = models.PositiveSmallIntegerField(default=0)
    wanted: Any = models.JSONField(default=list)


class BotProcess(models.Model):
    """The one process that asks Telegram for updates: what is wanted of it, and how it is.

    `seen_at`: its last sign of life; `polled_at`: the last answer of Telegram. `webhook_problem`
    is what the last look at the registered address found.
    """

    account = models.OneToOneField(IntegrationAccount, on_delete=models.CASCADE)
    is_wanted = models.BooleanField(_("switched on"), default=True)
    is_running = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    polled_at = models.DateTimeField(null=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    failed_at = models.DateTimeField(null=True)
    webhook_problem = models.CharField(max_length=300, blank=True)
    webhook_checked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("bot process")
        verbose_name_plural = _("bot processes")


class StaffChat(models.Model):
    """Where colleagues hear of leads: a group, or the private chat of one linked person."""

    account = models.ForeignKey(IntegrationAccount, on_delete=models.CASCADE)
    chat_id = models.CharField(max_length=40)
    title = models.CharField(_("name"), max_length=120)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="telegram_chat"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("staff chat")
        verbose_name_plural = _("staff chats")
        constraints = [
            models.UniqueConstraint(fields=["account", "chat_id"], name="staff_chat_once"),
        ]

    def __str__(self) -> str:
        return self.title


class LinkCode(models.Model):
    """A one-time code that ties a Telegram chat to a colleague, or a group to the agency."""

    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    is_for_group = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class StaffNotice(models.Model):
    """One notification in a staff chat; a reply to it goes to the client of the conversation.

    `cause` is what it was about: the same thing is told once in a chat.
    """

    chat = models.ForeignKey(StaffChat, on_delete=models.CASCADE)
    cause = models.CharField(max_length=80)
    lead_id = models.BigIntegerField(null=True)
    message_id = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chat", "cause"], name="staff_notice_once"),
        ]
        indexes = [models.Index(fields=["chat", "message_id"], name="staff_notice_message")]
