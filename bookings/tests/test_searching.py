from __future__ import annotations

import math
import threading
import time
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from bookings import operator, relaxations, search
from bookings.models import Offer, OperatorRate, SearchRun
from bookings.relaxations import find_relaxations
from bookings.results import results_context
from bookings.services import rechecks, searching
from bookings.services.offers import save_offer
from bookings.services.pruning import prune_offers
from bookings.services.searching import start_searches
from bookings.services.selections import add_to_selection
from bookings.tests.operators import count, is_action, use_fake
from bookings.tests.tours import DAY, tour_offer, tour_search
from common.errors import InvalidInput
from integrations.delivery import outbox
from integrations.delivery.claims import LEASE
from integrations.fakes.base import FakeRequest
from integrations.fakes.samo import FakeSamo
from integrations.models import OutboxMessage
from integrations.tours.base import EmptyReason, TourSearch
from integrations.transport.errors import AuthFailed, ConfigError, TransientError
from leads.services import BOT, create_lead, ensure_client
from live.models import Notification

pytestmark = pytest.mark.django_db
Status = SearchRun.Status
PRICES = "SearchTour_PRICES"
LIMIT_MS = 300


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeSamo:
    return use_fake(monkeypatch, page_size=4)


@pytest.fixture
def manager() -> User:
    return User.objects.create_user("aigul", is_staff=True)


def run_all() -> None:
    """What the worker would do now, in the order of the rows."""
    for row in OutboxMessage.objects.filter(status="pending").order_by("pk"):
        OutboxMessage.objects.filter(pk=row.pk).update(next_try_at=timezone.now())
        outbox.deliver(row.pk)


def ask(*searches: TourSearch, **more: Any) -> list[SearchRun]:
    batch = start_searches(searches, author=more.pop("author", None), **more)
    run_all()
    return list(SearchRun.objects.filter(batch=batch).order_by("pk"))


# --- the run and its rows ---


def test_every_row_of_every_page_is_kept(fake: FakeSamo) -> None:
    (run,) = ask(tour_search())

    offers = Offer.objects.filter(search=run)
    assert run.status == Status.DONE
    assert run.pages_read == run.pages_known == count(fake, PRICES) > 1
    assert run.found == offers.count() > 4
    assert run.first_rows_at is not None
    for offer in offers:
        assert TourSearch.from_dict(offer.parameters) == tour_search()
        assert offer.operator_keys["hotelKey"]
        assert offer.price_kzt == offer.price * 520
        assert (offer.kzt_rate, offer.children_ages) == (Decimal(520), [6])
    assert OperatorRate.objects.get().kzt == Decimal(520)
    assert fake.unknown_parameters == []


def test_searches_of_one_request_stand_side_by_side(fake: FakeSamo) -> None:
    runs = ask(tour_search(), tour_search(country="TR"), tour_search(country="GE"))

    assert {run.status for run in runs} == {Status.DONE}
    assert len({run.batch for run in runs}) == 1
    assert all(run.found for run in runs[:2])


@pytest.mark.parametrize("number", [0, 7])
def test_none_and_too_many_are_refused(fake: FakeSamo, number: int) -> None:
    with pytest.raises(InvalidInput):
        start_searches([tour_search()] * number, author=None)

    assert not SearchRun.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_the_same_question_within_minutes_is_not_asked_again(fake: FakeSamo) -> None:
    (first,) = ask(tour_search())
    asked = len(fake.requests)

    (second,) = ask(tour_search())

    assert len(fake.requests) == asked
    assert second.status == Status.DONE
    assert second.offers.count() > 0
    age = second.offers.earliest("seen_at").seen_at
    assert age <= first.finished_at  # type: ignore[operator]


def test_asking_afresh_asks(fake: FakeSamo) -> None:
    ask(tour_search())
    asked = count(fake, PRICES)

    ask(tour_search(), afresh=True)

    assert count(fake, PRICES) == 2 * asked


@pytest.mark.parametrize(
    "change",
    [
        {"departure_city": "Астана"},
        {"country": "TR"},
        {"nights_max": 11},
        {"children_ages": (7,)},
        {"stars_min": 4},
        {"currency": "USD"},
        {"hotels": (1,)},
    ],
)
def test_every_filter_is_part_of_what_is_remembered(fake: FakeSamo, change: dict[str, Any]) -> None:
    search.search_tours(tour_search())

    assert search.remembered(tour_search()) is not None
    assert search.remembered(tour_search(**change)) is None


def test_keys_and_rows_hold_no_token(
    fake: FakeSamo, monkeypatch: pytest.MonkeyPatch, manager: User
) -> None:
    kept: list[str] = []
    remember = cache.set
    monkeypatch.setattr(
        cache,
        "set",
        lambda key, *rest, **more: (kept.append(repr((key, rest))), remember(key, *rest, **more)),
    )
    fake.fail_next("blocked_json", when=lambda request: len(fake.requests) > 8)

    ask(tour_search(), tour_search(country="TR"), author=manager)

    rows = [
        *SearchRun.objects.values(),
        *Offer.objects.values(),
        *OutboxMessage.objects.values(),
        *Notification.objects.values(),
    ]
    assert rows
    assert kept
    assert fake.token not in repr(rows) + "".join(kept)


def test_half_an_answer_is_shown_but_not_remembered(fake: FakeSamo) -> None:
    fake.fail_next("500", times=2, when=lambda request: request.query.get("PRICEPAGE") == "3")

    (run,) = ask(tour_search())

    assert (run.status, run.is_complete) == (Status.DONE, False)
    assert run.found > 0
    assert search.remembered(tour_search()) is None


def test_a_repeated_run_keeps_each_row_once(fake: FakeSamo) -> None:
    """The worker died after the rows were written and before the end was."""
    batch = start_searches([tour_search()], author=None)
    run = SearchRun.objects.get(batch=batch)
    save_offer(tour_offer(), tour_search(), run=run)
    SearchRun.objects.filter(pk=run.pk).update(status=Status.RUNNING, found=1)

    run_all()

    run.refresh_from_db()
    assert run.found == run.offers.count() == run.offers.values("operator_keys").distinct().count()


# --- the operator is away ---


def test_search_waits_for_the_operator_and_ends_with_a_notification(
    fake: FakeSamo, manager: User
) -> None:
    fake.fail_next("no_connection", times=2)
    (run,) = ask(tour_search(), author=manager)
    assert (run.status, run.finished_at) == (Status.WAITING, None)
    assert not Notification.objects.exists()

    run_all()

    run.refresh_from_db()
    assert run.status == Status.DONE
    note = Notification.objects.get()
    assert note.user == manager
    assert str(run.batch) in note.url
    assert str(run.found) in note.text


def test_searches_that_wait_go_on_as_soon_as_another_is_answered(
    fake: FakeSamo, manager: User, django_capture_on_commit_callbacks: Any
) -> None:
    fake.fail_next("no_connection", times=2)
    (waiting,) = ask(tour_search(), author=manager)
    later = timezone.now() + timedelta(hours=1)
    OutboxMessage.objects.filter(status="pending").update(next_try_at=later, attempts=5)

    with django_capture_on_commit_callbacks(execute=True):
        start_searches([tour_search(country="TR")], author=manager)

    waiting.refresh_from_db()
    assert waiting.status == Status.DONE
    note = Notification.objects.get()
    assert str(waiting.batch) in note.url


def test_remembered_answer_says_nothing_about_the_operator(
    fake: FakeSamo, manager: User, django_capture_on_commit_callbacks: Any
) -> None:
    ask(tour_search())
    fake.fail_next("no_connection", times=2)
    (waiting,) = ask(tour_search(country="TR"), author=manager)
    asked = len(fake.requests)

    with django_capture_on_commit_callbacks(execute=True):
        start_searches([tour_search()], author=manager)

    waiting.refresh_from_db()
    assert waiting.status == Status.WAITING
    assert len(fake.requests) == asked


def test_search_that_ends_at_once_rings_no_bell(fake: FakeSamo, manager: User) -> None:
    ask(tour_search(), author=manager)

    assert not Notification.objects.exists()


def test_refused_address_fails_the_run_and_tells_it(fake: FakeSamo, manager: User) -> None:
    fake.is_address_allowed = False

    (run,) = ask(tour_search(), author=manager)

    assert run.status == Status.FAILED
    assert "203.0.113.7" in run.error
    assert Notification.objects.filter(user=manager).count() == 1


def test_last_prices_are_shown_with_their_age_while_the_operator_is_away(fake: FakeSamo) -> None:
    (before,) = ask(tour_search())
    cache.clear()
    fake.fail_next("500", times=10)

    (run,) = ask(tour_search(nights_max=9))
    context = results_context(run.batch)

    assert context["is_waiting"]
    assert context["are_old"]
    assert {hotel.best.search_id for hotel in context["hotels"]} == {before.pk}
    assert context["seen_at"] <= before.finished_at


def test_prices_older_than_three_days_are_not_shown(fake: FakeSamo) -> None:
    ask(tour_search())
    Offer.objects.update(seen_at=timezone.now() - timedelta(days=4))
    cache.clear()
    fake.fail_next("500", times=10)

    (run,) = ask(tour_search())

    assert results_context(run.batch)["hotels"] == []


class TestBreaker:
    def test_operator_who_fails_is_left_alone_for_a_minute(self, fake: FakeSamo) -> None:
        fake.fail_next("500", times=100)
        for _ in range(3):
            with pytest.raises(TransientError):
                search.search_tours(tour_search())
        asked = len(fake.requests)

        with pytest.raises(TransientError, match="failed several times"):
            search.search_tours(tour_search())

        assert len(fake.requests) == asked

    def test_wrong_key_stops_everybody_at_once(self, fake: FakeSamo) -> None:
        fake.token = "another"
        with pytest.raises(AuthFailed):
            search.search_tours(tour_search())
        asked = len(fake.requests)

        with pytest.raises(TransientError):
            search.search_tours(tour_search())

        assert len(fake.requests) == asked

    def test_whoever_mends_it_is_let_through_and_opens_the_way(self, fake: FakeSamo) -> None:
        fake.is_address_allowed = False
        with pytest.raises(AuthFailed):
            search.search_tours(tour_search())
        fake.is_address_allowed = True

        operator.ask_anyway(lambda one: one.check())

        assert search.search_tours(tour_search()).offers

    def test_whoever_can_not_wait_does_not_stop_the_others(self, fake: FakeSamo) -> None:
        fake.fail_next("slow", times=3, delay_s=1.1)
        for _ in range(3):
            with pytest.raises(TransientError):
                search.search_tours(tour_search(), 1.0)

        assert search.search_tours(tour_search()).offers

    def test_without_time_nobody_is_asked(self, fake: FakeSamo) -> None:
        with pytest.raises(TransientError):
            search.search_tours(tour_search(), 0.9)
        assert fake.requests == []

        found = search.search_tours(tour_search())

        assert search.search_tours(tour_search(), 0.0) == found

    def test_refusal_of_one_question_is_no_fault_of_the_operator(self, fake: FakeSamo) -> None:
        for _ in range(4):
            with pytest.raises(Exception, match="not offered"):
                search.search_tours(tour_search(currency="THB"))

        assert search.search_tours(tour_search()).offers

    def test_nobody_configured_is_a_matter_of_settings(
        self, monkeypatch: pytest.MonkeyPatch, settings: Any
    ) -> None:
        settings.DEMO_MODE = False

        with pytest.raises(ConfigError, match="SAMO_API_URL"):
            search.search_tours(tour_search())


# --- an honest empty result ---


def relaxed(search_: TourSearch) -> tuple[Any, dict[str, TourSearch]]:
    result = search.search_afresh(search_)
    return result.empty_reason, {one.code: one.search for one in find_relaxations(search_, result)}


def test_no_route_proposes_the_neighbour_city_that_flies(fake: FakeSamo) -> None:
    reason, proposals = relaxed(tour_search(departure_city="Бишкек", country="VN"))

    assert reason is EmptyReason.NO_DEPARTURES
    assert list(proposals) == ["city"]
    assert proposals["city"].departure_city == "Алматы"


def test_no_flight_on_the_day_proposes_the_nearest_days_and_the_neighbour(fake: FakeSamo) -> None:
    monday = DAY - timedelta(days=1)
    assert monday.weekday() == 0

    reason, proposals = relaxed(
        tour_search(departure_city="Шымкент", country="EG", date_from=monday, date_to=monday)
    )

    assert reason is EmptyReason.NO_FLIGHTS_ON_DATES
    # Wednesdays and Saturdays; of two days under one code the later stays in this dictionary.
    assert proposals["dates"].date_from == DAY + timedelta(days=1)
    assert proposals["city"].departure_city == "Алматы"
    assert proposals["city"].date_from == monday


def test_budget_below_the_cheapest_tells_from_how_much(fake: FakeSamo) -> None:
    asked = tour_search(budget_max=Decimal(1000))
    result = search.search_afresh(asked)

    (proposal,) = find_relaxations(asked, result)

    cheapest = search.search_afresh(tour_search()).offers[0]
    assert (proposal.code, proposal.search.budget_max) == ("budget", None)
    assert proposal.cheapest is not None
    assert proposal.cheapest.converted_price == cheapest.converted_price


def test_filter_that_removed_all_is_found_by_trying(fake: FakeSamo) -> None:
    """Turkey has no half board; stars and resort are not to blame."""
    reason, proposals = relaxed(
        tour_search(country="TR", meal="HB", stars_min=3, resorts=("Кемер",))
    )

    assert reason is EmptyReason.FILTERS
    assert list(proposals) == ["meal"]
    assert proposals["meal"].resorts == ("Кемер",)


def test_nights_that_are_not_sold_propose_others(fake: FakeSamo) -> None:
    _reason, proposals = relaxed(tour_search(country="MV", nights_min=12, nights_max=14))

    assert list(proposals) == ["nights"]
    assert search.search_afresh(proposals["nights"]).offers


def test_every_proposal_does_find_tours(fake: FakeSamo) -> None:
    (run,) = ask(tour_search(departure_city="Бишкек", country="VN"))

    for proposal in run.relaxations:
        found = search.search_afresh(TourSearch.from_dict(proposal["search"]))
        assert found.offers


def test_operator_who_fails_meanwhile_only_costs_proposals(fake: FakeSamo) -> None:
    asked = tour_search(country="TR", meal="HB")
    result = search.search_afresh(asked)
    fake.fail_next("500", times=20)

    assert find_relaxations(asked, result) == []


def test_proposals_of_a_slow_operator_end_in_time(
    fake: FakeSamo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the search itself they must fit into the lease of the row, or it is done twice."""
    asked = tour_search(country="TR", meal="HB", stars_min=3)
    result = search.search_afresh(asked)
    monkeypatch.setattr("bookings.relaxations.BUDGET_S", 0.3)
    fake.fail_next("slow", times=20, delay_s=0.2, when=is_action(PRICES))
    tries = count(fake, PRICES)
    started = time.monotonic()

    find_relaxations(asked, result)

    assert count(fake, PRICES) - tries <= 3
    assert time.monotonic() - started < 1.5


def test_a_search_with_its_proposals_fits_into_its_lease() -> None:
    assert LEASE.total_seconds() > searching.TIMEOUT_S + relaxations.BUDGET_S
    assert LEASE.total_seconds() > rechecks.BUDGET_S


# --- first rows at once ---


@pytest.mark.django_db(transaction=True)
def test_first_rows_are_on_the_page_with_the_first_page(
    monkeypatch: pytest.MonkeyPatch, admin_client: Any
) -> None:
    """Ten slow pages: the page shows rows within 300 ms of the operator's first answer.

    The machine of a test is shared: one of five tries must be undisturbed.
    """
    monkeypatch.setattr("bookings.services.searching.enqueue", lambda *rest, **more: None)
    late_ms: list[float] = []
    while len(late_ms) < 5 and min(late_ms, default=LIMIT_MS) >= LIMIT_MS:
        late_ms.append(_first_rows_ms(monkeypatch, admin_client))

    print(f"first rows {late_ms} ms after the first page's answer")  # noqa: T201
    assert min(late_ms) < LIMIT_MS


def _first_rows_ms(monkeypatch: pytest.MonkeyPatch, window: Any) -> float:
    """From the operator's first answer to rows on the page, while the other nine are read."""
    fake = use_fake(monkeypatch, page_size=2)
    fake.fail_next("slow", times=10, when=is_action(PRICES), delay_s=0.08)
    answered: list[float] = []
    respond = fake.respond_faulty

    def timed(request: FakeRequest, fault: Any) -> Any:
        answer = respond(request, fault)
        answered.append(time.monotonic())
        return answer

    monkeypatch.setattr(fake, "respond_faulty", timed)
    batch = start_searches([tour_search(date_to=DAY)], author=None)
    run = SearchRun.objects.get(batch=batch)
    row = OutboxMessage.objects.create(
        topic="bookings.search_tours", key="x", payload={"run": run.pk, "afresh": True}
    )
    url, shown_at = reverse("admin:bookings_results", args=[batch]), 0.0
    window.get(url)  # as the page itself: templates are compiled by then
    worker = threading.Thread(target=_deliver, args=(row.pk,))
    worker.start()
    while not shown_at and worker.is_alive():
        if b"tours-offer__price" in window.get(url).content:
            shown_at = time.monotonic()
        time.sleep(0.02)
    is_still_reading = worker.is_alive()
    worker.join()
    run.refresh_from_db()
    assert (run.pages_read, len(answered)) == (10, 10)
    return round((shown_at - answered[0]) * 1000) if is_still_reading else math.inf


def _deliver(row_id: int) -> None:
    try:
        outbox.deliver(row_id)
    finally:
        connections.close_all()


# --- what is not needed any more ---


def test_unused_offers_are_forgotten_and_used_ones_stay(manager: User) -> None:
    lead = create_lead(ensure_client("phone", "+77010000001"), source="manual", actor=BOT)
    used, unused, fresh = (save_offer(tour_offer(), tour_search()) for _ in range(3))
    add_to_selection(lead.pk, used, author=manager)
    old = timezone.now() - timedelta(days=15)
    Offer.objects.filter(pk__in=[used.pk, unused.pk]).update(seen_at=old)
    Offer.objects.filter(pk=fresh.pk).update(seen_at=timezone.now())

    assert prune_offers() == 1

    assert set(Offer.objects.values_list("pk", flat=True)) == {used.pk, fresh.pk}
