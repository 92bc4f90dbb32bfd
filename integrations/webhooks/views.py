"""The one entrance for foreign systems that call us: POST /webhooks/<kind>/<account>/[<secret>/].

404 for a place that does not exist, 403 for a call that does not prove where it comes from; both
store nothing. Everything authentic is a row (or a kept file) before the answer.
"""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID, uuid4

import structlog
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations.transport.webhook import WebhookRequest
from integrations.webhooks.accept import accept
from integrations.webhooks.writer import Call

log = structlog.get_logger(__name__)

MAX_BODY_BYTES = 1024 * 1024


@csrf_exempt
@require_POST
async def receive_webhook(
    request: HttpRequest, kind: str, account: UUID, secret: str = ""
) -> HttpResponse:
    # Cut off at the limit, so that a large body costs no memory.
    body = request.read(MAX_BODY_BYTES + 1)
    if len(body) > MAX_BODY_BYTES:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    headers = {name.lower(): value for name, value in request.headers.items()}
    call = Call(kind, account, WebhookRequest(secret, headers, body), str(uuid4()))
    status = await accept(call)
    log.info("webhook", place=f"/webhooks/{kind}/", code=int(status), correlation_id=call.number)
    answer = HttpResponse("ok" if status == HTTPStatus.OK else "", "text/plain", status)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer["Retry-After"] = "30"
    return answer
