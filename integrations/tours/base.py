"""The tours port: what the rest of the product asks an operator for and what it gets back.

No operator's ids or words here, apart from `TourOffer.operator_keys`, which a manager needs to
find the same row in the operator's own portal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Protocol, Self


class Availability(StrEnum):
    AVAILABLE = "available"
    ON_REQUEST = "on_request"
    NONE = "none"


class EmptyReason(StrEnum):
    """Why a search found nothing. Comes from the operator's data, never guessed.

    `NO_DEPARTURES`: the operator does not sell this country from this city.
    `NO_FLIGHTS_ON_DATES`: it does, but not on the dates asked.
    `OVER_BUDGET`: there are tours, all dearer than `budget_max`.
    `FILTERS`: nothing has these nights, party, resorts, stars and meal together.
    """

    NO_DEPARTURES = "no_departures"
    NO_FLIGHTS_ON_DATES = "no_flights_on_dates"
    OVER_BUDGET = "over_budget"
    FILTERS = "filters"


@dataclass(frozen=True, kw_only=True)
class TourSearch:
    """One question to an operator. Raises ValueError if it contradicts itself.

    `departure_city` and `resorts` are Russian names (Latin ones are understood too), `country` is
    ISO 3166 alpha-2. `date_from`/`date_to` bound the day of departure, both included. `hotels` are
    the operator's own ids, from its catalogue; none means any hotel.
    `children_ages` are full years on the travel date. `meal` is RO, BB, HB, FB, AI or UAI.
    `currency` is the ISO code of `budget_max` (for the whole party) and of the converted prices
    in the answer; what the operator itself charges in is not chosen here.
    """

    departure_city: str
    country: str
    date_from: date
    date_to: date
    nights_min: int
    nights_max: int
    adults: int = 2
    children_ages: tuple[int, ...] = ()
    resorts: tuple[str, ...] = ()
    hotels: tuple[int, ...] = ()
    stars_min: int | None = None
    meal: str | None = None
    budget_max: Decimal | None = None
    currency: str = "KZT"
    limit: int = 10

    def __post_init__(self) -> None:
        if self.date_from > self.date_to:
            raise ValueError("date_from is after date_to")
        if not 1 <= self.nights_min <= self.nights_max:
            raise ValueError("nights_min must be from 1 to nights_max")
        if self.adults < 1:
            raise ValueError("at least one adult")
        if any(not 0 <= age <= 17 for age in self.children_ages):
            raise ValueError("a child's age must be from 0 to 17")
        if self.limit < 1:
            raise ValueError("limit must be positive")

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON types: dates in ISO 8601, money as text so that no digit is lost."""
        return {name: _to_json(value) for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """The reverse of `as_dict`. Raises ValueError if it contradicts itself."""
        budget = stored["budget_max"]
        return cls(
            **{
                **stored,
                "date_from": date.fromisoformat(stored["date_from"]),
                "date_to": date.fromisoformat(stored["date_to"]),
                "children_ages": tuple(stored["children_ages"]),
                "resorts": tuple(stored["resorts"]),
                "hotels": tuple(stored["hotels"]),
                "budget_max": None if budget is None else Decimal(budget),
            }
        )


@dataclass(frozen=True, kw_only=True)
class TourOffer:
    """One price found at an operator, as it stood at `fetched_at`.

    `price` is for the whole party in the operator's `currency`, and is not final: fuel surcharge,
    visa and obligatory services may be added, so a manager must confirm it. `row_id` changes
    whenever the operator reloads its prices: good for the next minutes, never as a key.
    `country` is ISO alpha-2; texts are the operator's own, Russian where it has them.
    """

    row_id: str
    hotel: str
    stars: int | None
    resort: str
    country: str
    meal: str
    room: str
    placement: str
    check_in: date
    check_out: date
    nights: int
    adults: int
    children: int
    price: Decimal
    currency: str
    converted_price: Decimal | None
    converted_currency: str
    availability: Availability
    departure_city: str
    programme: str
    fetched_at: datetime
    operator_keys: Mapping[str, int | str] = field(default_factory=dict, hash=False)

    def amount_in(self, currency: str) -> Decimal | None:
        """The party's price in this currency, if the operator gave it."""
        if self.converted_currency == currency and self.converted_price is not None:
            return self.converted_price
        return self.price if self.currency == currency else None

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON types: dates in ISO 8601, money as text so that no digit is lost."""
        return {name: _to_json(value) for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """The reverse of `as_dict`."""
        converted = stored["converted_price"]
        return cls(
            **{
                **stored,
                "check_in": date.fromisoformat(stored["check_in"]),
                "check_out": date.fromisoformat(stored["check_out"]),
                "price": Decimal(stored["price"]),
                "converted_price": None if converted is None else Decimal(converted),
                "availability": Availability(stored["availability"]),
                "fetched_at": datetime.fromisoformat(stored["fetched_at"]),
            }
        )


def _to_json(value: Any) -> Any:
    if isinstance(value, date):  # datetime too
        return value.isoformat()
    if isinstance(value, Decimal | StrEnum):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


@dataclass(frozen=True, kw_only=True)
class SearchResult:
    """Offers, cheapest first and at most one per hotel.

    `empty_reason` is set exactly when `offers` is empty. `is_complete` is False when time or the
    page limit ran out, so a cheaper offer may exist. `cheapest_beyond` is the cheapest tour above
    the budget, set with `OVER_BUDGET` only.
    """

    offers: tuple[TourOffer, ...]
    checked_at: datetime
    empty_reason: EmptyReason | None = None
    is_complete: bool = True
    cheapest_beyond: TourOffer | None = None


@dataclass(frozen=True, kw_only=True)
class Flight:
    """One leg. Moments are local to the airport and without a zone, as on a ticket. `has_seats` is
    None where the operator does not say."""

    number: str
    airline: str
    from_city: str
    from_port: str
    to_city: str
    to_port: str
    departs_at: datetime
    arrives_at: datetime
    has_seats: bool | None
    baggage: str

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON types; moments in ISO 8601."""
        return {name: _to_json(value) for name, value in asdict(self).items()}


@dataclass(frozen=True, kw_only=True)
class CatalogueRow:
    """One row of a dictionary. `kind`: town_from, country, programme, resort, hotel, stars, meal
    or currency; `parent` is the code of what it lies in."""

    kind: str
    code: int
    name: str
    name_alt: str = ""
    parent: int | None = None
    stars: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ConnectionCheck:
    """One step on the way to the operator. `seen` is what came or went wrong, without secrets;
    `fault` the class of the error; `address` ours, where the operator does not let it in."""

    name: str
    is_ok: bool
    took_ms: int
    seen: str
    fault: str = ""
    address: str = ""


@dataclass(frozen=True)
class FoundPage:
    """What one page of prices brought: the offers to show, and how far the reading is."""

    offers: tuple[TourOffer, ...]
    pages_read: int
    pages_known: int


OnPage = Callable[[FoundPage], None]


class ToursConnector(Protocol):
    """One tour operator. Every method raises the ConnectorError family; an error is never told as
    an empty result."""

    kind: ClassVar[str]

    def search(
        self,
        search: TourSearch,
        *,
        on_page: OnPage | None = None,
        max_pages: int | None = None,
        timeout_s: float | None = None,
    ) -> SearchResult:
        """`on_page` hears of every page as it comes; the other two differ from the usual."""
        ...

    def recheck(
        self,
        search: TourSearch,
        keys: Mapping[str, int | str],
        *,
        timeout_s: float | None = None,
    ) -> TourOffer | None:
        """The same tour now: hotel, room, meal, placement by `operator_keys`, day and nights by
        the search. None if it is not sold any more; InvalidRequest if the keys name no hotel."""
        ...

    def flights(self, row_id: str) -> tuple[Flight, ...]:
        """The legs of a row found within the last minutes."""
        ...

    def departures(
        self, departure_city: str, country: str, *, timeout_s: float | None = None
    ) -> Sequence[date] | None:
        """Days of departure, [] where the route is not sold, None where nobody knows."""
        ...

    def catalogue_steps(self) -> list[str]:
        """Names of the parts in which the whole catalogue is read, in order."""
        ...

    def read_catalogue(self, step: str) -> list[CatalogueRow]: ...

    def diagnose(self) -> list[ConnectionCheck]:
        """Try the whole way, step by step, up to the first fault. Raises nothing."""
        ...

    def check(self) -> str:
        """Make one cheap call to prove that address, rights and token work; say what was seen."""
        ...
