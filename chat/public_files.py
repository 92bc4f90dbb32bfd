"""Our files for messengers that want an address: signed, for minutes, one file each."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.views.decorators.http import require_safe

from chat.file_types import suffix_of
from chat.models import Attachment, Message

# The messenger fetches it at once; the outbox may try for some hours.
VALID_FOR = timedelta(hours=2)
SALT = "chat.public_files"


def public_address(attachment: Attachment) -> str:
    """Where whoever has this address may fetch the file for two hours."""
    token = signing.dumps(attachment.pk, salt=SALT, compress=False)
    name = f"file{suffix_of(attachment.mime)}"
    return settings.PUBLIC_BASE_URL + reverse("chat:public-file", args=[token, name])


@require_safe
def public_file(request: HttpRequest, token: str, name: str) -> FileResponse:
    """Hand out a file that goes to a client; clients' own files never."""
    try:
        pk = signing.loads(token, salt=SALT, max_age=VALID_FOR)
    except signing.BadSignature:
        raise Http404 from None
    ours = Attachment.objects.exclude(message__author=Message.Author.CUSTOMER)
    attachment = ours.filter(pk=pk, state=Attachment.State.STORED).first()
    if attachment is None:
        raise Http404
    response = FileResponse(
        attachment.file.open("rb"),
        as_attachment=True,
        filename=attachment.name or name,
        content_type=attachment.mime,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-store"
    return response
