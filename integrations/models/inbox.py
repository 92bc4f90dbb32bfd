from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from integrations.models.account import IntegrationAccount


class InboxEvent(models.Model):
    """What a foreign system told us, exactly as it came, before anybody looks at it."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting")
        IN_FLIGHT = "in_flight", _("Being processed")
        DONE = "done", _("Done")
        IGNORED = "ignored", _("Nothing to do")
        NEEDS_ATTENTION = "needs_attention", _("Needs attention")

    account = models.ForeignKey(
        IntegrationAccount, on_delete=models.PROTECT, verbose_name=_("account")
    )
    external_id = models.CharField(_("event id"), max_length=200)
    ordering_key = models.CharField(_("chat"), max_length=200)
    body = models.TextField(_("body"))
    correlation_id = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    status = models.CharField(
        _("status"), max_length=20, choices=Status.choices, default=Status.PENDING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next try"), default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    error_kind = models.CharField(max_length=20, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    done_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("incoming event")
        verbose_name_plural = _("incoming events")
        constraints = [
            models.UniqueConstraint(fields=["account", "external_id"], name="inbox_event_once"),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="inbox_open",
                condition=models.Q(status__in=["pending", "in_flight"]),
            ),
            models.Index(
                fields=["account", "ordering_key", "id"],
                name="inbox_order",
                condition=models.Q(status__in=["pending", "in_flight"]),
            ),
            # Few among very many, and counted on a page that refreshes itself.
            models.Index(
                fields=["account"],
                name="inbox_failed",
                condition=models.Q(status="needs_attention"),
            ),
        ]

    def __str__(self) -> str:
        return self.external_id
