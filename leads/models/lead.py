from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.models import TimestampedModel
from leads.models.client import Client


class LeadStage(models.Model):
    """A column of the board. Names, colours and order may change; codes never do."""

    class Code(models.TextChoices):
        NEW = "new", _("New inquiry")
        CONSULTATION = "consultation", _("Consultation")
        SELECTION = "selection", _("Tour selection")
        OFFER_SENT = "offer_sent", _("Offer sent")
        NEGOTIATION = "negotiation", _("Negotiation")
        BOOKING = "booking", _("Booking")
        PAYMENT = "payment", _("Payment")
        WON = "won", _("Closed successfully")
        LOST = "lost", _("Lost")

    code = models.CharField(
        _("code"), max_length=20, primary_key=True, choices=Code.choices, editable=False
    )
    name = models.CharField(_("name"), max_length=60)
    color = models.CharField(_("colour"), max_length=7)
    position = models.PositiveSmallIntegerField(_("order"))

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name


class LeadSource(models.Model):
    """Where inquiries come from."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class LostReason(models.Model):
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("reason"), max_length=80)
    is_our_fault = models.BooleanField(_("our fault"), default=False)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("reason of loss")
        verbose_name_plural = _("reasons of loss")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A word that staff put on leads to find them again."""

    name = models.CharField(_("tag"), max_length=40, unique=True)
    color = models.CharField(_("colour"), max_length=7, default="#0071a4")

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class LeadQuerySet(models.QuerySet["Lead"]):
    def open(self) -> LeadQuerySet:
        return self.exclude(stage__in=CLOSED)


CLOSED = (LeadStage.Code.WON, LeadStage.Code.LOST)


class Lead(TimestampedModel):
    """One inquiry of one client, on its way over the nine stages.

    `stage`, `assignee`, `utm` and `version` change through `leads.services` only.
    """

    class StepKind(models.TextChoices):
        TASK = "task", _("To do")
        CALL = "call", _("Call")

    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, related_name="leads", verbose_name=_("client")
    )
    stage = models.ForeignKey(
        LeadStage,
        on_delete=models.PROTECT,
        default=LeadStage.Code.NEW,
        verbose_name=_("stage"),
        related_name="leads",
    )
    source = models.ForeignKey(LeadSource, on_delete=models.PROTECT, verbose_name=_("source"))
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("responsible"),
        related_name="leads",
    )
    wish = models.CharField(_("wish"), max_length=200, blank=True)
    # What the link that brought the client said of its advert: source, medium, campaign.
    utm = models.JSONField(_("advert"), default=dict, blank=True, editable=False)
    amount = models.DecimalField(_("sum"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    lost_reason = models.ForeignKey(
        LostReason,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("reason of loss"),
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="leads", verbose_name=_("tags"))
    next_step_kind = models.CharField(
        _("kind of step"), max_length=10, choices=StepKind.choices, default=StepKind.TASK
    )
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_step_at = models.DateTimeField(_("next step due"), null=True, blank=True)
    stage_changed_at = models.DateTimeField(_("in stage since"), default=timezone.now)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects: Any = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(stage="lost") | models.Q(lost_reason__isnull=False),
                name="lead_lost_has_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(amount__isnull=True) | ~models.Q(currency=""),
                name="lead_amount_has_currency",
            ),
        ]
        indexes = [
            models.Index(fields=["stage", "-stage_changed_at", "-id"], name="lead_board"),
            models.Index(fields=["client", "-id"], name="lead_of_client"),
            models.Index(
                fields=["assignee", "next_step_at"],
                name="lead_steps",
                condition=~models.Q(stage__in=["won", "lost"]),
            ),
        ]
        permissions = [("view_all_leads", _("Sees the leads of all colleagues"))]

    def __str__(self) -> str:
        return str(_("Lead No. %(number)s") % {"number": self.pk})

    @property
    def is_closed(self) -> bool:
        return self.stage_id in CLOSED
