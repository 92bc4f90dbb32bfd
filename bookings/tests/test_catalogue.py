from __future__ import annotations

import os
import resource
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bookings.matching import find_entries, find_entry, sound_key
from bookings.models import CatalogueEntry, CatalogueSync, CatalogueSyncStep
from bookings.services.catalogue import continue_sync, start_sync, store_rows
from bookings.tasks import sync_catalogue
from bookings.tests.operators import count, is_action, use_fake
from integrations.fakes.samo import FakeSamo
from integrations.tours.base import CatalogueRow

pytestmark = pytest.mark.django_db

# How many times the hotels of the demo world.
FACTOR = int(os.environ.get("SYNC_FACTOR", "20"))

Kind = CatalogueEntry.Kind
Status = CatalogueSync.Status


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeSamo:
    return use_fake(monkeypatch)


def run_sync(budget_s: float = 60.0) -> CatalogueSync:
    sync = start_sync()
    assert not continue_sync(sync.pk, budget_s)
    sync.refresh_from_db()
    return sync


def row(code: int, name: str, **more: object) -> CatalogueRow:
    return CatalogueRow(kind="hotel", code=code, name=name, **more)  # type: ignore[arg-type]


def test_every_dictionary_of_every_route_is_read(fake: FakeSamo) -> None:
    sync = run_sync()

    kinds = dict.fromkeys(Kind.values, 0)
    for kind in CatalogueEntry.objects.values_list("kind", flat=True):
        kinds[kind] += 1
    assert sync.status == Status.DONE
    assert kinds["town_from"] == 4
    assert kinds["country"] == 8
    assert kinds["resort"] == 21
    assert kinds["hotel"] == 150
    assert (kinds["stars"], kinds["meal"], kinds["currency"]) == (4, 6, 4)
    assert kinds["programme"] == len(fake.catalogue.programmes)
    assert sync.rows_written == sum(kinds.values())
    assert sync.percent == 100
    assert fake.unknown_parameters == []


def test_rows_lie_where_the_operator_says(fake: FakeSamo) -> None:
    run_sync()

    resort = CatalogueEntry.objects.get(kind=Kind.RESORT, name="Нячанг")
    hotel = CatalogueEntry.objects.filter(kind=Kind.HOTEL, parent=resort.code).first()
    country = CatalogueEntry.objects.get(kind=Kind.COUNTRY, code=resort.parent)
    assert (country.name, country.details) == ("Вьетнам", {"iso2": "VN"})
    assert hotel is not None
    assert not hotel.name.endswith("*")


def test_second_sync_writes_nothing(fake: FakeSamo) -> None:
    run_sync()
    before = list(CatalogueEntry.objects.order_by("pk").values())

    with CaptureQueriesContext(
        connection,
    ) as queries:
        second = run_sync()

    writing = ("INSERT", "UPDATE", "DELETE")
    writes = [
        each["sql"]
        for each in queries
        if '"bookings_catalogueentry"' in each["sql"] and each["sql"].startswith(writing)
    ]
    assert writes == []
    assert (second.rows_written, second.rows_vanished) == (0, 0)
    assert list(CatalogueEntry.objects.order_by("pk").values()) == before


def test_only_the_changed_row_is_written(fake: FakeSamo) -> None:
    run_sync()
    CatalogueEntry.objects.filter(kind=Kind.RESORT, name="Фукуок").update(name="Фукок")

    sync = run_sync()

    assert sync.rows_written == 1
    assert CatalogueEntry.objects.filter(kind=Kind.RESORT, name="Фукуок").count() == 1


def test_what_vanished_is_marked_and_comes_back(fake: FakeSamo) -> None:
    run_sync()
    gone = fake.catalogue.hotels.pop()

    sync = run_sync()

    entry = CatalogueEntry.objects.get(kind=Kind.HOTEL, code=gone.id)
    assert sync.rows_vanished == 1
    assert entry.vanished_at is not None
    fake.catalogue.hotels.append(gone)
    run_sync()
    entry.refresh_from_db()
    assert entry.vanished_at is None


def test_a_dictionary_that_came_empty_everywhere_is_no_proof(fake: FakeSamo) -> None:
    run_sync()
    fake.catalogue.hotels.clear()

    sync = run_sync()

    assert sync.rows_vanished == 0
    assert not CatalogueEntry.objects.exclude(vanished_at=None).exists()


def test_sync_that_was_cut_off_goes_on_where_it_stopped(fake: FakeSamo) -> None:
    sync = start_sync()
    assert continue_sync(sync.pk, budget_s=0.0)
    done = CatalogueSyncStep.objects.filter(sync=sync).count()
    towns = count(fake, "SearchTour_TOWNFROMS")

    assert not continue_sync(sync.pk, budget_s=60.0)

    sync.refresh_from_db()
    assert sync.status == Status.DONE
    assert sync.steps_done == len(sync.steps) > done
    assert count(fake, "SearchTour_TOWNFROMS") == towns + (0 if done else 1)
    assert not CatalogueSyncStep.objects.exists()


def test_operator_who_is_away_for_a_while_delays_the_sync(fake: FakeSamo) -> None:
    fake.fail_next("500", times=2, when=is_action("SearchTour_HOTELS"))
    sync = start_sync()

    assert not continue_sync(sync.pk, 60.0)
    sync.refresh_from_db()
    assert (sync.status, sync.failures) == (Status.RUNNING, 1)
    assert not continue_sync(sync.pk, 60.0)

    sync.refresh_from_db()
    assert (sync.status, sync.failures, sync.error) == (Status.DONE, 0, "")


def test_refused_address_ends_the_sync_with_a_reason(fake: FakeSamo) -> None:
    fake.is_address_allowed = False

    sync = run_sync()

    assert sync.status == Status.FAILED
    assert "203.0.113.7" in sync.error
    assert not CatalogueEntry.objects.exists()


def test_a_running_sync_is_not_begun_twice(fake: FakeSamo) -> None:
    assert start_sync() == start_sync()


def test_the_task_does_it_all(fake: FakeSamo, django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        sync = start_sync()

    sync.refresh_from_db()
    assert sync.status == Status.DONE
    sync_catalogue(sync.pk)  # a late wake-up changes nothing
    assert CatalogueSync.objects.count() == 1


def test_large_catalogue_is_read_within_its_time_and_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """SYNC_FACTOR=400 measures the whole of it: 60 000 hotels within 60 s and 300 MB."""
    use_fake(monkeypatch, hotels_factor=FACTOR)
    before_kb, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()

    first = run_sync()
    took_s = time.monotonic() - started
    second = run_sync()

    again_s = time.monotonic() - started - took_s
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) // 1024
    assert CatalogueEntry.objects.filter(kind=Kind.HOTEL).count() == 150 * FACTOR
    assert first.rows_written > 150 * FACTOR
    assert second.rows_written == 0
    print(f"{150 * FACTOR} hotels: {took_s:.1f} s, again {again_s:.1f} s, +{grown_mb} MB")  # noqa: T201
    assert took_s < 60 * FACTOR / 400 + 15  # a busy machine is no fault of ours
    assert grown_mb < 300


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Риксос", "Rixos"),
        ("шератон", "Sheraton"),
        ("Мариот", "Marriott"),
        ("Хилтон", "Hilton"),
        ("Аква", "Aqua"),
    ],
)
def test_names_sound_the_same_in_both_alphabets(said: str, name: str) -> None:
    assert sound_key(said) == sound_key(name)


@pytest.fixture
def hotels(db: None):
    names = [
        "Rixos Premium Belek",
        "Vinpearl Resort Nha Trang",
        "Sheraton Nha Trang",
        "Rixos Sungate",
    ]
    store_rows(row(code, name) for code, name in enumerate(names, 1))
    return CatalogueEntry.objects.filter(kind=Kind.HOTEL)


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("Rixos Premium Belek", "Rixos Premium Belek"),
        ("риксос премиум белек", "Rixos Premium Belek"),
        ("rixos belek premum", "Rixos Premium Belek"),
        ("винперл нячанг резорт", "Vinpearl Resort Nha Trang"),
        ("шератон", "Sheraton Nha Trang"),
        ("Ширатон", "Sheraton Nha Trang"),
    ],
)
def test_hotel_is_found_as_customers_say_it(hotels, said: str, first: str) -> None:
    assert [entry.name for entry in find_entries(said, hotels)][:1] == [first]


@pytest.mark.parametrize("said", ["", "  ", "!!!", "Копакабана Палас", "к морю"])
def test_nothing_like_it_is_nothing(hotels, said: str) -> None:
    assert find_entries(said, hotels) == []


def test_only_a_sure_match_is_taken_without_asking(hotels) -> None:
    assert find_entry("Шератон Нха Транг", hotels) is not None
    assert find_entry("риксос", hotels.filter(vanished_at__gt=timezone.now())) is None
    assert find_entry("резорт", hotels.exclude(name__contains="Resort")) is None
