"""Tourists of a booking. A passport's number is encrypted, and each look at it leaves a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.models import Booking, DocumentLook, Traveller, TravellerLink
from bookings.mrz import Passport
from bookings.permissions import bookings_visible_to
from bookings.services.rows import Kind, locked_booking, needed_reason, record, save_booking
from bookings.services.terms import months_valid
from bookings.states import OVER, State
from bookings.traveller_checks import Person, Problem, Trip, problems_of
from common.errors import Conflict, InvalidInput, NotAllowed
from common.phones import normalize_phone
from leads.services import Actor

RIGHT = "bookings.view_document_numbers"
MOST_TRAVELLERS = 40


@dataclass(frozen=True, kw_only=True)
class TravellerInput:
    """`number` None leaves the stored one as it is.

    `with_parent`: the first adult of those handed in together is the guardian.
    """

    surname: str
    given_names: str
    birth_on: date | None = None
    sex: str = ""
    citizenship: str = "KAZ"
    number: str | None = None
    expires_on: date | None = None
    phone: str = ""
    email: str = ""
    has_consented: bool = False
    guardian_id: int | None = None
    has_parental_consent: bool = False
    with_parent: bool = False

    @classmethod
    def from_passport(cls, passport: Passport) -> TravellerInput:
        return cls(
            surname=passport.surname,
            given_names=passport.given_names,
            birth_on=passport.birth_on,
            sex=passport.sex,
            citizenship=passport.citizenship,
            number=passport.number,
            expires_on=passport.expires_on,
        )


@transaction.atomic
def save_traveller(
    booking_id: int, given: TravellerInput, *, actor: Actor, traveller_id: int | None = None
) -> Traveller:
    """Add or change a tourist. Half-known ones are kept; the checks say what is missing.

    Raises InvalidInput for a number or phone of the wrong shape, Conflict for a booking whose
    tourists the operator has already.
    """
    booking = locked_booking(booking_id)
    _ensure_editable(booking)
    traveller = _traveller(booking, traveller_id)
    return store_traveller(booking, traveller, given, actor)


def store_traveller(
    booking: Booking, traveller: Traveller, given: TravellerInput, actor: Actor
) -> Traveller:
    """Write a tourist under the caller's lock."""
    is_new = traveller.pk is None
    traveller.surname, traveller.given_names = (
        tidy_name(given.surname),
        tidy_name(given.given_names),
    )
    for field in ("birth_on", "sex", "expires_on", "has_parental_consent"):
        setattr(traveller, field, getattr(given, field))
    traveller.citizenship = given.citizenship.strip().upper()[:3]
    traveller.email = given.email.strip()
    traveller.phone = _phone(given.phone)
    traveller.guardian_id = _guardian(booking, traveller, given.guardian_id)
    if given.number is not None:
        number = checked_number(given.number)
        traveller.document = {"number": number} if number else {}
        traveller.has_document = bool(number)
        # What is written anew is forgotten anew.
        traveller.forgotten_at = None
    if given.has_consented:
        traveller.consented_at = traveller.consented_at or timezone.now()
    else:
        traveller.consented_at = None
    traveller.save()
    # The name alone: what stands in a passport is not for the history.
    said = _("added") if is_new else _("changed")
    record(booking, Kind.TRAVELLER, actor, before=said, after=str(traveller))
    save_booking(booking)
    return traveller


def _traveller(booking: Booking, traveller_id: int | None) -> Traveller:
    if traveller_id is None:
        if booking.travellers.count() >= MOST_TRAVELLERS:
            raise InvalidInput(_("That is too many tourists for one booking."), code="too_many")
        return Traveller(booking=booking)
    return Traveller.objects.get(pk=traveller_id, booking=booking)


def _ensure_editable(booking: Booking) -> None:
    if booking.state in (*OVER, State.TRAVELLING):
        raise Conflict(_("The tourists of this booking can't be changed any more."), code="state")


def tidy_name(text: str) -> str:
    return " ".join(text.upper().split())[:60]


def checked_number(text: str) -> str:
    number = "".join(text.upper().split())
    if number and not (number.isascii() and number.isalnum() and 5 <= len(number) <= 20):
        message = _("A passport number has 5 to 20 Latin letters and digits.")
        raise InvalidInput(message, code="number", field="number")
    return number


def _phone(text: str) -> str:
    if not text.strip():
        return ""
    phone = normalize_phone(text)
    if phone is None:
        raise InvalidInput(_("This is not a phone number."), code="phone", field="phone")
    return phone


def _guardian(booking: Booking, traveller: Traveller, guardian_id: int | None) -> int | None:
    if guardian_id is None or guardian_id == traveller.pk:
        return None
    is_there = booking.travellers.filter(pk=guardian_id).exists()
    return guardian_id if is_there else None


@transaction.atomic
def remove_traveller(traveller_id: int, *, actor: Actor) -> None:
    traveller = Traveller.objects.get(pk=traveller_id)
    booking = locked_booking(traveller.booking_id)
    _ensure_editable(booking)
    record(booking, Kind.TRAVELLER, actor, before=str(traveller), after=_("removed"))
    traveller.delete()
    save_booking(booking)


def look_at_number(traveller: Traveller, user: User, *, reason: str) -> str:
    """Show a passport's number to somebody with the right, who says why. Always leaves a row.

    Raises NotAllowed without the right or for a colleague's booking, after the row is kept;
    InvalidInput without a reason. Not in a transaction of the caller's: a refusal's row must stay.
    """
    is_granted = user.has_perm(RIGHT) and _is_visible(traveller, user)
    if is_granted:
        reason = needed_reason(reason)
    DocumentLook.objects.create(
        traveller=traveller, user=user, reason=reason[:200], is_granted=is_granted
    )
    if not is_granted:
        raise NotAllowed(_("You have no right to see passports."), code="document")
    return str(traveller.document.get("number", ""))


def _is_visible(traveller: Traveller, user: User) -> bool:
    return bookings_visible_to(user).filter(pk=traveller.booking_id).exists()


def problems_of_booking(booking: Booking) -> list[Problem]:
    """What keeps the booking from going to the operator; numbers are compared, never shown."""
    people = [person_of(traveller) for traveller in booking.travellers.all()]
    return problems_of(people, trip_of(booking))


def person_of(traveller: Traveller) -> Person:
    return Person(
        pk=traveller.pk,
        surname=traveller.surname,
        given_names=traveller.given_names,
        birth_on=traveller.birth_on,
        citizenship=traveller.citizenship,
        number=str(traveller.document.get("number", "")),
        expires_on=traveller.expires_on,
        has_consented=traveller.consented_at is not None,
        guardian_id=traveller.guardian_id,
        has_parental_consent=traveller.has_parental_consent,
    )


def trip_of(booking: Booking) -> Trip:
    return Trip(
        departs_on=booking.departs_on,
        returns_on=booking.returns_on,
        adults=booking.adults,
        children_ages=tuple(booking.children_ages),
        months_valid=months_valid(booking.country),
    )


def forget_documents(*, kept_days: int, today: date | None = None) -> int:
    """Empty the passports of trips that ended more than `kept_days` ago; return how many.

    Drafts of links that are over go too. Safe to run twice.
    """
    day = (today or timezone.localdate()) - timedelta(days=kept_days)
    old = Traveller.objects.filter(booking__returns_on__lt=day, forgotten_at=None)
    gone: Mapping[str, Any] = {"document": {}, "has_document": False, "expires_on": None}
    count = old.update(**gone, forgotten_at=timezone.now())
    dead = TravellerLink.objects.filter(expires_at__lt=timezone.now())
    for link in dead.exclude(revoked_at__isnull=False):
        TravellerLink.objects.filter(pk=link.pk).update(draft={}, revoked_at=timezone.now())
    return count
