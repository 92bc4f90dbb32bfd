from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from chat.models.conversation import Conversation
from common.models import TimestampedModel
from integrations.models import IntegrationAccount

WEEKDAYS = (
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
)


class AnswerPolicy(TimestampedModel):
    """How the bot behaves on one channel; the row without a channel holds for all others.

    It decides where nobody has chosen by hand who speaks in a conversation. `least_confidence`:
    0 to 1; an answer below it is a person's business.
    """

    account = models.OneToOneField(
        IntegrationAccount,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        verbose_name=_("channel"),
        help_text=_("Empty: all channels that have no row of their own."),
    )
    by_day = models.CharField(
        _("in business hours"),
        max_length=10,
        choices=Conversation.Mode.choices,
        default=Conversation.Mode.BOT,
    )
    by_night = models.CharField(
        _("outside business hours"),
        max_length=10,
        choices=Conversation.Mode.choices,
        default=Conversation.Mode.BOT,
    )
    bot_returns_after_h = models.PositiveSmallIntegerField(
        _("the bot returns after, hours"),
        default=12,
        validators=[MaxValueValidator(24 * 14)],
        help_text=_("Counted from a person's last word, if no client waits. 0: never by itself."),
    )
    most_turns = models.PositiveSmallIntegerField(
        _("most answers in a row"),
        default=20,
        validators=[MinValueValidator(1)],
        help_text=_("After so many answers without a person the bot calls one."),
    )
    least_confidence = models.FloatField(
        _("least confidence"),
        default=0.35,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("From 0 to 1. If the bot is less sure of its answer, it calls a person."),
    )

    class Meta:
        verbose_name = _("rule of answering")
        verbose_name_plural = _("rules of answering")
        constraints = [
            models.UniqueConstraint(Coalesce("account", 0), name="policy_once_per_channel"),
        ]

    def __str__(self) -> str:
        return str(self.account) if self.account else str(_("All channels"))


class WorkDay(models.Model):
    """Business hours of one weekday, in the agency's time zone; no row: closed that day.

    Without any row the agency counts as open round the clock.
    """

    weekday = models.PositiveSmallIntegerField(_("day"), choices=WEEKDAYS, unique=True)
    opens_at = models.TimeField(_("opens"))
    closes_at = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("business hours")
        verbose_name_plural = _("business hours")
        ordering = ["weekday"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")),
                name="workday_opens_before_closing",
                violation_error_message=_("The day must end later than it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens_at:%H:%M}–{self.closes_at:%H:%M}"
