"""The event feed: short notices that something changed, so that open pages fetch it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TransactionId(models.Func):
    """The id of the writing transaction on PostgreSQL; 0 on SQLite, which has one writer at a time.

    Rows of concurrent transactions become visible in another order than their ids. A reader that
    pages by (transaction, id) and stops before the oldest running transaction misses none.
    """

    function = "txid_current"
    arity = 0
    output_field = models.BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **kwargs: Any) -> tuple[str, Any]:
        return "0", ()


class LiveEvent(models.Model):
    """`stream` says who may hear it: `staff`, or `chat:<conversation id>` for one customer."""

    stream = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    payload = models.JSONField(default=dict)
    transaction = models.BigIntegerField(db_default=TransactionId(), editable=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["transaction", "id"], name="live_event_cursor")]


class Notification(models.Model):
    """Something one colleague should know; behind the bell until it is read.

    `key` names the cause, so that the same cause rings once while it is unread.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=80)
    text = models.CharField(_("text"), max_length=200)
    url = models.CharField(max_length=200)
    created_at = models.DateTimeField(_("when"), default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"],
                condition=models.Q(read_at__isnull=True),
                name="notification_once_unread",
            ),
        ]
        indexes = [models.Index(fields=["user", "-created_at"], name="notification_newest")]
