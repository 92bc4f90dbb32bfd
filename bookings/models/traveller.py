from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.booking import Booking
from common.models import TimestampedModel
from integrations.crypto import EncryptedJSONField


class Traveller(TimestampedModel):
    """A person who flies, as the passport says.

    `document` is `{"number": …}`, encrypted; whoever reads it leaves a `DocumentLook`. It is
    emptied some time after the return (`forgotten_at`).
    """

    class Sex(models.TextChoices):
        MALE = "M", _("male")
        FEMALE = "F", _("female")

    booking = models.ForeignKey(
        Booking, on_delete=models.CASCADE, related_name="travellers", verbose_name=_("booking")
    )
    surname = models.CharField(_("surname, Latin"), max_length=60)
    given_names = models.CharField(_("given names, Latin"), max_length=60)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex.choices, blank=True)
    birth_on = models.DateField(_("date of birth"), null=True, blank=True)
    citizenship = models.CharField(_("citizenship"), max_length=3, default="KAZ")
    document = EncryptedJSONField(default=dict, editable=False)
    has_document = models.BooleanField(_("passport is entered"), default=False, editable=False)
    expires_on = models.DateField(_("passport is good until"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    consented_at = models.DateTimeField(_("consent to the use of data"), null=True)
    guardian = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent who travels along"),
    )
    has_parental_consent = models.BooleanField(_("parents' consent is there"), default=False)
    forgotten_at = models.DateTimeField(_("passport forgotten"), null=True, editable=False)

    class Meta:
        verbose_name = _("tourist")
        verbose_name_plural = _("tourists")
        ordering = ["id"]
        indexes = [models.Index(fields=["surname", "given_names"], name="traveller_name")]

    def __str__(self) -> str:
        return f"{self.surname} {self.given_names}".strip()


class DocumentLook(models.Model):
    """Somebody looked, or tried to look, at a passport's number. Rows are added, never changed."""

    traveller = models.ForeignKey(Traveller, on_delete=models.CASCADE, related_name="looks")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, verbose_name=_("who")
    )
    reason = models.CharField(_("why"), max_length=200, blank=True)
    is_granted = models.BooleanField(_("was shown"))
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("look at a passport")
        verbose_name_plural = _("looks at passports")
        ordering = ["-id"]


class TravellerLink(models.Model):
    """A page on which the client fills in the tourists, once.

    Only a hash of the address is kept. `draft` is what was typed so far, encrypted; it is emptied
    when the page is handed in.
    """

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="traveller_links")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    draft = EncryptedJSONField(default=dict, editable=False)
    expires_at = models.DateTimeField(_("open until"))
    opened_at = models.DateTimeField(_("opened"), null=True)
    submitted_at = models.DateTimeField(_("handed in"), null=True)
    revoked_at = models.DateTimeField(_("withdrawn"), null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("link for tourists")
        verbose_name_plural = _("links for tourists")

    @property
    def is_open(self) -> bool:
        over = self.submitted_at or self.revoked_at
        return not over and self.expires_at > timezone.now()
