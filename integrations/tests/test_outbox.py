from datetime import timedelta

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from integrations.delivery import outbox, sweep
from integrations.delivery.backoff import STEPS_S, pause_after
from integrations.delivery.handlers import MOST_SLOW, outbox_handlers, slow_topics
from integrations.models import DeliveryAttempt, OutboxMessage
from integrations.transport.errors import (
    AmbiguousError,
    AuthFailed,
    InvalidRequest,
    RateLimited,
    TransientError,
)

pytestmark = pytest.mark.django_db
TOPIC = "test.do"


class Recorder:
    """A handler that notes its calls and fails as told."""

    def __init__(self):
        self.done, self.applied, self.given_up = [], [], []
        self.error = None
        self.repeatable = True

    def perform(self, outgoing):
        if self.error:
            raise self.error
        self.done.append(outgoing.payload)
        return "receipt"

    def apply(self, outgoing, result):
        self.applied.append((outgoing.payload, result))

    def give_up(self, outgoing, error_kind, message):
        self.given_up.append((error_kind, message))

    def is_repeatable(self, outgoing):
        return self.repeatable


@pytest.fixture
def handler(monkeypatch):
    recorder = Recorder()
    monkeypatch.setitem(outbox_handlers, TOPIC, recorder)
    return recorder


def enqueue(key="k", payload=None, **options):
    outbox.enqueue(TOPIC, key, payload or {"n": 1}, **options)
    return OutboxMessage.objects.order_by("-pk").first()


def make_due(row):
    OutboxMessage.objects.filter(pk=row.pk).update(
        next_try_at=timezone.now() - timedelta(seconds=10)
    )


def test_an_action_is_done_once(handler):
    row = enqueue()

    assert outbox.deliver(row.pk) is True
    assert outbox.deliver(row.pk) is False

    row.refresh_from_db()
    assert (row.status, row.attempts) == ("done", 1)
    assert handler.done == [{"n": 1}]
    assert handler.applied == [({"n": 1}, "receipt")]
    assert DeliveryAttempt.objects.get().error_kind == ""


def test_a_rolled_back_change_leaves_no_action(handler):
    with transaction.atomic():
        enqueue()
        transaction.set_rollback(True)

    assert OutboxMessage.objects.count() == 0


def test_a_commit_wakes_the_worker(handler, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        row = enqueue()

    row.refresh_from_db()
    assert row.status == "done"


def test_actions_of_one_key_leave_in_order(handler):
    first, second, other = enqueue(payload={"n": 1}), enqueue(payload={"n": 2}), enqueue(key="o")

    assert outbox.deliver(second.pk) is False
    assert outbox.deliver(other.pk) is True
    assert outbox.deliver(first.pk) is True
    assert outbox.deliver(second.pk) is True


def in_flight(topic, count, *, lease_s=30):
    """Actions that other threads are doing at this moment."""
    until = timezone.now() + timedelta(seconds=lease_s)
    for number in range(count):
        OutboxMessage.objects.create(
            topic=topic, key=f"{topic}:{number}", status="in_flight", lease_until=until
        )


def test_slow_actions_leave_threads_for_the_others(handler, monkeypatch):
    monkeypatch.setitem(outbox_handlers, "test.slow", Recorder())
    monkeypatch.setattr("integrations.delivery.claims.slow_topics", {"test.slow", "test.slower"})
    in_flight("test.slower", MOST_SLOW)
    outbox.enqueue("test.slow", "k", {})
    slow = OutboxMessage.objects.get(topic="test.slow")

    assert outbox.deliver(slow.pk) is False
    assert outbox.deliver(enqueue().pk) is True

    slow.refresh_from_db()
    assert (slow.status, slow.attempts) == ("pending", 0)
    OutboxMessage.objects.filter(topic="test.slower").first().delete()
    assert outbox.deliver(slow.pk) is True


def test_slow_actions_of_a_dead_worker_take_no_room(handler, monkeypatch):
    monkeypatch.setattr("integrations.delivery.claims.slow_topics", {TOPIC})
    in_flight(TOPIC, MOST_SLOW, lease_s=-1)

    assert outbox.deliver(enqueue(key="fresh").pk) is True


def test_the_end_of_a_slow_action_wakes_the_next(
    handler, monkeypatch, django_capture_on_commit_callbacks
):
    for module in ("claims", "outbox"):
        monkeypatch.setattr(f"integrations.delivery.{module}.slow_topics", {TOPIC})
    in_flight("test.other", 1)
    first, second = enqueue(key="a"), enqueue(key="b")

    with django_capture_on_commit_callbacks(execute=True):
        outbox.deliver(first.pk)

    second.refresh_from_db()
    assert second.status == "done"


def test_all_that_waits_for_the_operator_counts_as_slow():
    assert {
        "bookings.search_tours",
        "bookings.recheck_selection",
        "bookings.load_flights",
        "botapp.search_tours",
    } <= slow_topics


def test_a_merged_action_waits_once_and_keeps_the_newest_payload(handler):
    for n in range(3):
        outbox.enqueue(TOPIC, "k", {"n": n}, merge=True)

    row = OutboxMessage.objects.get()
    assert row.payload == {"n": 2}
    outbox.deliver(row.pk)
    assert handler.done == [{"n": 2}]


def test_a_burst_postpones_a_merged_action_but_not_for_ever(handler):
    delay = timedelta(seconds=10)
    row = enqueue(merge=True, delay=delay)
    OutboxMessage.objects.filter(pk=row.pk).update(
        created_at=timezone.now() - timedelta(seconds=25)
    )

    enqueue(merge=True, delay=delay)

    row.refresh_from_db()
    in_s = (row.next_try_at - timezone.now()).total_seconds()
    assert 4 < in_s <= 5


def test_while_one_merged_action_runs_the_next_state_waits(handler):
    row = enqueue(merge=True)
    OutboxMessage.objects.filter(pk=row.pk).update(
        status="in_flight", lease_until=timezone.now() + timedelta(minutes=1)
    )

    following = enqueue(merge=True, payload={"n": 2})

    assert following.pk != row.pk
    assert outbox.deliver(following.pk) is False


def test_a_killed_workers_merged_action_goes_on_beside_a_newer_one(handler):
    row = enqueue(merge=True)
    expire(row)
    following = enqueue(merge=True, payload={"n": 2})
    make_due(following)

    assert sweep.sweep_outbox() == 2

    assert handler.done == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (InvalidRequest("no such chat"), "permanent"),
        (AuthFailed("wrong key"), "config"),
        (AmbiguousError("answer lost"), "ambiguous"),
    ],
)
def test_what_a_repeat_cannot_mend_goes_to_a_person(handler, error, kind):
    handler.error = error
    row = enqueue()

    outbox.deliver(row.pk)

    row.refresh_from_db()
    assert (row.status, row.error_kind) == ("needs_attention", kind)
    assert handler.given_up == [(kind, str(error))]
    assert handler.applied == []


def test_a_hiccup_is_tried_again_until_the_steps_are_used_up(handler):
    handler.error = TransientError("HTTP 503")
    row = enqueue()

    for attempt in range(1, len(STEPS_S) + 1):
        outbox.deliver(row.pk)
        row.refresh_from_db()
        assert (row.status, row.attempts, row.error_kind) == ("pending", attempt, "transient")
        make_due(row)
    outbox.deliver(row.pk)

    row.refresh_from_db()
    assert (row.status, row.error_kind) == ("needs_attention", "exhausted")
    assert handler.given_up == [("exhausted", "HTTP 503")]
    assert row.log.count() == len(STEPS_S) + 1


def test_the_server_says_when_to_come_back(handler):
    handler.error = RateLimited("slow down", retry_after=100)
    row = enqueue()

    outbox.deliver(row.pk)

    row.refresh_from_db()
    assert 99 < (row.next_try_at - timezone.now()).total_seconds() <= 120


def test_waiting_for_a_turn_loses_nothing_for_a_day(handler):
    handler.error = RateLimited("slow down", retry_after=3)
    row = enqueue()

    for _ in range(len(STEPS_S) + 3):
        outbox.deliver(row.pk)
        make_due(row)
    row.refresh_from_db()
    assert (row.status, row.attempts, handler.given_up) == ("pending", 1, [])
    OutboxMessage.objects.update(created_at=timezone.now() - timedelta(hours=25))
    for _ in range(len(STEPS_S) + 1):
        outbox.deliver(row.pk)
        make_due(row)

    row.refresh_from_db()
    assert (row.status, row.error_kind) == ("needs_attention", "exhausted")


def test_a_bug_is_tried_three_times(handler):
    handler.error = RuntimeError("phone +7 701 222 33 44 broke it")
    row = enqueue()

    for _ in range(3):
        outbox.deliver(row.pk)
        make_due(row)

    row.refresh_from_db()
    assert (row.status, row.error_kind, row.attempts) == ("needs_attention", "internal", 3)
    assert "222" not in row.error


def test_a_failing_apply_leaves_the_action_open(handler, monkeypatch):
    def broken(outgoing, result):
        raise RuntimeError("constraint")

    monkeypatch.setattr(handler, "apply", broken)
    row = enqueue()

    outbox.deliver(row.pk)

    row.refresh_from_db()
    assert (row.status, row.error_kind) == ("pending", "internal")


def expire(row):
    past = timezone.now() - timedelta(seconds=10)
    OutboxMessage.objects.filter(pk=row.pk).update(
        status="in_flight", lease_until=past, next_try_at=past, attempts=1
    )


def test_a_killed_workers_action_is_repeated_where_that_is_harmless(handler):
    row = enqueue()
    expire(row)

    assert sweep.sweep_outbox() == 1

    row.refresh_from_db()
    assert (row.status, row.attempts) == ("done", 2)


def test_a_killed_workers_message_is_never_repeated_by_guess(handler):
    handler.repeatable = False
    row = enqueue()
    expire(row)

    assert sweep.sweep_outbox() == 0

    row.refresh_from_db()
    assert (row.status, row.error_kind) == ("needs_attention", "ambiguous")
    assert handler.done == []
    assert [kind for kind, _ in handler.given_up] == ["ambiguous"]


def test_the_sweeper_leaves_fresh_rows_to_their_own_wake_up(handler):
    row = enqueue()
    assert sweep.sweep_outbox() == 0

    make_due(row)

    assert sweep.sweep_outbox() == 1


def test_a_dead_broker_loses_the_hint_and_nothing_else(
    handler, monkeypatch, django_capture_on_commit_callbacks
):
    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("celery.app.task.Task.apply_async", refuse)

    with django_capture_on_commit_callbacks(execute=True):
        row = enqueue()

    row.refresh_from_db()
    assert row.status == "pending"


def test_old_finished_rows_are_pruned_and_open_ones_stay(handler):
    done, stuck, fresh = enqueue("a"), enqueue("b"), enqueue("c")
    long_ago = timezone.now() - timedelta(days=31)
    OutboxMessage.objects.filter(pk=done.pk).update(status="done", done_at=long_ago)
    OutboxMessage.objects.filter(pk=stuck.pk).update(status="needs_attention", done_at=long_ago)
    OutboxMessage.objects.filter(pk=fresh.pk).update(status="done", done_at=timezone.now())

    assert sweep.prune_events() == 1
    assert set(OutboxMessage.objects.values_list("key", flat=True)) == {"b", "c"}


def test_pauses_grow_and_end():
    assert 5 <= pause_after(1).total_seconds() <= 6
    assert 86_400 <= pause_after(len(STEPS_S)).total_seconds() <= 86_400 * 1.2
    assert pause_after(len(STEPS_S) + 1) is None


def test_a_lost_answer_of_our_own_database_is_written_again_not_sent_again(handler, monkeypatch):
    handler.repeatable = False
    monkeypatch.setattr("integrations.delivery.outbox.time.sleep", lambda seconds: None)
    failures = iter([OperationalError("database is locked")] * 2)

    def apply(outgoing, result):
        for failure in failures:
            raise failure
        handler.applied.append(result)

    monkeypatch.setattr(handler, "apply", apply)
    row = enqueue()

    assert outbox.deliver(row.pk)

    row.refresh_from_db()
    assert (row.status, len(handler.done), handler.applied) == ("done", 1, ["receipt"])


@pytest.mark.parametrize("place", ["perform", "apply"])
def test_after_an_error_of_our_own_nothing_unrepeatable_is_done_again(handler, monkeypatch, place):
    handler.repeatable = False

    def broken(*arguments):
        raise ValueError("a bug of ours")

    monkeypatch.setattr(handler, place, broken)
    row = enqueue()

    outbox.deliver(row.pk)
    outbox.deliver(row.pk)

    row.refresh_from_db()
    assert (row.status, row.error_kind, row.attempts) == ("needs_attention", "ambiguous", 1)
    assert [kind for kind, _text in handler.given_up] == ["ambiguous"]


def test_a_row_that_breaks_the_sweeper_does_not_keep_the_others_waiting(handler, monkeypatch):
    def broken(*arguments):
        raise LookupError("its conversation is gone")

    handler.repeatable = False
    expired = enqueue(key="expired")
    lost = enqueue(key="lost")
    OutboxMessage.objects.filter(pk=expired.pk).update(
        status="in_flight", lease_until=timezone.now() - timedelta(minutes=1), attempts=1
    )
    OutboxMessage.objects.filter(pk=lost.pk).update(topic="gone.topic")
    behind = enqueue(key="behind")
    make_due(lost)
    make_due(behind)
    monkeypatch.setattr(handler, "give_up", broken)

    sweep.sweep_outbox()

    states = dict(OutboxMessage.objects.values_list("key", "status"))
    assert states["expired"] == "needs_attention"
    assert states["behind"] == "done"
    assert states["lost"] == "pending"
    assert OutboxMessage.objects.get(key="lost").error_kind == "internal"
    assert handler.done == [{"n": 1}]


def test_a_worker_that_dies_again_and_again_is_not_asked_for_ever(handler):
    row = enqueue()
    expired = {"status": "in_flight", "lease_until": timezone.now() - timedelta(minutes=1)}
    OutboxMessage.objects.filter(pk=row.pk).update(**expired, attempts=len(STEPS_S) + 2)

    sweep.sweep_outbox()

    row.refresh_from_db()
    assert (row.status, row.error_kind) == ("needs_attention", "ambiguous")
