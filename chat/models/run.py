from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models.conversation import Conversation


class AiRun(models.Model):
    """One try of one provider to answer: what it took and what became of it. Holds no texts.

    `cost`: US dollars, by the prices of the agent when it ran.
    """

    conversation = models.ForeignKey(
        Conversation,
        on_delete=models.CASCADE,
        related_name="ai_runs",
        verbose_name=_("chat"),
        null=True,
        help_text=_("Empty for trials."),
    )
    agent = models.CharField(_("agent"), max_length=20, blank=True)
    provider = models.CharField(_("provider"), max_length=20)
    prompt_version = models.CharField(_("prompt"), max_length=40, blank=True)
    model = models.CharField(_("model"), max_length=60, blank=True)
    outcome = models.CharField(_("outcome"), max_length=30)
    detail = models.CharField(_("detail"), max_length=300, blank=True)
    latency_ms = models.PositiveIntegerField(_("time, ms"))
    prompt_tokens = models.PositiveIntegerField(_("tokens in"), default=0)
    completion_tokens = models.PositiveIntegerField(_("tokens out"), default=0)
    cost = models.DecimalField(_("cost, $"), max_digits=10, decimal_places=6, default=0)
    created_at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("run of the assistant")
        verbose_name_plural = _("runs of the assistant")
        ordering = ["-pk"]
