from bookings.models.booking import Booking, BookingHistory, BookingTask, FlightLeg
from bookings.models.catalogue import (
    CatalogueEntry,
    CatalogueSync,
    CatalogueSyncStep,
    OperatorCheck,
)
from bookings.models.document import BookingDocument, DocumentKind, DocumentTemplate, TripLink
from bookings.models.offer import Offer, OperatorRate
from bookings.models.operator import EntryRule, Operator, PaymentRule, PenaltyRule, SpecialDay
from bookings.models.payment import LedgerEntry, PaymentDue, Side
from bookings.models.search import SearchRun
from bookings.models.selection import Selection, SelectionEvent, SelectionItem
from bookings.models.traveller import DocumentLook, Traveller, TravellerLink

__all__ = [
    "Booking",
    "BookingDocument",
    "BookingHistory",
    "BookingTask",
    "CatalogueEntry",
    "CatalogueSync",
    "CatalogueSyncStep",
    "DocumentKind",
    "DocumentLook",
    "DocumentTemplate",
    "EntryRule",
    "FlightLeg",
    "LedgerEntry",
    "Offer",
    "Operator",
    "OperatorCheck",
    "OperatorRate",
    "PaymentDue",
    "PaymentRule",
    "PenaltyRule",
    "SearchRun",
    "Selection",
    "SelectionEvent",
    "SelectionItem",
    "Side",
    "SpecialDay",
    "Traveller",
    "TravellerLink",
    "TripLink",
]
