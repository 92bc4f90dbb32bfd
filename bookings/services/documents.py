"""Templates, and the files that are made from them or brought to a booking."""

from __future__ import annotations

import hashlib
import uuid

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from bookings.documents import store
from bookings.documents.pdf import make_pdf
from bookings.documents.text import blocks_of, checked_body
from bookings.documents.values import AGENCY, TABLES, VARIABLES, tables_of, values_of
from bookings.models import Booking, BookingDocument, DocumentKind, DocumentTemplate, LedgerEntry
from bookings.services.rows import Kind, locked_booking, record, save_booking
from bookings.states import UNCONFIRMED
from common.errors import Conflict, InvalidInput
from leads.services import Actor

PDF = "application/pdf"
MOST_BYTES = 10 * 1024 * 1024
# What a file begins with says what it is, whatever its name says.
_STARTS = {PDF: b"%PDF-", "image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}


@transaction.atomic
def save_template(kind: str, body: str, *, actor: Actor) -> DocumentTemplate:
    """Keep a text as the next version; documents made before keep theirs.

    Raises InvalidInput for a variable that does not exist.
    """
    body = checked_body(body, variables=VARIABLES, tables=TABLES)
    rows = DocumentTemplate.objects.select_for_update().filter(kind=kind)
    current = next((row for row in rows if row.is_current), None)
    if current and current.body == body:
        return current
    newest = max((row.version for row in rows), default=0)
    DocumentTemplate.objects.filter(kind=kind, is_current=True).update(is_current=False)
    return DocumentTemplate.objects.create(
        kind=kind, version=newest + 1, body=body, created_by=actor.user
    )


def preview_pdf(body: str, booking: Booking) -> bytes:
    """How a text would look for a booking; nothing is kept. Raises like `save_template`."""
    body = checked_body(body, variables=VARIABLES, tables=TABLES)
    return _pdf(body, booking, _("Preview"))


def _pdf(body: str, booking: Booking, title: str) -> bytes:
    blocks = blocks_of(body, values_of(booking), tables_of(booking))
    return make_pdf(blocks, title=title, foot=f"{AGENCY} · {title}")


def issue_document(booking_id: int, kind: DocumentKind, *, actor: Actor) -> BookingDocument:
    """Make a document of the template in use; each time a new version.

    Not in a transaction of the caller's: drawing takes a moment. Raises Conflict for a booking the
    operator has not confirmed, or without a template.
    """
    booking = Booking.objects.select_related(
        "lead__client", "lead__assignee", "operator", "offer"
    ).get(pk=booking_id)
    template = DocumentTemplate.objects.filter(kind=kind, is_current=True).first()
    if template is None:
        raise Conflict(_("There is no text for this document yet."), code="no_template")
    if booking.state in UNCONFIRMED and kind != DocumentKind.CONTRACT:
        raise Conflict(_("The operator has not confirmed yet."), code="state")
    title = f"{DocumentKind(kind).label} № {booking.pk}"
    content = _pdf(template.body, booking, title)
    return _keep(booking_id, kind, f"{title}.pdf", content, PDF, actor, template=template)


def attach_file(
    booking_id: int,
    kind: str,
    name: str,
    content: bytes,
    *,
    actor: Actor,
    payment_id: int | None = None,
) -> BookingDocument:
    """Keep a receipt or the operator's own file. Raises InvalidInput for another kind of file."""
    content_type = checked_file(content)
    payment = None
    if payment_id is not None:
        payment = LedgerEntry.objects.filter(pk=payment_id, booking=booking_id).first()
    return _keep(booking_id, kind, name[-120:], content, content_type, actor, payment=payment)


def checked_file(content: bytes) -> str:
    """The content type. Raises InvalidInput for a file that is not kept."""
    if len(content) > MOST_BYTES:
        raise InvalidInput(_("The file is larger than 10 MB."), code="too_large", field="file")
    content_type = next((one for one, head in _STARTS.items() if content.startswith(head)), "")
    if not content_type:
        message = _("Only PDF, JPEG and PNG files are kept.")
        raise InvalidInput(message, code="file_type", field="file")
    return content_type


def _keep(
    booking_id: int,
    kind: str,
    name: str,
    content: bytes,
    content_type: str,
    actor: Actor,
    *,
    template: DocumentTemplate | None = None,
    payment: LedgerEntry | None = None,
) -> BookingDocument:
    file_id = uuid.uuid4()
    # First the file: without its row it is in nobody's way.
    store.put(file_id, content)
    with transaction.atomic():
        booking = locked_booking(booking_id)
        newest = booking.documents.filter(kind=kind).aggregate(newest=Max("number"))["newest"]
        document = BookingDocument.objects.create(
            public_id=file_id,
            booking=booking,
            kind=kind,
            number=(newest or 0) + 1,
            name=name,
            content_type=content_type,
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            template=template,
            payment=payment,
            created_by=actor.user,
        )
        record(booking, Kind.DOCUMENT, actor, after=f"{name}, v{document.number}")
        save_booking(booking)
    return document
