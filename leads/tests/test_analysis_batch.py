"""The run over all leads: page by page, stopped and resumed, through crashes, never twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from common.errors import Conflict
from leads import analysis, analysis_batch
from leads.analysis_batch import (
    refresh_analyses,
    resume_batch,
    start_batch,
    stop_batch,
    sweep_batches,
    work_page,
)
from leads.models import AnalysisBatch, Lead, LeadAnalysis
from leads.services import BOT, move_lead
from leads.tests.factories import make_lead

pytestmark = pytest.mark.django_db
PAGE_URL = "/admin/leads/analysisbatch/"


@pytest.fixture
def boss() -> User:
    return User.objects.create_superuser("boss")


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Wake-ups are written down instead of sent; pages are small."""
    sent: list[int] = []
    monkeypatch.setattr(analysis_batch, "wake", lambda task, batch_id: sent.append(batch_id))
    monkeypatch.setattr(analysis_batch, "PAGE", 3)
    return sent


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The leads that were read, in order; a lead whose wish is «bad» can't be."""
    seen: list[int] = []

    def work(lead_id: int) -> None:
        seen.append(lead_id)
        if Lead.objects.get(pk=lead_id).wish == "bad":
            raise ValueError("can't be read")

    readers = list(analysis.readers)
    analysis.readers[:] = [work]
    yield seen
    analysis.readers[:] = readers


def run(batch: AnalysisBatch) -> AnalysisBatch:
    while work_page(batch.pk):
        pass
    batch.refresh_from_db()
    return batch


def make(count: int) -> list[int]:
    return [make_lead().pk for _ in range(count)]


# --- to the end ---


def test_every_lead_is_done_once_the_newest_first(
    boss: User, woken: list[int], read: list[int]
) -> None:
    ids = make(7)

    batch = run(start_batch(boss))

    assert read == ids[::-1]
    assert (batch.status, batch.done, batch.total, batch.errors) == ("done", 7, 7, 0)
    assert batch.percent == 100
    assert batch.finished_at is not None
    # The start and three pages with rows; the empty one ends it.
    assert woken == [batch.pk] * 4


def test_without_leads_it_ends_at_once(boss: User, woken: list[int], read: list[int]) -> None:
    batch = run(start_batch(boss))

    assert (batch.status, batch.done, batch.percent) == ("done", 0, 100)


def test_leads_that_come_meanwhile_are_left_to_their_messages(
    boss: User, woken: list[int], read: list[int]
) -> None:
    ids = make(4)
    batch = start_batch(boss)
    work_page(batch.pk)
    make(2)

    run(batch)

    assert Counter(read) == Counter(ids)


def test_a_bad_lead_is_counted_and_named_and_stops_nobody(
    boss: User, woken: list[int], read: list[int]
) -> None:
    ids = make(5)
    Lead.objects.filter(pk=ids[2]).update(wish="bad")

    batch = run(start_batch(boss))

    assert (batch.done, batch.errors, batch.failed) == (5, 1, [ids[2]])


def test_the_real_work_stores_analyses(boss: User, woken: list[int]) -> None:
    make(4)

    batch = run(start_batch(boss))

    assert (batch.done, batch.errors) == (4, 0)
    assert LeadAnalysis.objects.count() == 4


# --- stopped and resumed ---


def test_stop_leaves_the_rest_and_resume_goes_on_there(
    boss: User, woken: list[int], read: list[int]
) -> None:
    ids = make(7)
    batch = start_batch(boss)
    work_page(batch.pk)
    assert stop_batch(batch.pk)
    assert not work_page(batch.pk)
    sweep_batches()
    assert read == ids[:3:-1]

    assert resume_batch(batch.pk)
    run(batch)

    assert read == ids[::-1]
    assert (batch.status, batch.done) == ("done", 7)


def test_stop_in_the_middle_of_a_page_keeps_what_was_done(
    boss: User, woken: list[int], read: list[int]
) -> None:
    ids = make(7)
    batch = start_batch(boss)
    stop = analysis.readers[0]
    analysis.readers.append(lambda lead_id: stop_batch(batch.pk))

    work_page(batch.pk)

    batch.refresh_from_db()
    assert stop in analysis.readers
    assert (batch.status, batch.done, batch.cursor) == ("stopped", 3, ids[4])
    assert batch.lease_until is None


def test_stop_and_resume_are_safe_twice(boss: User, woken: list[int]) -> None:
    make(1)
    batch = start_batch(boss)
    assert [stop_batch(batch.pk), stop_batch(batch.pk)] == [True, False]
    assert [resume_batch(batch.pk), resume_batch(batch.pk)] == [True, False]
    assert len(woken) == 2


def test_one_run_at_a_time(boss: User, woken: list[int]) -> None:
    make(1)
    first = start_batch(boss)
    with pytest.raises(Conflict):
        start_batch(boss)

    stop_batch(first.pk)
    second = start_batch(boss)
    with pytest.raises(Conflict):
        resume_batch(first.pk)

    assert AnalysisBatch.objects.filter(status="running").get() == second
    assert AnalysisBatch.objects.count() == 2


# --- through crashes ---


def test_a_page_in_hand_is_left_to_its_worker(
    boss: User, woken: list[int], read: list[int]
) -> None:
    make(4)
    batch = start_batch(boss)
    AnalysisBatch.objects.update(lease_until=timezone.now() + timedelta(seconds=30))

    assert not work_page(batch.pk)
    sweep_batches()

    assert read == []


def test_a_dead_workers_page_is_done_again_and_counted_once(
    boss: User, woken: list[int], read: list[int]
) -> None:
    """Killed after two leads of the page: nothing of it has been counted."""
    ids = make(4)
    batch = start_batch(boss)

    class Killed(BaseException):
        pass

    def die(lead_id: int) -> None:
        if len(read) == 2:
            raise Killed

    analysis.readers.append(die)
    with pytest.raises(Killed):
        work_page(batch.pk)
    analysis.readers.remove(die)
    sweep_batches()
    assert len(read) == 2

    AnalysisBatch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    sweep_batches()

    batch.refresh_from_db()
    assert (batch.done, batch.cursor) == (3, ids[1])
    assert Counter(read) == {ids[3]: 2, ids[2]: 2, ids[1]: 1}


def test_a_second_worker_in_the_middle_of_a_page_does_nothing(
    boss: User, woken: list[int], read: list[int]
) -> None:
    ids = make(4)
    batch = start_batch(boss)
    others: list[bool] = []
    analysis.readers.append(lambda lead_id: others.append(work_page(batch.pk)))

    work_page(batch.pk)

    batch.refresh_from_db()
    assert others == [False] * 3
    assert (read, batch.done) == (ids[:0:-1], 3)


def test_stopped_and_killed_at_once_it_goes_on_after_the_lease(
    boss: User, woken: list[int], read: list[int]
) -> None:
    ids = make(4)
    batch = start_batch(boss)

    class Killed(BaseException):
        pass

    def stop_and_die(lead_id: int) -> None:
        stop_batch(batch.pk)
        raise Killed

    analysis.readers.append(stop_and_die)
    with pytest.raises(Killed):
        work_page(batch.pk)
    analysis.readers.remove(stop_and_die)
    assert resume_batch(batch.pk)
    assert not work_page(batch.pk)

    AnalysisBatch.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    run(batch)

    batch.refresh_from_db()
    assert (batch.status, batch.done, batch.errors) == ("done", 4, 0)
    assert Counter(read) == Counter([*ids, ids[3]])


def test_a_worker_that_was_too_slow_counts_nothing(
    boss: User, woken: list[int], read: list[int]
) -> None:
    ids = make(4)
    batch = start_batch(boss)

    def lose_the_lease(lead_id: int) -> None:
        """Somebody else has taken over meanwhile, and has finished this very page."""
        AnalysisBatch.objects.update(lease_until=None, cursor=ids[1], done=3)

    analysis.readers.append(lose_the_lease)
    work_page(batch.pk)

    batch.refresh_from_db()
    assert (batch.done, batch.cursor, batch.status) == (3, ids[1], "running")
    assert woken == [batch.pk]


def test_a_lost_wake_up_is_found_by_the_sweeper(
    boss: User, woken: list[int], read: list[int]
) -> None:
    ids = make(2)
    start_batch(boss)

    sweep_batches()

    assert read == ids[::-1]


# --- every day ---


def test_yesterdays_open_leads_are_refreshed_and_no_others(boss: User, woken: list[int]) -> None:
    old, fresh, closed = (Lead.objects.get(pk=pk) for pk in make(3))
    run(start_batch(boss))
    move_lead(closed.pk, "won", actor=BOT)
    yesterday = timezone.now() - timedelta(hours=21)
    LeadAnalysis.objects.exclude(lead=fresh).update(analysed_at=yesterday)

    assert [refresh_analyses(), refresh_analyses()] == [1, 0]

    moments = dict(LeadAnalysis.objects.values_list("lead", "analysed_at"))
    assert moments[old.pk] > yesterday
    assert moments[closed.pk] == yesterday


# --- the page ---


def test_the_page_starts_shows_stops_and_goes_on(
    client: Browser, boss: User, woken: list[int], read: list[int]
) -> None:
    client.force_login(boss)
    make(6)

    def act(do: str) -> str:
        return client.post(f"{PAGE_URL}act/", {"do": do}, follow=True).content.decode()

    assert "Ещё не запускали." in client.get(PAGE_URL).content.decode()
    assert "Разбор начат." in act("start")
    assert "Разбор уже идёт." in act("start")
    batch = AnalysisBatch.objects.get()
    work_page(batch.pk)
    bar = client.get(f"{PAGE_URL}progress/").content.decode()
    assert "Лидов: 3 из 6" in bar
    assert 'value="50"' in bar
    assert "every 2s" in bar
    assert "<html" not in bar
    stopped = act("stop")
    assert "Остановлен" in stopped
    assert "every 2s" not in stopped
    assert "Разбор продолжается." in act("resume")
    run(batch)
    done = client.get(PAGE_URL).content.decode()
    assert "Закончен" in done
    assert "Разобрать все лиды" in done


def test_nonsense_starts_nothing(client: Browser, boss: User, woken: list[int]) -> None:
    client.force_login(boss)

    for wish in ("", "stop", "resume", "delete"):
        client.post(f"{PAGE_URL}act/", {"do": wish})
    assert client.get(f"{PAGE_URL}act/").status_code == 405

    assert not AnalysisBatch.objects.exists()


def test_leads_that_failed_are_named(
    client: Browser, boss: User, woken: list[int], read: list[int]
) -> None:
    client.force_login(boss)
    [bad] = make(1)
    Lead.objects.filter(pk=bad).update(wish="bad")
    run(start_batch(boss))

    page = client.get(PAGE_URL).content.decode()

    assert "Ошибок: 1" in page
    assert reverse("admin:leads_lead_change", args=[bad]) in page
