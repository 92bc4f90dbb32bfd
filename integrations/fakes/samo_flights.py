"""FreightMonitor_FREIGHTSBYPACKET of the fake operator: one leg there, one leg back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from integrations.fakes.samo_catalogue import TownFrom
from integrations.fakes.samo_prices import Variant, places

_PORTS = {"Алматы": "ALA", "Астана": "NQZ", "Шымкент": "CIT", "Бишкек": "FRU"}


def routes_of(town: TownFrom, variant: Variant) -> list[dict[str, Any]]:
    hotel, day = variant.hotel, variant.check_in
    state = places(town, hotel, day)
    number = 100 + hotel.resort.id % 800
    home = (town.name, _PORTS[town.name])
    away = (hotel.resort.name, hotel.resort.name_alt[:3].upper())
    back_on = day + timedelta(days=variant.nights)
    return [
        _route(day, f"ZZ {number}", home, away, ("21:40", "06:25"), state.there),
        _route(back_on, f"ZZ {number + 1}", away, home, ("08:10", "13:05"), state.back),
    ]


def _route(
    day: date,
    number: str,
    start: tuple[str, str],
    end: tuple[str, str],
    times: tuple[str, str],
    letter: str,
) -> dict[str, Any]:
    baggage = {"baggage": "20 kg", "baggageHand": "5 kg", "baggageInfant": "10 kg"}
    status = "noplace" if letter == "N" else "yesplace"
    return {
        "info": {"date": f"{day:%Y%m%d}", "sourceTown": start[0], "targetTown": end[0]},
        "freights": [
            {
                "name": number,
                "transportCompany": "Sample Air",
                "transportType": "avia",
                "departure": _end(start, times[0]),
                "arrival": _end(end, times[1]),
                "places": [{"class": "Econom", "status": status, "baggage": baggage}],
            }
        ],
    }


def _end(place: tuple[str, str], clock: str) -> dict[str, Any]:
    return {"port": place[0], "portAlias": place[1], "portKey": 301, "time": clock}
