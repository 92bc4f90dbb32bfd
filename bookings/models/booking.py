from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.offer import Offer
from bookings.models.operator import Operator
from bookings.states import OVER, State
from common.models import TimestampedModel
from leads.models import Lead


def money_field(label: Any, **options: Any) -> models.DecimalField[Any, Any]:
    return models.DecimalField(label, max_digits=12, decimal_places=2, **options)


class BookingQuerySet(models.QuerySet["Booking"]):
    def live(self) -> BookingQuerySet:
        return self.exclude(state__in=OVER)


class Booking(TimestampedModel):
    """What a client buys from us: the tour as it was priced, its state, and what is paid of it.

    Sums are in `currency`, the operator's; `price_kzt` is the price at `rate` on `rate_on`.
    `offer` is the row of the search as it stood; what is repeated here may be changed later with a
    reason. Paid sums and next due days repeat the ledger and the schedule for lists; the services
    that write those keep them. Everything changes through `bookings.services`.
    """

    lead = models.ForeignKey(
        Lead, on_delete=models.PROTECT, related_name="bookings", verbose_name=_("lead")
    )
    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, verbose_name=_("operator"))
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.DRAFT, editable=False
    )
    state_changed_at = models.DateTimeField(_("in state since"), default=timezone.now)
    version = models.PositiveIntegerField(default=1, editable=False)

    offer = models.ForeignKey(
        Offer, on_delete=models.PROTECT, related_name="bookings", verbose_name=_("tour as found")
    )
    country = models.CharField(_("country"), max_length=2)
    resort = models.CharField(_("resort"), max_length=120, blank=True)
    hotel = models.CharField(_("hotel"), max_length=200)
    departure_city = models.CharField(_("departure city"), max_length=80)
    departs_on = models.DateField(_("departure"))
    returns_on = models.DateField(_("return"))
    adults = models.PositiveSmallIntegerField(_("adults"))
    children_ages = models.JSONField(_("children's ages on the travel date"), default=list)

    currency = models.CharField(_("currency"), max_length=3)
    price = money_field(_("price"))
    rate = models.DecimalField(_("rate"), max_digits=12, decimal_places=4)
    rate_on = models.DateField(_("rate of"))
    price_kzt = money_field(_("price in tenge"))
    commission = money_field(_("our commission"), default=Decimal(0))
    discount = money_field(_("discount"), default=Decimal(0))
    discount_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("who approved the discount"),
    )
    penalty = money_field(_("penalty"), default=Decimal(0))

    claim_number = models.CharField(_("claim number"), max_length=40, blank=True)
    claim_status = models.CharField(_("claim status"), max_length=80, blank=True)

    client_paid = money_field(_("paid by the client"), default=Decimal(0))
    operator_paid = money_field(_("paid to the operator"), default=Decimal(0))
    client_due_on = models.DateField(_("client pays by"), null=True)
    operator_due_on = models.DateField(_("pay the operator by"), null=True)
    radar_until = models.DateField(null=True, editable=False)
    radar_level = models.PositiveSmallIntegerField(default=0, editable=False)

    feedback_mark = models.PositiveSmallIntegerField(_("mark"), null=True)
    feedback_text = models.TextField(_("in the client's words"), blank=True)

    objects: Any = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")
        constraints = [
            models.CheckConstraint(
                condition=Q(returns_on__gte=F("departs_on")), name="booking_days"
            ),
            models.CheckConstraint(
                condition=Q(price__gt=0, discount__gte=0, commission__gte=0)
                & Q(discount__lte=F("price"), commission__lte=F("price")),
                name="booking_sums",
            ),
            models.CheckConstraint(
                condition=Q(discount=0) | Q(discount_by__isnull=False),
                name="booking_discount_approved",
            ),
            models.CheckConstraint(
                condition=Q(client_paid__gte=0, operator_paid__gte=0), name="booking_paid"
            ),
            models.CheckConstraint(
                condition=Q(feedback_mark=None) | Q(feedback_mark__range=(1, 5)),
                name="booking_mark",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "departs_on", "id"], name="booking_board"),
            models.Index(fields=["departs_on", "id"], name="booking_departures"),
            models.Index(fields=["lead", "-id"], name="booking_of_lead"),
            models.Index(
                fields=["client_due_on"],
                name="booking_client_due",
                condition=Q(client_due_on__isnull=False),
            ),
            models.Index(
                fields=["operator_due_on"],
                name="booking_operator_due",
                condition=Q(operator_due_on__isnull=False),
            ),
            models.Index(fields=["claim_number"], name="booking_claim"),
        ]
        permissions = [
            ("approve_discount", _("Approves discounts")),
            ("view_document_numbers", _("Sees numbers of passports, with a reason")),
        ]

    def __str__(self) -> str:
        return str(_("Booking No. %(number)s") % {"number": self.pk})

    @property
    def client_total(self) -> Decimal:
        """What the client owes in all: the price less the discount, or the penalty alone."""
        return self.penalty if self.state == State.CANCELLED else self.price - self.discount

    @property
    def operator_total(self) -> Decimal:
        """What the operator gets in all: the price less our commission, or the penalty alone."""
        return self.penalty if self.state == State.CANCELLED else self.price - self.commission

    @property
    def client_left(self) -> Decimal:
        return self.client_total - self.client_paid

    @property
    def operator_left(self) -> Decimal:
        return self.operator_total - self.operator_paid

    @property
    def margin(self) -> Decimal:
        return self.client_total - self.operator_total

    @property
    def nights(self) -> int:
        return (self.returns_on - self.departs_on).days

    @property
    def party(self) -> str:
        """«2+1», as staff write it."""
        return (
            f"{self.adults}+{len(self.children_ages)}" if self.children_ages else str(self.adults)
        )


class FlightLeg(models.Model):
    """One flight of a booking. Moments are aware; pages show them at the airport's own `zone`."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="flights")
    number = models.CharField(_("flight"), max_length=12)
    from_airport = models.CharField(_("departure airport"), max_length=60)
    to_airport = models.CharField(_("arrival airport"), max_length=60)
    departs_local = models.CharField(_("departure, local time"), max_length=16)
    arrives_local = models.CharField(_("arrival, local time"), max_length=16, blank=True)

    class Meta:
        verbose_name = _("flight")
        verbose_name_plural = _("flights")
        ordering = ["departs_local", "id"]


class BookingHistory(models.Model):
    """Who did what to a booking, when and why. Rows are added, never changed."""

    class Kind(models.TextChoices):
        CREATED = "created", _("Created")
        STATE = "state", _("State")
        CHANGE = "change", _("Change")
        CLAIM = "claim", _("Claim")
        TRAVELLER = "traveller", _("Tourist")
        MONEY = "money", _("Money")
        DOCUMENT = "document", _("Document")
        TASK = "task", _("Task")
        CLIENT = "client", _("Client")

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="history")
    kind = models.CharField(_("event"), max_length=12, choices=Kind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, verbose_name=_("who")
    )
    origin = models.CharField(_("from where"), max_length=20)
    before = models.CharField(_("before"), max_length=300, blank=True)
    after = models.CharField(_("after"), max_length=300, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("history of a booking")
        verbose_name_plural = _("history of bookings")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["booking", "-created_at", "-id"], name="booking_history")]


class BookingTask(models.Model):
    """One thing to do for a booking by a day; `code` makes it be there once.

    With `for_client` its text goes to the client by itself; `note` says what became of it.
    """

    class For(models.TextChoices):
        CLIENT = "client", _("Client")
        MANAGER = "manager", _("Manager")
        HEAD = "head", _("Head of sales")
        ACCOUNTANT = "accountant", _("Accountant")

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="tasks")
    code = models.CharField(max_length=40)
    audience = models.CharField(_("for"), max_length=12, choices=For.choices, default=For.MANAGER)
    title = models.CharField(_("what is to be done"), max_length=300)
    due_on = models.DateField(_("by"))
    done_at = models.DateTimeField(_("done"), null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    message_id = models.BigIntegerField(null=True, editable=False)
    read_at = models.DateTimeField(_("read by the client"), null=True)

    class Meta:
        verbose_name = _("task of a booking")
        verbose_name_plural = _("tasks of bookings")
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["booking", "code"], name="booking_task_once"),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "audience"], name="booking_task_open", condition=Q(done_at=None)
            ),
        ]
