from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leads.models import Lead


class SearchRun(models.Model):
    """One question to the operator, its progress and its outcome.

    `parameters` is a `TourSearch.as_dict`. Runs of one request (several countries, several cities)
    share `batch`. `empty_reason` is a code of `EmptyReason`, `relaxations` what would help:
    `[{"code": ..., "changes": {...}, "from_price": "...", "currency": "..."}]`.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", _("In the queue")
        RUNNING = "running", _("Searching")
        WAITING = "waiting", _("The operator does not answer")
        DONE = "done", _("Finished")
        FAILED = "failed", _("Failed")

    batch = models.UUIDField(default=uuid.uuid4, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, verbose_name=_("who")
    )
    lead = models.ForeignKey(
        Lead, on_delete=models.SET_NULL, null=True, related_name="searches", verbose_name=_("lead")
    )
    parameters = models.JSONField(_("parameters"))
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.QUEUED
    )
    pages_read = models.PositiveSmallIntegerField(default=0)
    pages_known = models.PositiveSmallIntegerField(default=0)
    found = models.PositiveIntegerField(_("found"), default=0)
    is_complete = models.BooleanField(default=True)
    empty_reason = models.CharField(max_length=30, blank=True)
    relaxations = models.JSONField(default=list)
    error = models.CharField(_("error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("asked"), default=timezone.now)
    first_rows_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("tour search")
        verbose_name_plural = _("tour searches")
        indexes = [
            models.Index(fields=["batch"], name="search_batch"),
            models.Index(fields=["author", "-created_at"], name="search_of_author"),
        ]

    def __str__(self) -> str:
        return str(_("Tour search No. %(number)s") % {"number": self.pk})

    @property
    def is_over(self) -> bool:
        return self.status in (self.Status.DONE, self.Status.FAILED)
