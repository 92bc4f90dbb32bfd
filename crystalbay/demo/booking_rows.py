"""Bookings of the invented leads that are being booked or paid, through the services."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from bookings.models import Booking, DocumentKind, LedgerEntry, Offer, Side, Traveller
from bookings.mrz import Passport
from bookings.services.booking import (
    ClaimAnswer,
    apply_claim,
    create_booking,
    move_booking,
    send_to_operator,
)
from bookings.services.documents import issue_document
from bookings.services.offers import save_offer
from bookings.services.payments import Paid, record_payment
from bookings.services.travellers import TravellerInput, save_traveller
from bookings.states import State
from crystalbay.demo.stories import Story
from integrations.tours.base import Availability, TourOffer, TourSearch
from leads.models import Client, Lead
from leads.services import Actor

HOTELS = ("Coral Lagoon Resort", "Palm Garden Beach", "Blue Reef Hotel", "Sunset Bay Resort")
SURNAMES = ("AKHMETOVA", "IVANOV", "SADYKOV", "KIM", "PETROVA", "OMAROV")
NAMES = ("AIGERIM", "OLEG", "DANIYAR", "ANNA", "MARAT", "ELENA", "TIMUR", "DINARA")
USD = Decimal(520)
DEMO = Actor(user=None, origin="bot")
# How far each booking of a lead in «Бронирование» or «Оплата» has come, in turn.
FAR = {
    "booking": (State.DRAFT, State.TRAVELLERS, State.SENT),
    "payment": (State.CONFIRMED, State.PREPAID, State.CLIENT_PAID, State.OPERATOR_PAID),
}


def save_bookings(stories: Sequence[Story], leads: Sequence[Lead], *, now: datetime) -> None:
    wanted = [pair for pair in zip(stories, leads, strict=True) if pair[0].stage in FAR]
    for number, (story, lead) in enumerate(wanted):
        rng = Random(number)  # noqa: S311 - invented data, no secrets
        steps = FAR[story.stage]
        _book(story, lead, steps[number % len(steps)], now, rng)


def forget_bookings(clients: Iterable[Client]) -> None:
    bookings = Booking.objects.filter(lead__client__in=clients)
    offers = list(bookings.values_list("offer", flat=True))
    # A reversal points at its payment and protects it.
    LedgerEntry.objects.filter(booking__in=bookings, kind="reversal").delete()
    LedgerEntry.objects.filter(booking__in=bookings).delete()
    bookings.delete()
    Offer.objects.filter(pk__in=offers, bookings=None).delete()


def _book(story: Story, lead: Lead, far: State, now: datetime, rng: Random) -> None:
    offer = _offer(story, now, rng)
    booking = create_booking(lead.pk, offer.pk, actor=DEMO)
    if far == State.DRAFT:
        return
    _fill(booking, now.date(), rng)
    move_booking(booking.pk, State.TRAVELLERS, actor=DEMO)
    if far == State.TRAVELLERS:
        return
    send_to_operator(booking.pk, actor=DEMO)
    if far == State.SENT:
        return
    number = str(4_700_000 + booking.pk)
    apply_claim(booking.pk, ClaimAnswer(number, State.CONFIRMED, "Подтверждена"), actor=DEMO)
    _pay(booking.pk, far)
    if far == State.OPERATOR_PAID:
        issue_document(booking.pk, DocumentKind.VOUCHER, actor=DEMO)


def _offer(story: Story, now: datetime, rng: Random) -> Offer:
    facts = story.wish.facts()
    nights, ages = facts["nights_min"], tuple(facts.get("children_ages", ()))
    start = max(date.fromisoformat(facts["date_from"]), now.date() + timedelta(days=5))
    price = (Decimal(story.wish.price) / USD).quantize(Decimal(1))
    search = TourSearch(
        departure_city=facts["departure_city"],
        country=story.wish.trip.country,
        date_from=start,
        date_to=start,
        nights_min=nights,
        nights_max=nights,
        adults=facts["adults"],
        children_ages=ages,
    )
    found = TourOffer(
        row_id=f"demo-{story.person.number}",
        hotel=rng.choice(HOTELS),
        stars=rng.choice((4, 5)),
        resort=story.wish.trip.resort or "",
        country=story.wish.trip.country,
        meal=rng.choice(("BB", "HB", "AI")),
        room="Standard",
        placement="DBL",
        check_in=start,
        check_out=start + timedelta(days=nights),
        nights=nights,
        adults=facts["adults"],
        children=len(ages),
        price=price,
        currency="USD",
        converted_price=price * USD,
        converted_currency="KZT",
        availability=Availability.AVAILABLE,
        departure_city=facts["departure_city"],
        programme="",
        fetched_at=now,
    )
    return save_offer(found, search)


def _fill(booking: Booking, today: date, rng: Random) -> None:
    """Everybody who flies, with passports that pass the checks."""
    surname = rng.choice(SURNAMES)
    names = rng.sample(NAMES, booking.adults + len(booking.children_ages))
    guardian: Traveller | None = None
    for number, name in enumerate(names):
        is_child = number >= booking.adults
        age = booking.children_ages[number - booking.adults] if is_child else rng.randint(25, 60)
        passport = Passport(
            surname=surname,
            given_names=name,
            number=f"N{rng.randrange(10**7, 10**8)}",
            issuer="KAZ",
            citizenship="KAZ",
            birth_on=date(booking.departs_on.year - age, 1, 1),
            sex="",
            expires_on=date(today.year + 8, 6, 1),
        )
        given = TravellerInput.from_passport(passport)
        values = {**vars(given), "has_consented": True}
        values["guardian_id"] = guardian.pk if is_child and guardian else None
        saved = save_traveller(booking.pk, TravellerInput(**values), actor=DEMO)
        guardian = guardian or saved


def _pay(booking_id: int, far: State) -> None:
    booking = Booking.objects.get(pk=booking_id)
    first = booking.dues.filter(side=Side.CLIENT).earliest("position").amount
    wanted: list[tuple[Side, Decimal]] = []
    if far != State.CONFIRMED:
        wanted.append((Side.CLIENT, first if far == State.PREPAID else booking.client_left))
    if far == State.OPERATOR_PAID:
        wanted.append((Side.OPERATOR, booking.operator_left))
    for side, amount in wanted:
        paid = Paid(method="kaspi", amount=amount)
        key = f"demo:{booking_id}:{side}"
        record_payment(booking_id, side, paid, actor=DEMO, submit_key=key)
