"""The link into the operator's own search page, where a manager books by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode, urlsplit, urlunsplit


def portal_url(
    base_url: str,
    keys: Mapping[str, int | str],
    *,
    check_in: date,
    nights: int,
    adults: int,
    ages: tuple[int, ...],
) -> str:
    """The search that shows this very hotel and day; "" where the ids are not known.

    `base_url` is the address of the API or of the search page itself.
    """
    if not base_url or not {"townFromKey", "stateKey", "hotelKey"} <= keys.keys():
        return ""
    parts = urlsplit(base_url)
    path = "/search_tour" if parts.path.endswith("default.php") else parts.path
    query = {
        "TOWNFROMINC": keys["townFromKey"],
        "STATEINC": keys["stateKey"],
        "CHECKIN_BEG": f"{check_in:%Y%m%d}",
        "CHECKIN_END": f"{check_in:%Y%m%d}",
        "NIGHTS_FROM": nights,
        "NIGHTS_TILL": nights,
        "ADULT": adults,
        "CHILD": len(ages),
        "AGES": ",".join(map(str, ages)),
        "CURRENCY": keys.get("currencyKey", ""),
        "HOTELS": keys["hotelKey"],
        "PRICEPAGE": 1,
        "DOLOAD": 1,
    }
    given = {name: value for name, value in query.items() if value != ""}
    return urlunsplit((parts.scheme, parts.netloc, path, urlencode(given), ""))
