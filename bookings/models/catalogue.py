from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CatalogueEntry(models.Model):
    """One row of the operator's dictionaries. What it no longer has is marked, never deleted.

    `code` is the operator's id. `parent` is the id of what it lies in: the country of a resort, the
    resort of a hotel, the town of departure of a programme. `search_key` holds both names as
    `bookings.matching` compares them. `details` is what only this kind has.
    """

    class Kind(models.TextChoices):
        TOWN_FROM = "town_from", _("Town of departure")
        COUNTRY = "country", _("Country")
        PROGRAMME = "programme", _("Programme")
        RESORT = "resort", _("Resort")
        HOTEL = "hotel", _("Hotel")
        STARS = "stars", _("Category")
        MEAL = "meal", _("Meal")
        CURRENCY = "currency", _("Currency")

    operator = models.CharField(_("operator"), max_length=20, default="samo")
    kind = models.CharField(_("dictionary"), max_length=12, choices=Kind.choices)
    code = models.BigIntegerField(_("operator's id"))
    name = models.CharField(_("name"), max_length=200)
    name_alt = models.CharField(_("Latin name"), max_length=200, blank=True)
    parent = models.BigIntegerField(_("lies in"), null=True)
    stars = models.PositiveSmallIntegerField(_("stars"), null=True)
    details = models.JSONField(_("details"), default=dict)
    search_key = models.CharField(max_length=420, editable=False)
    vanished_at = models.DateTimeField(_("no longer there since"), null=True)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)

    class Meta:
        verbose_name = _("catalogue entry")
        verbose_name_plural = _("catalogue")
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "kind", "code"], name="catalogue_code_once"
            ),
        ]
        indexes = [models.Index(fields=["kind", "parent"], name="catalogue_of_parent")]

    def __str__(self) -> str:
        return self.name


class CatalogueSync(models.Model):
    """One reading of the operator's dictionaries, step by step (`CatalogueSyncStep`).

    `steps` names all of them: a sync that was cut off goes on with those that are not done.
    """

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Finished")
        FAILED = "failed", _("Failed")

    author = models.ForeignKey(
        "auth.User", on_delete=models.SET_NULL, null=True, verbose_name=_("who")
    )
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.RUNNING
    )
    steps = models.JSONField(default=list)
    steps_done = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    rows_read = models.PositiveIntegerField(_("rows read"), default=0)
    rows_written = models.PositiveIntegerField(_("rows written"), default=0)
    rows_vanished = models.PositiveIntegerField(_("rows vanished"), default=0)
    error = models.CharField(_("error"), max_length=300, blank=True)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("catalogue sync")
        verbose_name_plural = _("catalogue syncs")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["status"],
                condition=models.Q(status="running"),
                name="catalogue_sync_one_running",
            ),
        ]

    @property
    def percent(self) -> int:
        return 100 * self.steps_done // len(self.steps) if self.steps else 0


class CatalogueSyncStep(models.Model):
    """A part of a sync that is behind it, and the codes it saw; deleted when the sync ends."""

    sync = models.ForeignKey(CatalogueSync, on_delete=models.CASCADE, related_name="done")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=12)
    codes = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sync", "name"], name="catalogue_step_once"),
        ]


class OperatorCheck(models.Model):
    """One look at the way to the operator; `steps` are `ConnectionCheck`s as dicts."""

    author = models.ForeignKey(
        "auth.User", on_delete=models.SET_NULL, null=True, verbose_name=_("who")
    )
    route = models.CharField(_("way"), max_length=10, blank=True)
    steps = models.JSONField(default=list)
    is_ok = models.BooleanField(default=False)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("check of the connection to the operator")
        verbose_name_plural = _("checks of the connection to the operator")
        ordering = ["-pk"]
