from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.offer import Offer
from common.models import TimestampedModel
from leads.models import Lead


def new_token() -> str:
    """128 bits that fit into an address."""
    return secrets.token_urlsafe(16)


class Selection(TimestampedModel):
    """The tours a manager shows to one client, on a page that opens by its unguessable address."""

    lead = models.ForeignKey(
        Lead, on_delete=models.CASCADE, related_name="selections", verbose_name=_("lead")
    )
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, verbose_name=_("who")
    )
    note = models.TextField(_("words to the client"), blank=True, max_length=1000)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    expires_at = models.DateTimeField(_("open until"))
    opened_at = models.DateTimeField(_("first opened"), null=True, editable=False)
    open_count = models.PositiveIntegerField(_("times opened"), default=0, editable=False)
    checked_at = models.DateTimeField(_("prices checked"), null=True, editable=False)
    check_started_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("selection of tours")
        verbose_name_plural = _("selections of tours")
        indexes = [models.Index(fields=["lead", "-created_at"], name="selection_of_lead")]

    def __str__(self) -> str:
        return str(_("Selection No. %(number)s") % {"number": self.pk})

    @property
    def is_open(self) -> bool:
        return timezone.now() < self.expires_at


class SelectionItem(models.Model):
    """One tour of a selection. `offer` is its newest price; `first_offer` what was sent."""

    class State(models.TextChoices):
        AS_SENT = "as_sent", _("Price as sent")
        CHANGED = "changed", _("Price has changed")
        SOLD_OUT = "sold_out", _("Sold out")

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="items")
    offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="shown_in")
    first_offer = models.ForeignKey(Offer, on_delete=models.PROTECT, related_name="sent_in")
    position = models.PositiveSmallIntegerField()
    note = models.CharField(_("note"), max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.AS_SENT)
    liked_at = models.DateTimeField(null=True)
    chosen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=8), name="selection_at_most_eight"
            ),
            models.UniqueConstraint(fields=["selection", "position"], name="selection_place_once"),
        ]


class SelectionEvent(models.Model):
    """What happened to a selection after it was sent; rows are only added.

    `before` and `after` are the offers of a price check, `after` empty where it is sold out.
    """

    class Kind(models.TextChoices):
        SENT = "sent", _("Sent")
        OPENED = "opened", _("Opened")
        LIKED = "liked", _("Liked")
        UNLIKED = "unliked", _("Like taken back")
        ASKED = "asked", _("Question")
        CHOSEN = "chosen", _("Chosen")
        PRICE_CHANGED = "price_changed", _("Price has changed")
        SOLD_OUT = "sold_out", _("Sold out")

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="events")
    item = models.ForeignKey(SelectionItem, on_delete=models.CASCADE, null=True)
    kind = models.CharField(max_length=15, choices=Kind.choices)
    text = models.CharField(max_length=1000, blank=True)
    before = models.ForeignKey(
        Offer, on_delete=models.PROTECT, null=True, related_name="outdated_in"
    )
    after = models.ForeignKey(
        Offer, on_delete=models.PROTECT, null=True, related_name="replacing_in"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-created_at", "-pk"]
