from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leads.models.lead import Lead


class LeadAnalysis(models.Model):
    """What the rules make of one inquiry: worked out anew each time, never edited by hand.

    `reasons` are `[[code, value], …]`, the weightiest first; days and moments stand in them as ISO
    text, so that «silent for 6 days» stays true while it is shown. `missing` and `step` are codes;
    `leads.analysis_words` has the words. `stage` is where the lead stood, `message_id` the newest
    message of the client that was read (0 for none).
    """

    class Temperature(models.TextChoices):
        HOT = "hot", _("Hot")
        WARM = "warm", _("Warm")
        COLD = "cold", _("Cold")

    class Urgency(models.TextChoices):
        URGENT = "urgent", _("Urgent")
        SOON = "soon", _("Soon")
        CALM = "calm", _("No hurry")

    class Segment(models.TextChoices):
        TOURIST = "tourist", _("Tourist")
        GROUP = "group", _("Group")
        COMPANY = "company", _("Company")
        AGENCY = "agency", _("Agency")

    lead = models.OneToOneField(
        Lead, on_delete=models.CASCADE, primary_key=True, related_name="analysis"
    )
    temperature = models.CharField(
        _("temperature"), max_length=4, choices=Temperature.choices, db_index=True
    )
    points = models.SmallIntegerField()
    reasons: Any = models.JSONField(default=list)
    completeness = models.PositiveSmallIntegerField(_("known, %"))
    missing: Any = models.JSONField(default=list)
    urgency = models.CharField(_("urgency"), max_length=6, choices=Urgency.choices)
    segment = models.CharField(_("who asks"), max_length=8, choices=Segment.choices)
    earlier_leads = models.PositiveSmallIntegerField(_("earlier leads"), default=0)
    summary = models.CharField(_("in one line"), max_length=300)
    step = models.CharField(max_length=20, blank=True)
    tags: Any = models.JSONField(default=list)
    stage = models.CharField(max_length=20)
    message_id = models.BigIntegerField(default=0)
    analysed_at = models.DateTimeField(_("analysed"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("analysis of a lead")
        verbose_name_plural = _("analyses of leads")

    def __str__(self) -> str:
        return self.summary

    @property
    def is_business(self) -> bool:
        return self.segment in (self.Segment.AGENCY, self.Segment.COMPANY)


class FactContradiction(models.Model):
    """The client says otherwise than a person has set; a person decides which is true."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("Waits for a decision")
        ACCEPTED = "accepted", _("The client's words are taken")
        KEPT = "kept", _("The person's words stay")

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="contradictions")
    name = models.CharField(_("fact"), max_length=40)
    value = models.JSONField(_("value"))
    quote = models.CharField(_("in the client's words"), max_length=500, blank=True)
    confidence = models.FloatField(_("confidence"), default=1.0)
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.OPEN
    )
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, verbose_name=_("who")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        verbose_name = _("contradiction")
        verbose_name_plural = _("contradictions")
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "name"],
                condition=models.Q(outcome="open"),
                name="contradiction_one_open",
            ),
        ]


class AnalysisBatch(models.Model):
    """One run over all leads there were at its start, the newest first.

    `cursor` is the last lead done: the leads with a smaller number are still to do.
    `lease_until` belongs to the worker that has a page in its hands; `done` and `errors` change
    with the cursor in one statement, so that a page done twice is counted once.
    """

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        STOPPED = "stopped", _("Stopped")
        DONE = "done", _("Finished")

    status = models.CharField(
        _("state"), max_length=10, choices=Status.choices, default=Status.RUNNING
    )
    total = models.PositiveIntegerField(_("leads"))
    done = models.PositiveIntegerField(_("analysed"), default=0)
    errors = models.PositiveIntegerField(_("errors"), default=0)
    failed: Any = models.JSONField(default=list)
    cursor = models.BigIntegerField()
    lease_until = models.DateTimeField(null=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, verbose_name=_("started by")
    )
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("analysis of all leads")
        verbose_name_plural = _("analysis of all leads")
        constraints = [
            models.UniqueConstraint(
                fields=["status"],
                condition=models.Q(status="running"),
                name="analysis_batch_one_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.started_at):%d.%m.%Y %H:%M}"

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100
