from __future__ import annotations

from django.db import models

from common.models import TimestampedModel
from integrations.models.account import IntegrationAccount


class ExternalLink(TimestampedModel):
    """Our record and its twin in a foreign system: each has at most one of the other."""

    account = models.ForeignKey(IntegrationAccount, on_delete=models.CASCADE)
    local_type = models.CharField(max_length=40)
    local_id = models.BigIntegerField()
    external_type = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120)
    remote_version = models.CharField(max_length=80, blank=True)
    pushed_hash = models.CharField(max_length=64, blank=True)
    url = models.URLField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "local_type", "local_id", "external_type"],
                name="link_local_once",
            ),
            models.UniqueConstraint(
                fields=["account", "external_type", "external_id"], name="link_external_once"
            ),
        ]
