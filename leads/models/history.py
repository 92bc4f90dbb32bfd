from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leads.models.lead import Lead


class LeadFact(models.Model):
    """One thing we know about an inquiry, with the words it was learnt from.

    `name` and the shape of `value` are those of `chat.ai.nlp`: ISO dates, numbers, lists, codes.
    A newer fact closes the older one (`is_current`, `closed_at`), which stays as history.
    """

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="facts")
    name = models.CharField(_("fact"), max_length=40)
    value = models.JSONField(_("value"))
    quote = models.CharField(_("in the client's words"), max_length=500, blank=True)
    confidence = models.FloatField(_("confidence"), default=1.0)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("set by"),
    )
    is_current = models.BooleanField(default=True)
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    closed_at = models.DateTimeField(_("until"), null=True, editable=False)

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "name"],
                condition=models.Q(is_current=True),
                name="fact_one_current",
            ),
        ]


class LeadHistory(models.Model):
    """Who did what to a lead, when and from where. Rows are added, never changed."""

    class Kind(models.TextChoices):
        CREATED = "created", _("Created")
        STAGE = "stage", _("Stage")
        ASSIGNEE = "assignee", _("Responsible")
        FACT = "fact", _("Fact")
        NOTE = "note", _("Note")
        MODE = "mode", _("Who speaks")
        STEP = "step", _("Next step")
        TAGS = "tags", _("Tags")
        CHAT = "chat", _("Chat")
        CLIENT = "client", _("Client")
        OTHERWISE = "otherwise", _("Client says otherwise")
        SELECTION = "selection", _("Selection of tours")

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="history")
    kind = models.CharField(_("event"), max_length=20, choices=Kind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        verbose_name=_("who"),
    )
    origin = models.CharField(_("from where"), max_length=20)
    before = models.CharField(_("before"), max_length=300, blank=True)
    after = models.CharField(_("after"), max_length=300, blank=True)
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("history of a lead")
        verbose_name_plural = _("history of leads")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["lead", "-created_at", "-id"], name="history_of_lead")]
