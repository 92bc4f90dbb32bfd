from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import TimestampedModel


class Client(TimestampedModel):
    """A person or partner agency who writes to us or buys."""

    class Language(models.TextChoices):
        RU = "ru", _("Russian")
        KK = "kk", _("Kazakh")
        EN = "en", _("English")

    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(
        _("language"), max_length=2, choices=Language.choices, default=Language.RU
    )
    is_partner = models.BooleanField(_("partner agency"), default=False)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        indexes = [models.Index(fields=["-created_at"], name="client_newest")]

    def __str__(self) -> str:
        return self.name or str(_("Guest No. %(number)s") % {"number": self.pk})


class ClientIdentity(TimestampedModel):
    """One address by which a client is known; it belongs to one client only."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("Phone")
        EMAIL = "email", _("E-mail")
        WEBCHAT = "webchat", _("Site chat")
        TELEGRAM = "telegram", _("Telegram")
        WHATSAPP = "whatsapp", _("WhatsApp")
        INSTAGRAM = "instagram", _("Instagram")

    client = models.ForeignKey(
        Client, on_delete=models.CASCADE, related_name="identities", verbose_name=_("client")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    value = models.CharField(_("address"), max_length=200)

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        constraints = [
            models.UniqueConstraint(fields=["kind", "value"], name="identity_of_one_client"),
            models.CheckConstraint(condition=~models.Q(value=""), name="identity_not_empty"),
        ]

    def __str__(self) -> str:
        return self.value
