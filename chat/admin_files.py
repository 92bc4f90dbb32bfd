"""Files of a talk, for whoever may read it; nothing in them may run on our pages."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from chat import selectors
from chat.file_types import INLINE, UNKNOWN
from chat.web import conversation_or_404, may_view


@require_GET
@may_view
@cache_control(private=True, max_age=86_400)
def attachment_file(request: HttpRequest, conversation_id: int, attachment_id: int) -> FileResponse:
    """Pictures, sounds and films are shown, anything else is only saved."""
    conversation = conversation_or_404(request, conversation_id)
    attachment = selectors.find_attachment(conversation, attachment_id)
    if attachment is None or not attachment.file.storage.exists(str(attachment.file.name)):
        raise Http404
    is_inline = attachment.mime in INLINE
    response = FileResponse(
        attachment.file.open("rb"),
        as_attachment=not is_inline,
        filename=attachment.name or f"{attachment.kind}-{attachment.pk}",
        content_type=attachment.mime if is_inline else UNKNOWN,
    )
    # Said here too: this address must be safe whatever is configured around it.
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
