from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OutboxMessage(models.Model):
    """One intention to have an effect outside this transaction: a call, a message, an answer.

    Rows with the same `key` leave one at a time, oldest first. `merge` rows stand for "do it with
    the state of then": at most one of them waits per topic and key.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting")
        IN_FLIGHT = "in_flight", _("Being sent")
        DONE = "done", _("Done")
        NEEDS_ATTENTION = "needs_attention", _("Needs attention")
        CANCELLED = "cancelled", _("Cancelled")

    class ErrorKind(models.TextChoices):
        TRANSIENT = "transient", _("Temporary failure")
        EXHAUSTED = "exhausted", _("Tried too often")
        PERMANENT = "permanent", _("Refused")
        CONFIG = "config", _("Settings are wrong")
        AMBIGUOUS = "ambiguous", _("Unknown whether sent")
        INTERNAL = "internal", _("Error in the program")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    topic = models.CharField(_("topic"), max_length=60)
    key = models.CharField(_("key"), max_length=120)
    payload = models.JSONField(_("payload"), default=dict)
    merge = models.BooleanField(default=False)
    correlation_id = models.CharField(max_length=64, blank=True)
    status = models.CharField(
        _("status"), max_length=20, choices=Status.choices, default=Status.PENDING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next try"), default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    error_kind = models.CharField(
        _("kind of error"), max_length=20, choices=ErrorKind.choices, blank=True
    )
    error = models.CharField(_("error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    done_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("outgoing action")
        verbose_name_plural = _("outgoing actions")
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "key"],
                # A row that was tried already may wait beside a fresh one.
                condition=models.Q(merge=True, status="pending", attempts=0),
                name="outbox_one_fresh_merge",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="outbox_open",
                condition=models.Q(status__in=["pending", "in_flight"]),
            ),
            models.Index(
                fields=["key", "id"],
                name="outbox_order",
                condition=models.Q(status__in=["pending", "in_flight"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"


class DeliveryAttempt(models.Model):
    """One try of an outgoing action and how it ended."""

    message = models.ForeignKey(OutboxMessage, on_delete=models.CASCADE, related_name="log")
    started_at = models.DateTimeField(_("started"))
    duration_ms = models.PositiveIntegerField(_("duration, ms"))
    error_kind = models.CharField(_("kind of error"), max_length=20, blank=True)
    excerpt = models.CharField(_("answer"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
