from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from bookings.models.search import SearchRun


class OperatorRate(models.Model):
    """Tenge for one unit of a currency at the operator, as seen in its own answers.

    A row is added when the rate changes or a new day begins; the newest one counts.
    """

    operator = models.CharField(_("operator"), max_length=20, default="samo")
    currency = models.CharField(_("currency"), max_length=3)
    kzt = models.DecimalField(_("rate in tenge"), max_digits=12, decimal_places=4)
    seen_at = models.DateTimeField(_("seen"))

    class Meta:
        verbose_name = _("operator's rate")
        verbose_name_plural = _("operator's rates")
        ordering = ["-seen_at"]
        constraints = [
            models.CheckConstraint(condition=Q(kzt__gt=0), name="rate_positive"),
        ]
        indexes = [
            models.Index(fields=["operator", "currency", "-seen_at"], name="rate_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.kzt.normalize():f}"


class Offer(models.Model):
    """One priced row of an operator as it stood at `seen_at`, with all that a booking needs.

    Never changed afterwards: a newer price is a newer row. Only `flights` may be added, at
    `flights_at`.
    `row_id` dies with the operator's next load of prices; `operator_keys` hold their lasting ids.
    `price` is for the whole party and not final: surcharges may come, a manager confirms it.
    `parameters` is the search that found it (`TourSearch.as_dict`), `flights` a list of
    `Flight.as_dict`. `country` is ISO alpha-2, `children_ages` are years on the travel date.
    """

    class Availability(models.TextChoices):
        AVAILABLE = "available", _("Available")
        ON_REQUEST = "on_request", _("On request")
        NONE = "none", _("No places")

    operator = models.CharField(_("operator"), max_length=20, default="samo")
    row_id = models.CharField(_("operator's row"), max_length=120)
    operator_keys = models.JSONField(_("operator's ids"), default=dict)
    search = models.ForeignKey(
        SearchRun, on_delete=models.SET_NULL, null=True, related_name="offers"
    )
    parameters = models.JSONField(_("search"), default=dict)

    departure_city = models.CharField(_("departure city"), max_length=80)
    country = models.CharField(_("country"), max_length=2)
    resort = models.CharField(_("resort"), max_length=120, blank=True)
    hotel = models.CharField(_("hotel"), max_length=200)
    stars = models.PositiveSmallIntegerField(_("stars"), null=True)
    room = models.CharField(_("room"), max_length=200, blank=True)
    placement = models.CharField(_("placement"), max_length=80, blank=True)
    meal = models.CharField(_("meal"), max_length=80, blank=True)
    programme = models.CharField(_("programme"), max_length=200, blank=True)
    check_in = models.DateField(_("departure"))
    check_out = models.DateField(_("return"))
    nights = models.PositiveSmallIntegerField(_("nights"))
    adults = models.PositiveSmallIntegerField(_("adults"))
    children_ages = models.JSONField(_("children's ages"), default=list)
    flights = models.JSONField(_("flights"), default=list)
    flights_at = models.DateTimeField(null=True)

    price = models.DecimalField(_("price"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    price_kzt = models.DecimalField(_("price in tenge"), max_digits=14, decimal_places=2, null=True)
    kzt_rate = models.DecimalField(_("rate"), max_digits=12, decimal_places=4, null=True)
    rated_at = models.DateTimeField(_("rate of"), null=True)
    availability = models.CharField(_("availability"), max_length=12, choices=Availability.choices)
    seen_at = models.DateTimeField(_("seen"))

    class Meta:
        verbose_name = _("tour offer")
        verbose_name_plural = _("tour offers")
        constraints = [
            models.CheckConstraint(
                condition=Q(price__gt=0) & ~Q(currency=""), name="offer_has_price"
            ),
            models.CheckConstraint(
                condition=Q(price_kzt__isnull=True, kzt_rate__isnull=True, rated_at__isnull=True)
                | Q(price_kzt__isnull=False, kzt_rate__isnull=False, rated_at__isnull=False),
                name="offer_kzt_has_rate",
            ),
            models.CheckConstraint(
                condition=Q(check_out__gte=F("check_in")), name="offer_returns_after_departure"
            ),
        ]
        indexes = [models.Index(fields=["search", "price"], name="offer_of_search")]

    def __str__(self) -> str:
        return f"{self.hotel}, {self.check_in:%d.%m.%Y}"
