"""The event feed: short notices that something changed, so that open pages fetch it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Now


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
