from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bookings.models.booking import Booking
from bookings.models.payment import LedgerEntry


class DocumentKind(models.TextChoices):
    CONTRACT = "contract", _("Contract")
    INVOICE = "invoice", _("Invoice")
    MEMO = "memo", _("Memo for the trip")
    VOUCHER = "voucher", _("Voucher cover")


class DocumentTemplate(models.Model):
    """The text of a document with variables. An edit is a new version; old ones stay."""

    kind = models.CharField(_("document"), max_length=10, choices=DocumentKind.choices)
    version = models.PositiveIntegerField(_("version"))
    body = models.TextField(_("text"))
    is_current = models.BooleanField(_("in use"), default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("template of a document")
        verbose_name_plural = _("templates of documents")
        ordering = ["kind", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="template_version_once"),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(is_current=True), name="template_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} v{self.version}"


class BookingDocument(models.Model):
    """A file of a booking: made from a template, or brought (a receipt, the operator's voucher).

    The file lies encrypted under `VAR_DIR/documents`; `name` is what people see.
    """

    class Kind(models.TextChoices):
        CONTRACT = DocumentKind.CONTRACT.value, _("Contract")
        INVOICE = DocumentKind.INVOICE.value, _("Invoice")
        MEMO = DocumentKind.MEMO.value, _("Memo for the trip")
        VOUCHER = DocumentKind.VOUCHER.value, _("Voucher cover")
        RECEIPT = "receipt", _("Receipt")
        OTHER = "other", _("Other file")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(_("document"), max_length=10, choices=Kind.choices)
    number = models.PositiveSmallIntegerField(_("version"), default=1)
    name = models.CharField(_("file"), max_length=120)
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64)
    template = models.ForeignKey(DocumentTemplate, on_delete=models.PROTECT, null=True)
    payment = models.ForeignKey(
        LedgerEntry, on_delete=models.PROTECT, null=True, related_name="receipts"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["booking", "kind", "number"], name="document_version_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TripLink(models.Model):
    """The client's page of one booking: flights, documents, later the feedback. It expires."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="trip_links")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("open until"))
    opened_at = models.DateTimeField(_("last opened"), null=True)
    revoked_at = models.DateTimeField(_("withdrawn"), null=True)
    task = models.ForeignKey(
        "bookings.BookingTask", on_delete=models.SET_NULL, null=True, related_name="links"
    )
    message_id = models.BigIntegerField(null=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("link to a trip")
        verbose_name_plural = _("links to trips")

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()
