from __future__ import annotations

import re

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import TimestampedModel
from integrations.models.account import IntegrationAccount

PLACEHOLDER = re.compile(r"\{\{\s*(\d+)\s*\}\}")


class MessageTemplate(TimestampedModel):
    """A text the messenger has approved, for clients who have not written for a day.

    `text` has places `{{1}}`, `{{2}}`; `variables` says what fills them: names of known variables,
    in their order. `channel_ids`: the numbers it may go through, all where it is empty.
    """

    class Status(models.TextChoices):
        APPROVED = "approved", _("Approved")
        PENDING = "pending", _("Being checked")
        REJECTED = "rejected", _("Rejected")
        PAUSED = "paused", _("Paused")
        DISABLED = "disabled", _("Switched off")
        OTHER = "other", _("Not in use")

    account = models.ForeignKey(
        IntegrationAccount, on_delete=models.CASCADE, verbose_name=_("account")
    )
    external_id = models.CharField(max_length=80)
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"))
    category = models.CharField(_("category"), max_length=30, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices)
    rejection = models.CharField(_("why rejected"), max_length=300, blank=True)
    channel_ids = models.JSONField(default=list, blank=True)
    variables = models.JSONField(_("what fills the places"), default=list, blank=True)

    class Meta:
        verbose_name = _("template of messages")
        verbose_name_plural = _("templates of messages")
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(fields=["account", "external_id"], name="template_once"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def places(self) -> int:
        """How many values it takes."""
        return max((int(number) for number in PLACEHOLDER.findall(self.text)), default=0)

    @property
    def has_strange_places(self) -> bool:
        """Places with names, which nobody here can fill."""
        return "{{" in PLACEHOLDER.sub("", self.text)

    def filled(self, values: list[str]) -> str:
        """The words the client reads."""
        return PLACEHOLDER.sub(lambda place: _value(values, int(place[1])), self.text)


def _value(values: list[str], number: int) -> str:
    return values[number - 1] if 0 < number <= len(values) else ""
