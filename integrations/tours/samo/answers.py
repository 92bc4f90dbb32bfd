"""One reading of the answers of a SAMO-Tour API: what is data, and what kind of refusal it is."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from integrations.tours.samo import schemas
from integrations.transport.errors import (
    AuthFailed,
    ConfigError,
    InvalidRequest,
    TransientError,
)
from integrations.transport.http import Answer, raise_for_status

SHORT_BODY_BYTES = 2048  # longer texts are data, where a hotel's note could contain anything

_BLOCKED_ADDRESS = re.compile(r"blacklisted address ([0-9a-fA-F.:]+)")
_XML_ERROR = re.compile(r"<Error>(.*?)</Error>", re.DOTALL)


class IpNotAllowed(AuthFailed):
    """Our address is not on the operator's list for this token. The same text may also mean a
    wrong token, so the message says both. `address` is the one to report, "" if not told."""

    def __init__(self, address: str) -> None:
        where = f"address {address}" if address else "our address"
        super().__init__(f"SAMO: {where} is not allowed for this token (or the token is wrong)")
        self.address = address


class BadToken(AuthFailed):
    """The operator does not know the token."""


class UnknownAction(ConfigError):
    """No such action on this installation, or no right to it."""


class BadAnswer(TransientError):
    """Not an answer to what was asked: HTML, cut JSON, another root. Usually overload."""


class BusinessError(InvalidRequest):
    """The operator refused the request; `code` is its number, None where it gave only a text."""

    def __init__(self, code: int | None, message: str) -> None:
        super().__init__(f"SAMO error {code}: {message}")
        self.code = code


def read_answer(action: str, answer: Answer) -> Any:
    """Return what is under the action's root key or raise. The format of an error does not follow
    the format asked for: both JSON and XML occur, with any content type."""
    if answer.status != 200 or len(answer.body) < SHORT_BODY_BYTES:
        _raise_known_refusal(action, answer.text)
    if answer.status != 200:
        raise_for_status(answer, "SAMO")
    content = _decode(answer.text)
    _raise_business_error(content)
    if action not in content:
        raise BadAnswer(f"SAMO: the answer is not one to {action}")
    payload = content[action]
    if isinstance(payload, dict):
        _raise_business_error(payload)
    return payload


def _decode(text: str) -> dict[str, Any]:
    if text.lstrip().startswith("<"):
        error = _XML_ERROR.search(text)
        if error:
            raise BusinessError(None, error[1])
        raise BadAnswer("SAMO: a page instead of data")
    try:
        content = json.loads(text, parse_float=Decimal)
    except ValueError:
        raise BadAnswer("SAMO: the answer is not JSON") from None
    if not isinstance(content, dict):
        raise BadAnswer("SAMO: the answer is not a JSON object")
    return content


def _raise_known_refusal(action: str, text: str) -> None:
    """The order matters: the text about an address contains the one about the token."""
    if "blacklisted" in text:
        address = _BLOCKED_ADDRESS.search(text)
        raise IpNotAllowed(address[1] if address else "")
    if "apiKey provided, but invalid" in text:
        raise BadToken("SAMO: the token is not valid")
    if "Method does not exists" in text:  # their spelling
        raise UnknownAction(f"SAMO: no action {action} or no right to it")


def _raise_business_error(content: dict[str, Any]) -> None:
    error = content.get("error")
    if error in (None, "", 0, "0", False):
        return
    message = schemas.as_text(content.get("message")) or schemas.as_text(error)
    raise BusinessError(schemas.as_int(error), message)
