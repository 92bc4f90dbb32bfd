from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.models import TimestampedModel


class Client(TimestampedModel):
    """A person or partner agency who writes to us or buys.

    `merged_into` is set on the row that a merge emptied; it stays, so that the merge can be undone.
    """

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
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="merged"
    )

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
        VK = "vk", "VK"
        VIBER = "viber", "Viber"
        AVITO = "avito", "Avito"
        MAX = "max", "MAX"
        OTHER = "other", _("Another messenger")

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


class ClientMerge(models.Model):
    """Two clients made one. `moved` is what has to go back when it is undone:

    `{"identities": [ids], "leads": [ids], "fields": {name: [before, after]}, "<app>": ...}`.
    """

    kept = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="merges")
    emptied = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    moved: Any = models.JSONField(default=dict)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now)
    undone_at = models.DateTimeField(_("undone"), null=True)

    class Meta:
        verbose_name = _("merge of clients")
        verbose_name_plural = _("merges of clients")
        constraints = [
            models.UniqueConstraint(
                fields=["emptied"],
                condition=models.Q(undone_at__isnull=True),
                name="merge_emptied_once",
            ),
        ]
