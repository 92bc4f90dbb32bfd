from datetime import timedelta

import pytest
from django.utils import timezone

from common.errors import InvalidInput
from integrations.accounts import webchat_account
from integrations.delivery import inbox, sweep
from integrations.delivery.handlers import inbox_handlers
from integrations.models import InboxEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen(monkeypatch):
    """Replace the handler of the channel by one that notes what it was given."""
    events = []

    def handle(event):
        events.append(event.external_id)
        return True

    monkeypatch.setitem(inbox_handlers, "webchat", handle)
    return events


def receive(external_id, ordering_key="chat-1", body="{}"):
    inbox.receive(webchat_account(), external_id=external_id, ordering_key=ordering_key, body=body)
    return InboxEvent.objects.get(external_id=external_id)


def make_due(event):
    InboxEvent.objects.filter(pk=event.pk).update(
        next_try_at=timezone.now() - timedelta(seconds=10)
    )


def test_an_event_is_stored_once_however_often_it_comes(seen):
    for _ in range(3):
        receive("a")

    assert InboxEvent.objects.count() == 1
    assert InboxEvent.objects.get().status == "pending"
    assert seen == []


def test_a_commit_wakes_the_worker(seen, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        event = receive("a")

    event.refresh_from_db()
    assert (event.status, event.attempts) == ("done", 1)
    assert event.done_at is not None
    assert seen == ["a"]


def test_processing_twice_does_it_once(seen):
    event = receive("a")

    assert inbox.process(event.pk) is True
    assert inbox.process(event.pk) is False
    assert seen == ["a"]


def test_events_of_a_chat_wait_for_the_older_one(seen):
    first, second, other = receive("a"), receive("b"), receive("c", ordering_key="chat-2")

    assert inbox.process(second.pk) is False
    assert inbox.process(other.pk) is True
    assert inbox.process(first.pk) is True
    assert inbox.process(second.pk) is True
    assert seen == ["c", "a", "b"]


def test_finishing_one_event_wakes_the_next(seen, django_capture_on_commit_callbacks):
    first, second = receive("a"), receive("b")

    with django_capture_on_commit_callbacks(execute=True):
        inbox.process(first.pk)

    second.refresh_from_db()
    assert second.status == "done"
    assert seen == ["a", "b"]


def test_an_event_without_news_is_marked_ignored(monkeypatch):
    monkeypatch.setitem(inbox_handlers, "webchat", lambda event: False)
    event = receive("a")

    inbox.process(event.pk)

    event.refresh_from_db()
    assert event.status == "ignored"


def test_a_refused_event_needs_a_person_at_once(monkeypatch):
    def refuse(event):
        raise InvalidInput("token=0123456789abcdef0123456789abcdef is wrong")

    monkeypatch.setitem(inbox_handlers, "webchat", refuse)
    event = receive("a")

    inbox.process(event.pk)

    event.refresh_from_db()
    assert (event.status, event.error_kind, event.attempts) == ("needs_attention", "permanent", 1)
    assert "0123456789abcdef" not in event.error


def test_a_bug_is_tried_again_later_and_then_shown_to_a_person(monkeypatch):
    def fail(event):
        raise RuntimeError("bug")

    monkeypatch.setitem(inbox_handlers, "webchat", fail)
    event = receive("a")

    for attempt in range(1, inbox.MAX_ATTEMPTS):
        assert inbox.process(event.pk) is True
        event.refresh_from_db()
        assert (event.status, event.attempts) == ("pending", attempt)
        assert event.next_try_at > timezone.now()
        assert inbox.process(event.pk) is False
        make_due(event)
    inbox.process(event.pk)

    event.refresh_from_db()
    assert (event.status, event.error_kind) == ("needs_attention", "internal")


def test_a_failing_event_changes_nothing(monkeypatch):
    def half(event):
        webchat_account().__class__.objects.create(kind="samo", name="half")
        raise RuntimeError("after the write")

    monkeypatch.setitem(inbox_handlers, "webchat", half)
    event = receive("a")

    inbox.process(event.pk)

    assert not webchat_account().__class__.objects.filter(name="half").exists()


def test_the_sweeper_does_what_nobody_was_woken_for(seen):
    event = receive("a")
    assert sweep.sweep_inbox() == 0  # too young: its own wake-up may be on the way

    make_due(event)

    assert sweep.sweep_inbox() == 1
    assert seen == ["a"]


def test_the_sweeper_takes_over_from_a_killed_worker(seen):
    event = receive("a")
    past = timezone.now() - timedelta(seconds=10)
    InboxEvent.objects.filter(pk=event.pk).update(
        status="in_flight", lease_until=past, next_try_at=past, attempts=1
    )

    assert sweep.sweep_inbox() == 1

    event.refresh_from_db()
    assert (event.status, event.attempts) == ("done", 2)


def test_a_worker_that_lost_its_lease_saves_nothing(monkeypatch):
    def slow(event):
        InboxEvent.objects.filter(pk=event.pk).update(attempts=99)
        return True

    monkeypatch.setitem(inbox_handlers, "webchat", slow)
    event = receive("a")

    inbox.process(event.pk)

    event.refresh_from_db()
    assert (event.status, event.attempts) == ("in_flight", 1)
