from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import TimestampedModel
from integrations.crypto import EncryptedJSONField


class IntegrationAccount(TimestampedModel):
    """One connection to a foreign system: a WhatsApp number, a bot, an operator."""

    class Kind(models.TextChoices):
        WEBCHAT = "webchat", _("Site chat")
        SAMO = "samo", _("SAMO tours")
        OPENAI = "openai", "OpenAI"
        TELEGRAM = "telegram", "Telegram"
        WAZZUP = "wazzup", "Wazzup24"

    class State(models.TextChoices):
        UNKNOWN = "unknown", _("Not checked")
        OK = "ok", _("Works")
        BROKEN = "broken", _("Needs attention")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("system"), max_length=20, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=80)
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
        ]

    def __str__(self) -> str:
        return self.name
