"""Calls of the SAMO-Tour online API: GET only, typed parameters, one reading of its errors.

A misspelt or missing parameter is no error there: the answer is then for another direction. So
parameters are built here from typed fields only. The token travels in the URL; nothing that
leaves this module (exceptions, logs) contains it.
"""

from __future__ import annotations

import json
import logging
import re
import time
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from integrations.tours.samo import schemas
from integrations.tours.samo.schemas import Currency, Named, PricePage, Resort, State
from integrations.transport.errors import (
    AuthFailed,
    ConfigError,
    InvalidRequest,
    TransientError,
)
from integrations.transport.http import (
    Answer,
    Transport,
    build_client,
    fetch,
    raise_for_status,
)

logger = logging.getLogger(__name__)

NOTHING_FOUND = 2110  # the only business code known
MAX_BODY_BYTES = 5 * 1024 * 1024
SHORT_BODY_BYTES = 2048  # longer texts are data, where a hotel's note could contain anything
GROUP_BY_HOTEL = 32

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


@dataclass(frozen=True, kw_only=True)
class SamoConfig:
    """`base_url` is the whole address up to the query."""

    token: str = field(repr=False)
    base_url: str = "https://booking.crystalbay.com/export/default.php"
    version: str = "1.0"
    request_timeout_s: float = 20.0
    search_timeout_s: float = 60.0
    max_pages: int = 10
    retry_pause_s: float = 1.0
    proxy: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Direction:
    """Every dictionary and price depends on both ids."""

    town_from_id: int
    state_id: int

    def params(self) -> dict[str, str]:
        return {"TOWNFROMINC": str(self.town_from_id), "STATEINC": str(self.state_id)}


@dataclass(frozen=True, kw_only=True)
class PriceQuery:
    """The request of PRICES. Ids are the installation's; `cost_max` is in `currency_id`.

    One row per hotel, only hotels not in stop-sale, only flights with seats.
    """

    direction: Direction
    check_in_from: date
    check_in_to: date
    nights_from: int
    nights_till: int
    adults: int
    ages: tuple[int, ...]
    currency_id: int
    resort_ids: tuple[int, ...] = ()
    star_ids: tuple[int, ...] = ()
    meal_ids: tuple[int, ...] = ()
    cost_max: Decimal | None = None

    def params(self, page: int) -> dict[str, str]:
        """Empty filters are left out: some installations object to empty parameters."""
        params = self.direction.params() | {
            "CHECKIN_BEG": f"{self.check_in_from:%Y%m%d}",
            "CHECKIN_END": f"{self.check_in_to:%Y%m%d}",
            "NIGHTS_FROM": str(self.nights_from),
            "NIGHTS_TILL": str(self.nights_till),
            "ADULT": str(self.adults),
            "CHILD": str(len(self.ages)),
            "AGES": _id_list(self.ages),
            "CURRENCY": str(self.currency_id),
            "TOWNS": _id_list(self.resort_ids),
            "STARS": _id_list(self.star_ids),
            "MEALS": _id_list(self.meal_ids),
            "COSTMAX": "" if self.cost_max is None else f"{self.cost_max:f}",
            "FREIGHT": "1",
            "FILTER": "1",
            "PARTITION_PRICE": str(GROUP_BY_HOTEL),
            "PRICEPAGE": str(page),
        }
        return {name: value for name, value in params.items() if value}


class Deadline:
    """The moment by which a whole search must be over, however many calls it takes."""

    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds

    def left_s(self) -> float:
        """Raise TransientError when there is nothing left."""
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TransientError("SAMO: the search took too long")
        return left


class SamoClient:
    """One method per action. Every one may raise the ConnectorError family."""

    def __init__(self, config: SamoConfig, transport: Transport | None = None) -> None:
        self._config = config
        # The operator's list of allowed addresses knows IPv4 only.
        self._http = build_client(
            timeout_s=config.request_timeout_s,
            proxy=config.proxy,
            transport=transport,
            ipv4_only=True,
        )

    def departure_towns(self, deadline: Deadline) -> list[Named]:
        return schemas.read_list(
            self._get("SearchTour_TOWNFROMS", {}, deadline), schemas.read_named
        )

    def states(self, town_from_id: int, deadline: Deadline) -> list[State]:
        params = {"TOWNFROMINC": str(town_from_id)}
        return schemas.read_list(
            self._get("SearchTour_STATES", params, deadline), schemas.read_state
        )

    def resorts(self, direction: Direction, deadline: Deadline) -> list[Resort]:
        payload = self._get("SearchTour_TOWNS", direction.params(), deadline)
        return schemas.read_list(payload, schemas.read_resort)

    def stars(self, direction: Direction, deadline: Deadline) -> list[Named]:
        payload = self._get("SearchTour_STARS", direction.params(), deadline)
        return schemas.read_list(payload, schemas.read_named)

    def meals(self, direction: Direction, deadline: Deadline) -> list[Named]:
        payload = self._get("SearchTour_MEALS", direction.params(), deadline)
        return schemas.read_list(payload, schemas.read_named)

    def currencies(self, direction: Direction, deadline: Deadline) -> list[Currency]:
        payload = self._get("SearchTour_CURRENCIES", direction.params(), deadline)
        return schemas.read_list(payload, schemas.read_currency)

    def departure_days(self, direction: Direction, deadline: Deadline) -> list[date] | None:
        payload = self._get("SearchTour_CHECKIN", direction.params(), deadline)
        return schemas.read_departure_days(payload)

    def prices(self, query: PriceQuery, page: int, deadline: Deadline) -> PricePage:
        try:
            payload = self._get("SearchTour_PRICES", query.params(page), deadline)
        except BusinessError as refusal:
            if refusal.code == NOTHING_FOUND:
                return PricePage(rows=(), total_pages=1, unreadable=0)
            raise
        found = schemas.read_price_page(payload)
        if found.unreadable:
            logger.warning("SAMO: %d price rows could not be read", found.unreadable)
        return found

    def _get(self, action: str, params: dict[str, str], deadline: Deadline) -> Any:
        """Ask twice before giving up: they are reads, and the backend hiccups under load."""
        try:
            return self._get_once(action, params, deadline)
        except TransientError as error:
            pause_s = error.retry_after or self._config.retry_pause_s
            if pause_s >= deadline.left_s():
                raise
            time.sleep(pause_s)
            return self._get_once(action, params, deadline)

    def _get_once(self, action: str, params: dict[str, str], deadline: Deadline) -> Any:
        answer = fetch(
            self._http,
            "GET",
            self._config.base_url,
            params={
                "samo_action": "api",
                "version": self._config.version,
                "oauth_token": self._config.token,
                "type": "json",
                "action": action,
            }
            | params,
            timeout_s=min(self._config.request_timeout_s, deadline.left_s()),
            max_bytes=MAX_BODY_BYTES,
        )
        return read_answer(action, answer)


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


def _id_list(ids: tuple[int, ...]) -> str:
    return ",".join(map(str, ids))
