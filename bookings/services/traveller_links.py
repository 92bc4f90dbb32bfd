"""The page on which a client fills in the tourists: an address that works once and for a while."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.models import Booking, Traveller, TravellerLink
from bookings.services.rows import Kind, locked_booking, record
from bookings.services.travellers import TravellerInput, store_traveller, tidy_name
from bookings.states import UNCONFIRMED
from common.errors import Conflict
from leads.services import Actor

TOKEN_BYTES = 24
OPEN_FOR = timedelta(days=3)
CLIENT = Actor(user=None, origin="client")


def new_token() -> str:
    """192 bits: cannot be guessed."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def open_traveller_link(booking_id: int, *, actor: Actor) -> str:
    """Make a new page for the client and return its token; earlier pages stop working.

    Raises Conflict once the operator has the tourists.
    """
    booking = locked_booking(booking_id)
    if booking.state not in UNCONFIRMED:
        raise Conflict(_("The operator has the tourists already."), code="state")
    close_traveller_links(booking)
    token = new_token()
    TravellerLink.objects.create(
        booking=booking,
        token_hash=hash_of(token),
        expires_at=timezone.now() + OPEN_FOR,
        created_by=actor.user,
    )
    record(booking, Kind.CLIENT, actor, after=_("A page for the tourists' data was made"))
    return token


def close_traveller_links(booking: Booking) -> None:
    waiting = TravellerLink.objects.filter(booking=booking, submitted_at=None, revoked_at=None)
    waiting.update(revoked_at=timezone.now(), draft={})


def find_traveller_link(token: str) -> TravellerLink | None:
    """The page of this address, if it may still be used."""
    links = TravellerLink.objects.select_related("booking")
    link = links.filter(token_hash=hash_of(token)).first()
    return link if link and link.is_open else None


@transaction.atomic
def keep_draft(link_id: int, typed: Mapping[str, Any]) -> bool:
    """Keep what was typed so far; it is encrypted. False if the page is closed."""
    link = TravellerLink.objects.select_for_update(no_key=True).get(pk=link_id)
    if not link.is_open:
        return False
    link.draft = {**link.draft, **typed}
    link.opened_at = link.opened_at or timezone.now()
    link.save(update_fields=["draft", "opened_at"])
    return True


@transaction.atomic
def hand_in(link_id: int, people: Sequence[TravellerInput]) -> Booking:
    """Take over what the client has filled in, once; the page is closed by it.

    Tourists of the same name and birth are brought up to date, the others added. Raises Conflict
    for a page that is closed, InvalidInput for a number or phone of the wrong shape.
    """
    booking_id = TravellerLink.objects.values_list("booking", flat=True).get(pk=link_id)
    booking = locked_booking(booking_id)
    link = TravellerLink.objects.select_for_update(no_key=True).get(pk=link_id)
    if not link.is_open or booking.state not in UNCONFIRMED:
        raise Conflict(_("This page has been used already."), code="used")
    _store(booking, people)
    TravellerLink.objects.filter(pk=link_id).update(submitted_at=timezone.now(), draft={})
    record(booking, Kind.CLIENT, CLIENT, after=_("The client has filled in the tourists"))
    return booking


def _store(booking: Booking, people: Sequence[TravellerInput]) -> None:
    """Adults first, so that a child can name the parent who travels along."""
    parent_id: int | None = None
    taken: list[int] = []
    for given in sorted(people, key=lambda one: one.with_parent):
        if given.with_parent:
            given = replace(given, guardian_id=parent_id)
        known = _known(booking, given, taken) or Traveller(booking=booking)
        stored = store_traveller(booking, known, given, CLIENT)
        taken.append(stored.pk)
        parent_id = parent_id or stored.pk


def _known(booking: Booking, given: TravellerInput, taken: Sequence[int]) -> Traveller | None:
    """Whom the desk has entered already: father and son of one name are two people."""
    named = booking.travellers.exclude(pk__in=taken).filter(
        Q(birth_on=given.birth_on) | Q(birth_on=None),
        surname=tidy_name(given.surname),
        given_names=tidy_name(given.given_names),
    )
    return named.order_by(F("birth_on").asc(nulls_last=True), "pk").first()
