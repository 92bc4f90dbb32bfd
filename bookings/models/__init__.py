from bookings.models.catalogue import (
    CatalogueEntry,
    CatalogueSync,
    CatalogueSyncStep,
    OperatorCheck,
)
from bookings.models.offer import Offer, OperatorRate
from bookings.models.search import SearchRun
from bookings.models.selection import Selection, SelectionEvent, SelectionItem

__all__ = [
    "CatalogueEntry",
    "CatalogueSync",
    "CatalogueSyncStep",
    "Offer",
    "OperatorCheck",
    "OperatorRate",
    "SearchRun",
    "Selection",
    "SelectionEvent",
    "SelectionItem",
]
