"""What staff keep about operators and countries: rules of payment, penalties, holidays."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

PERCENT = [MinValueValidator(0), MaxValueValidator(100)]


class Operator(models.Model):
    """Whose tours we sell; `code` is that of their offers and rates.

    `claim_url` opens a claim in their cabinet: `…?claim={claim}`.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    commission_percent = models.DecimalField(
        _("our commission, %"), max_digits=5, decimal_places=2, default=0, validators=PERCENT
    )
    claim_url = models.CharField(
        _("address of a claim"),
        max_length=300,
        blank=True,
        help_text=_("The operator's page of a claim; {claim} stands for its number."),
    )

    class Meta:
        verbose_name = _("tour operator")
        verbose_name_plural = _("tour operators")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PaymentRule(models.Model):
    """When an operator wants how much. Without a season it is for all departures."""

    operator = models.ForeignKey(
        Operator, on_delete=models.CASCADE, related_name="payment_rules", verbose_name=_("operator")
    )
    over_days = models.PositiveSmallIntegerField(_("departure in more days than"), default=0)
    season_from = models.DateField(_("departure from"), null=True, blank=True)
    season_to = models.DateField(_("departure until"), null=True, blank=True)
    prepay_percent = models.DecimalField(
        _("prepayment, %"), max_digits=5, decimal_places=2, validators=PERCENT
    )
    prepay_working_days = models.PositiveSmallIntegerField(_("within working days"), default=3)
    balance_days = models.PositiveSmallIntegerField(_("the rest, days before"), default=10)
    is_balance_working = models.BooleanField(_("working days"), default=True)

    class Meta:
        verbose_name = _("rule of payment")
        verbose_name_plural = _("rules of payment")
        ordering = ["season_from", "-over_days"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(season_from=None, season_to=None)
                | models.Q(season_from__lte=models.F("season_to")),
                name="payment_rule_season",
            ),
        ]


class PenaltyRule(models.Model):
    operator = models.ForeignKey(
        Operator, on_delete=models.CASCADE, related_name="penalty_rules", verbose_name=_("operator")
    )
    days_before = models.PositiveSmallIntegerField(_("from this many days before departure on"))
    percent = models.DecimalField(
        _("penalty, %"), max_digits=5, decimal_places=2, validators=PERCENT
    )

    class Meta:
        verbose_name = _("penalty for cancelling")
        verbose_name_plural = _("penalties for cancelling")
        ordering = ["-days_before"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "days_before"], name="penalty_rule_once"),
        ]


class SpecialDay(models.Model):
    """A holiday, or a day off that one works on."""

    day = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    is_working = models.BooleanField(_("one works on it"), default=False)

    class Meta:
        verbose_name = _("holiday or moved day")
        verbose_name_plural = _("holidays and moved days")
        ordering = ["day"]

    def __str__(self) -> str:
        return self.name


class EntryRule(models.Model):
    """How long a passport must be good after the return. Countries without a row: six months."""

    country = models.CharField(_("country"), max_length=2, primary_key=True, help_text="VN, TR, EG")
    months_valid = models.PositiveSmallIntegerField(_("months after the return"), default=6)

    class Meta:
        verbose_name = _("passport rule of a country")
        verbose_name_plural = _("passport rules of countries")
        ordering = ["country"]

    def __str__(self) -> str:
        return self.country
