"""What every API endpoint shares: errors as problem documents (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from io import BytesIO
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.parsers import JSONParser
from rest_framework.response import Response

from common.errors import Conflict, DomainError, NotAllowed

PROBLEM_TYPE = "application/problem+json"


class BodyTooLarge(exceptions.APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = gettext_lazy("The request is too large: at most 64 KB.")


def problem(
    status: int, code: str, message: str, *, field: str = "", headers: dict[str, str] | None = None
) -> Response:
    """Build an error answer: a stable `code` for programs, one sentence for people."""
    body: dict[str, Any] = {"status": int(status), "code": code, "detail": message}
    if field:
        body["field"] = field
    return Response(body, status=status, headers=headers, content_type=PROBLEM_TYPE)


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler for the whole project; None means a real 500."""
    if isinstance(error, DomainError):
        return problem(_status_of(error), error.code, error.message, field=error.field)
    if isinstance(error, RequestDataTooBig):
        error = BodyTooLarge()
    elif isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.ValidationError):
        return _validation_problem(error)
    if isinstance(error, exceptions.APIException):
        return _api_problem(error)
    return None


def _status_of(error: DomainError) -> int:
    if isinstance(error, NotAllowed):
        return HTTPStatus.FORBIDDEN
    if isinstance(error, Conflict):
        return HTTPStatus.CONFLICT
    return HTTPStatus.BAD_REQUEST


def _validation_problem(error: exceptions.ValidationError) -> Response:
    detail: Any = error.detail
    field = ""
    while isinstance(detail, dict | list) and detail:
        if isinstance(detail, dict):
            name, detail = next(iter(detail.items()))
            field = field or ("" if name == "non_field_errors" else str(name))
        else:
            detail = detail[0]
    code = getattr(detail, "code", "invalid")
    return problem(HTTPStatus.BAD_REQUEST, str(code), str(detail), field=field)


def _api_problem(error: exceptions.APIException) -> Response:
    headers, message = {}, str(error.detail)
    if isinstance(error, exceptions.Throttled):
        headers["Retry-After"] = str(int(getattr(error, "wait", None) or 1) + 1)
        message = _("Too many messages at once. Please wait a little and try again.")
    elif isinstance(error, exceptions.ParseError):
        message = _("The request body is not valid JSON.")
    if isinstance(error, exceptions.AuthenticationFailed | exceptions.NotAuthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    code = str(getattr(error.detail, "code", error.default_code))
    return problem(error.status_code, code, message, headers=headers)


class SmallJSONParser(JSONParser):
    """JSON of at most 64 KB. The stream is cut off there, so a large body costs no memory."""

    limit = 64 * 1024

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Any = None
    ) -> dict[str, Any]:
        body = stream.read(self.limit + 1)
        if len(body) > self.limit:
            raise BodyTooLarge
        try:
            parsed = super().parse(BytesIO(body), media_type, parser_context)
        except RecursionError as error:
            raise exceptions.ParseError from error
        if not isinstance(parsed, dict):
            raise exceptions.ParseError
        return parsed
