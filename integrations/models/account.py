from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import TimestampedModel
from integrations.crypto import EncryptedJSONField


class IntegrationAccount(TimestampedModel):
    """One connection to a foreign system: a WhatsApp number, a bot, an operator.

    A connection that serves several numbers (Wazzup24) has a row of its own for each of them:
    `parent` is the one with the key, `external_id` the number's id there.
    """

    class Kind(models.TextChoices):
        WEBCHAT = "webchat", _("Site chat")
        SAMO = "samo", _("SAMO tours")
        OPENAI = "openai", "OpenAI"
        TELEGRAM = "telegram", "Telegram"
        WAZZUP = "wazzup", "Wazzup24"
        WAZZUP_CHANNEL = "wazzup_channel", _("Channel of Wazzup24")

    class State(models.TextChoices):
        UNKNOWN = "unknown", _("Not checked")
        OK = "ok", _("Works")
        BROKEN = "broken", _("Needs attention")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("system"), max_length=20, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=80)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="channels"
    )
    external_id = models.CharField(max_length=80, blank=True, editable=False)
    is_enabled = models.BooleanField(_("switched on"), default=True)
    config = models.JSONField(_("settings"), default=dict, blank=True)
    secrets = EncryptedJSONField(default=dict, blank=True, editable=False)
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.UNKNOWN, editable=False
    )
    last_error = models.CharField(_("last error"), max_length=300, blank=True, editable=False)
    last_ok_at = models.DateTimeField(_("last success"), null=True, editable=False)

    class Meta:
        verbose_name = _("integration account")
        verbose_name_plural = _("integration accounts")
        constraints = [
            models.UniqueConstraint(fields=["kind", "name"], name="account_kind_name_once"),
            models.UniqueConstraint(
                fields=["parent", "external_id"],
                condition=models.Q(parent__isnull=False),
                name="account_channel_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def messenger(self) -> str:
        """Where its clients are: the kind of their addresses and of the source of their leads."""
        return str(self.config.get("messenger") or self.kind)

    @property
    def owner(self) -> IntegrationAccount:
        """The connection with the key."""
        return self.parent or self
