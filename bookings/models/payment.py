from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.booking import Booking, money_field


class Side(models.TextChoices):
    CLIENT = "client", _("Client → agency")
    OPERATOR = "operator", _("Agency → operator")


class PaymentDue(models.Model):
    """One part of a schedule. A new schedule closes the old one, which stays as history."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="dues")
    side = models.CharField(_("side"), max_length=10, choices=Side.choices)
    position = models.PositiveSmallIntegerField(_("part"))
    percent = models.DecimalField(_("%"), max_digits=5, decimal_places=2)
    amount = money_field(_("sum"))
    currency = models.CharField(_("currency"), max_length=3)
    due_on = models.DateField(_("by"))
    is_current = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("planned payment")
        verbose_name_plural = _("planned payments")
        ordering = ["booking", "side", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "side", "position"],
                condition=Q(is_current=True),
                name="due_one_schedule",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="due_not_negative"),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], name="due_days", condition=Q(is_current=True))
        ]


class LedgerEntry(models.Model):
    """Money that went one way or the other. Rows are never edited: a mistake gets a reversal.

    `amount` (in the booking's `currency`) and `tenge` are signed: refunds and reversals are
    negative to what they take back. The database itself refuses an UPDATE.
    """

    class Kind(models.TextChoices):
        PAYMENT = "payment", _("Payment")
        REFUND = "refund", _("Refund")
        REVERSAL = "reversal", _("Reversal of a mistake")

    class Method(models.TextChoices):
        KASPI = "kaspi", "Kaspi"
        CARD = "card", _("Bank card")
        CASH = "cash", _("Cash")
        TRANSFER = "transfer", _("Bank transfer")
        INSTALMENTS = "instalments", _("Instalments of a bank")

    booking = models.ForeignKey(
        Booking, on_delete=models.PROTECT, related_name="ledger", verbose_name=_("booking")
    )
    side = models.CharField(_("side"), max_length=10, choices=Side.choices)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    method = models.CharField(_("method"), max_length=12, choices=Method.choices)
    amount = money_field(_("sum"))
    currency = models.CharField(_("currency"), max_length=3)
    tenge = money_field(_("in tenge"))
    rate = models.DecimalField(_("rate"), max_digits=12, decimal_places=4)
    paid_on = models.DateField(_("day"))
    reversal_of = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, verbose_name=_("who")
    )
    submit_key = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("entered"), default=timezone.now)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-paid_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="ledger_not_empty"),
            models.CheckConstraint(
                condition=~Q(kind="payment") | Q(amount__gt=0, tenge__gt=0),
                name="ledger_payment_sign",
            ),
            models.CheckConstraint(
                condition=~Q(kind="refund") | Q(amount__lt=0, tenge__lt=0),
                name="ledger_refund_sign",
            ),
            models.CheckConstraint(
                condition=Q(kind="reversal", reversal_of__isnull=False)
                | ~Q(kind="reversal") & Q(reversal_of__isnull=True),
                name="ledger_reversal_of",
            ),
        ]
        indexes = [
            models.Index(fields=["booking", "side", "id"], name="ledger_of_booking"),
            models.Index(fields=["paid_on", "id"], name="ledger_days"),
        ]
