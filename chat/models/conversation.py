from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.models import TimestampedModel
from integrations.models import IntegrationAccount
from leads.models import Client, Lead


class Conversation(TimestampedModel):
    """One chat with one client on one channel account.

    `mode` says who speaks; BOT means the rule of the channel (`AnswerPolicy`) unless a person chose
    the bot (`is_bot_chosen`). `understood_id` is the newest customer message whose facts are in the
    lead; `question` is the fact the bot asked for last, so that a bare «10» can be read.
    `unanswered_since` is the first customer message nobody has answered. `bot_returns_at` is when
    the bot may speak again by itself; `snoozed_until` hides the talk from «Сегодня» until then.
    `window_closes_at`: until then the messenger takes free text; empty where it always does.
    `opted_out_at`: the client has forbidden us to write first. A group is nobody's inquiry and is
    never answered automatically.
    """

    class Mode(models.TextChoices):
        BOT = "bot", _("Bot")
        DRAFTS = "drafts", _("Drafts")
        HUMAN = "human", _("Person")

    account = models.ForeignKey(
        IntegrationAccount, on_delete=models.PROTECT, verbose_name=_("channel")
    )
    external_id = models.CharField(max_length=200, editable=False)
    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, related_name="conversations", verbose_name=_("client")
    )
    lead = models.ForeignKey(
        Lead,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="conversations",
        verbose_name=_("lead"),
    )
    mode = models.CharField(_("who speaks"), max_length=10, choices=Mode.choices, default=Mode.BOT)
    is_bot_chosen = models.BooleanField(default=False, editable=False)
    language = models.CharField(max_length=2, default="ru", choices=Client.Language.choices)
    question = models.CharField(max_length=40, blank=True, editable=False)
    misunderstood = models.PositiveSmallIntegerField(default=0, editable=False)
    understood_id = models.BigIntegerField(default=0, editable=False)
    unanswered_since = models.DateTimeField(_("waiting since"), null=True, editable=False)
    bot_returns_at = models.DateTimeField(_("bot returns"), null=True, editable=False)
    snoozed_until = models.DateTimeField(_("put off until"), null=True, editable=False)
    snoozed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False
    )
    gone_since = models.DateTimeField(_("can't be reached since"), null=True, editable=False)
    gone_reason = models.CharField(max_length=200, blank=True, editable=False)
    window_closes_at = models.DateTimeField(_("window closes"), null=True, editable=False)
    opted_out_at = models.DateTimeField(_("unsubscribed"), null=True, editable=False)
    is_group = models.BooleanField(_("group"), default=False, editable=False)
    last_message_at = models.DateTimeField(_("last message"), default=timezone.now)
    last_text = models.CharField(max_length=120, blank=True, editable=False)

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "external_id"], name="conversation_once_per_chat"
            ),
        ]
        indexes = [
            models.Index(fields=["-last_message_at", "-id"], name="conversation_newest"),
            models.Index(
                fields=["unanswered_since"],
                name="conversation_waiting",
                condition=models.Q(unanswered_since__isnull=False),
            ),
            models.Index(
                fields=["bot_returns_at"],
                name="conversation_bot_returns",
                condition=models.Q(bot_returns_at__isnull=False),
            ),
            models.Index(
                fields=["window_closes_at"],
                name="conversation_window",
                condition=models.Q(window_closes_at__isnull=False),
            ),
            models.Index(
                fields=["snoozed_until"],
                name="conversation_snoozed",
                condition=models.Q(snoozed_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.client)
