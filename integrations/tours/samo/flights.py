"""FREIGHTSBYPACKET → legs of a tour."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from integrations.tours.base import Flight
from integrations.tours.samo.schemas import Json, as_date, as_rows, as_text


def read_flights(payload: Any) -> tuple[Flight, ...]:
    """Legs in the order of travel; what has no day or no times is left out."""
    routes = as_rows(payload.get("routes")) if isinstance(payload, dict) else []
    found = (_read_leg(route, leg) for route in routes for leg in as_rows(route.get("freights")))
    return tuple(flight for flight in found if flight is not None)


def _read_leg(route: Json, leg: Json) -> Flight | None:
    info, start, end = _part(route, "info"), _part(leg, "departure"), _part(leg, "arrival")
    day, starts, ends = as_date(info.get("date")), _clock(start), _clock(end)
    if day is None or starts is None or ends is None:
        return None
    places = as_rows(leg.get("places"))
    return Flight(
        number=as_text(leg.get("name")),
        airline=as_text(leg.get("transportCompany")),
        from_city=as_text(info.get("sourceTown")),
        from_port=as_text(start.get("portAlias")) or as_text(start.get("port")),
        to_city=as_text(info.get("targetTown")),
        to_port=as_text(end.get("portAlias")) or as_text(end.get("port")),
        departs_at=datetime.combine(day, starts),
        arrives_at=_arrival(day, starts, ends),
        has_seats=_has_seats(places),
        baggage=next((text for place in places if (text := _baggage(place))), ""),
    )


def _arrival(day: date, starts: time, ends: time) -> datetime:
    """Times carry no day: an arrival before the departure is on the next one."""
    return datetime.combine(day + timedelta(days=ends < starts), ends)


def _has_seats(places: list[Json]) -> bool | None:
    states = {as_text(place.get("status")).lower() for place in places} - {""}
    return "yesplace" in states if states else None


def _baggage(place: Json) -> str:
    return as_text(_part(place, "baggage").get("baggage"))


def _clock(end: Json) -> time | None:
    try:
        return time.fromisoformat(as_text(end.get("time")))
    except ValueError:
        return None


def _part(row: Json, name: str) -> Json:
    part = row.get(name)
    return part if isinstance(part, dict) else {}
