from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.models import TimestampedModel

PRICE = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(10_000))]


class AiAgent(TimestampedModel):
    """One worker of the assistant. Money in US dollars, prices per million tokens.

    The caps are hard: whoever has reached one is not asked again that day, the rules answer.
    """

    class Code(models.TextChoices):
        CONSULTANT = "consultant", _("Tour consultant")
        QUALIFIER = "qualifier", _("Qualifier")
        QUICK = "quick", _("Quick answers")

    code = models.CharField(_("agent"), max_length=20, choices=Code.choices, unique=True)
    is_active = models.BooleanField(_("works"), default=True)
    model = models.CharField(
        _("model"), max_length=60, blank=True, help_text=_("Empty: the one of the OpenAI account.")
    )
    max_tokens = models.PositiveIntegerField(
        _("longest answer, tokens"),
        default=800,
        validators=[MinValueValidator(100), MaxValueValidator(4000)],
    )
    tokens_per_day = models.PositiveIntegerField(_("tokens a day"), default=500_000)
    money_per_day = models.DecimalField(
        _("dollars a day"), max_digits=8, decimal_places=2, default=Decimal(10), validators=PRICE
    )
    price_in = models.DecimalField(
        _("price of a million tokens in, $"),
        max_digits=8,
        decimal_places=4,
        default=Decimal("2.5"),
        validators=PRICE,
    )
    price_out = models.DecimalField(
        _("price of a million tokens out, $"),
        max_digits=8,
        decimal_places=4,
        default=Decimal(10),
        validators=PRICE,
    )

    class Meta:
        verbose_name = _("AI agent")
        verbose_name_plural = _("AI agents")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.get_code_display()


class PromptVersion(models.Model):
    """What an agent is told since then. Rows are added, never changed; the last one holds."""

    agent = models.ForeignKey(AiAgent, on_delete=models.CASCADE, related_name="prompts")
    number = models.PositiveIntegerField(_("version"))
    text = models.TextField(_("prompt"), max_length=8000)
    comment = models.CharField(_("what has changed"), max_length=200, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("version of a prompt")
        verbose_name_plural = _("versions of prompts")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["agent", "number"], name="prompt_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.agent} {self.number}"
