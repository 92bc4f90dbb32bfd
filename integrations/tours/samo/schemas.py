"""Their JSON → typed rows.

SAMO-Tour API sends ids, flags and money as numbers or as text, lists as arrays or as objects with
numeric keys, and missing text as "", null or nothing; installations differ. Every reader here
accepts all of that and returns None (or skips the row) rather than fail.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

Json = dict[str, Any]
T = TypeVar("T")

PRICE_KEYS = (
    "townFromKey", "stateKey", "tourKey", "hotelKey", "starKey", "townKey", "mealKey", "roomKey",
    "htPlaceKey", "spoKey", "currencyKey", "convertedCurrencyKey", "grouped", "bron",
)  # fmt: skip
PRICE_TEXTS = ("spo", "star", "hotelAvailability", "freightExternal", "note")

_ISO_CURRENCY = re.compile(r"[A-Z]{3}")
_STAR_DIGIT = re.compile(r"(?<!\d)([1-7])\s*(?:\*|$)")


def as_text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else "" if value is None else str(value)


def as_int(value: Any) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None


def as_money(value: Any) -> Decimal | None:
    """To the cent. Fractions in JSON are decoded as Decimal, so nothing has been a float before."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        return None
    try:
        return Decimal(value).quantize(Decimal("0.01"))
    except InvalidOperation:  # not a number, infinite, or beyond any price
        return None


def as_flag(value: Any) -> bool:
    return as_text(value).lower() in {"1", "true"}


def as_date(value: Any) -> date | None:
    """`YYYYMMDD`, sometimes `YYYY-MM-DD`."""
    digits = as_text(value).replace("-", "")[:8]
    try:
        return datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 - a calendar day
    except ValueError:
        return None


def as_rows(value: Any) -> list[Json]:
    """A list of objects, whether sent as an array or as an object with numeric keys."""
    if isinstance(value, dict):
        value = list(value.values())
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def star_digit(text: str) -> int | None:
    """`4*` → 4. Words ("VIP", "HV-1") are no number of stars; `starKey` is an id, not stars."""
    found = _STAR_DIGIT.search(text) if "-" not in text else None
    return int(found[1]) if found else None


@dataclass(frozen=True)
class Named:
    """A row of any dictionary: `name` is Russian, `name_alt` Latin."""

    id: int
    name: str
    name_alt: str = ""


@dataclass(frozen=True)
class State(Named):
    iso3: str = ""


@dataclass(frozen=True)
class Resort(Named):
    region: str = ""
    region_alt: str = ""


@dataclass(frozen=True)
class Hotel(Named):
    star: str = ""
    resort_id: int | None = None
    latitude: str = ""
    longitude: str = ""
    page: str = ""


@dataclass(frozen=True)
class Currency:
    id: int
    iso: str


@dataclass(frozen=True, kw_only=True)
class PriceRow:
    """One row of PRICES. `price` is for the whole party in the operator's currency; `rooms_letters`
    has one letter per night (or one for all), `seats_letters` those of every class by leg."""

    id: str
    hotel: str
    star: str
    resort: str
    meal: str
    room: str
    placement: str
    programme: str
    check_in: date
    check_out: date
    nights: int
    adults: int | None
    children: int | None
    infants: int
    price: Decimal
    currency: str
    converted_price: Decimal | None
    converted_currency: str
    rooms_letters: str
    seats_letters: tuple[str, ...]
    stop_sale: bool
    keys: dict[str, int | str] = field(hash=False)


@dataclass(frozen=True)
class PricePage:
    rows: tuple[PriceRow, ...]
    total_pages: int
    unreadable: int


def read_named(row: Json) -> Named | None:
    row_id = as_int(row.get("id"))
    if row_id is None:
        return None
    return Named(row_id, as_text(row.get("name")), as_text(row.get("nameAlt")))


def read_state(row: Json) -> State | None:
    named = read_named(row)
    if named is None:
        return None
    return State(named.id, named.name, named.name_alt, as_text(row.get("stateISO3")).upper())


def read_resort(row: Json) -> Resort | None:
    named = read_named(row)
    if named is None:
        return None
    region, region_alt = as_text(row.get("region")), as_text(row.get("regionAlt"))
    return Resort(named.id, named.name, named.name_alt, region, region_alt)


def read_hotel(row: Json) -> Hotel | None:
    named = read_named(row)
    if named is None:
        return None
    texts = (as_text(row.get(name)) for name in ("latitude", "longitude", "www"))
    star, resort_id = as_text(row.get("star")), as_int(row.get("townKey"))
    return Hotel(named.id, named.name, named.name_alt, star, resort_id, *texts)


def read_currency(row: Json) -> Currency | None:
    row_id = as_int(row.get("id"))
    names = (as_text(row.get(key)) for key in ("currencyISO", "alias", "name"))
    iso = next((name for name in names if _ISO_CURRENCY.fullmatch(name)), None)
    return None if row_id is None or iso is None else Currency(row_id, iso)


def read_list(payload: Any, read: Callable[[Json], T | None]) -> list[T]:
    return [item for item in map(read, as_rows(payload)) if item is not None]


def read_departure_days(payload: Any) -> list[date] | None:
    """CHECKIN: `start` and one character per day (anything but 0 = departures), or `items`.

    None if it is in neither form, which is not the same as "no departures".
    """
    body = payload if isinstance(payload, dict) else {}
    start, marks = as_date(body.get("start")), as_text(body.get("valid"))
    if start is not None and marks:
        return [start + timedelta(days=i) for i, mark in enumerate(marks) if mark not in "0 "]
    if "items" not in body:
        return None
    days = {as_date(item.get("checkin")) for item in as_rows(body["items"])}
    return sorted(day for day in days if day is not None)


def read_price_page(payload: Any) -> PricePage:
    body = payload if isinstance(payload, dict) else {}
    pager = body.get("pager")
    total = as_int(pager.get("total")) if isinstance(pager, dict) else None
    raw_rows = as_rows(body.get("prices"))
    rows = [row for row in map(read_price, raw_rows) if row is not None]
    return PricePage(tuple(rows), max(total or 1, 1), len(raw_rows) - len(rows))


def read_price(row: Json) -> PriceRow | None:
    """None for a row that cannot be offered: without hotel, day, nights, price or currency."""
    hotel, currency = as_text(row.get("hotel")), as_text(row.get("currency")).upper()
    check_in, nights = as_date(row.get("checkIn")), as_int(row.get("nights"))
    price = as_money(row.get("price"))
    if not hotel or check_in is None or not nights or not currency:
        return None
    if price is None or price <= 0:
        return None
    return PriceRow(
        id=as_text(row.get("id")),
        hotel=hotel,
        star=as_text(row.get("star")),
        resort=as_text(row.get("town")),
        meal=as_text(row.get("meal")),
        room=as_text(row.get("room")),
        placement=as_text(row.get("htPlace")),
        programme=as_text(row.get("tour")),
        check_in=check_in,
        check_out=as_date(row.get("checkOut")) or check_in + timedelta(days=nights),
        nights=nights,
        adults=as_int(row.get("adult")),
        children=as_int(row.get("child")),
        infants=as_int(row.get("infant")) or 0,
        price=price,
        currency=currency,
        converted_price=as_money(row.get("convertedPriceNumber")) or None,
        converted_currency=as_text(row.get("convertedCurrency")).upper(),
        rooms_letters=as_text(row.get("hotelAvailability")).upper(),
        seats_letters=_read_seats(row.get("freights")),
        stop_sale=as_flag(row.get("stopSale")),
        keys=_read_keys(row),
    )


def _read_seats(freights: Any) -> tuple[str, ...]:
    """Letters of the way there (`in`) and back (`out`), each over all classes; none given → ()."""
    classes = as_rows(freights)
    legs = ("".join(as_text(each.get(leg)) for each in classes).upper() for leg in ("in", "out"))
    return tuple(letters for letters in legs if letters)


def _read_keys(row: Json) -> dict[str, int | str]:
    """Everything by which a manager (or a later call) can find the row again, under their names."""
    keys: dict[str, int | str] = {}
    for name in PRICE_KEYS:
        number = as_int(row.get(name))
        if number is not None:
            keys[name] = number
    texts = {name: as_text(row.get(name)) for name in PRICE_TEXTS}
    return keys | {name: text for name, text in texts.items() if text}
