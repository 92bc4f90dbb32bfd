"""What a person can do with outgoing actions and incoming events."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.accounts import webchat_account
from integrations.delivery import inbox, outbox
from integrations.delivery.handlers import outbox_handlers
from integrations.models import InboxEvent, OutboxMessage

pytestmark = pytest.mark.django_db
TOPIC = "test.by_hand"


class Handler:
    def __init__(self):
        self.given_up = []

    def give_up(self, outgoing, error_kind, message):
        self.given_up.append((outgoing.key, error_kind))


@pytest.fixture
def handler(monkeypatch):
    handler = Handler()
    monkeypatch.setitem(outbox_handlers, TOPIC, handler)
    return handler


@pytest.fixture
def woken(monkeypatch):
    calls = []
    for module in (outbox, inbox):
        monkeypatch.setattr(module, "wake", lambda task, row_id, delay_s=0: calls.append(row_id))
    return calls


def make(status, key="k", attempts=5, **fields):
    later = timezone.now() + timedelta(hours=1)
    return OutboxMessage.objects.create(
        topic=TOPIC, key=key, status=status, next_try_at=later, attempts=attempts, **fields
    )


@pytest.mark.parametrize("status", ["pending", "needs_attention"])
def test_retry_makes_a_row_due_with_all_its_tries(woken, status):
    row = make(status, error="boom", error_kind="transient")
    assert outbox.retry(row.pk)
    row.refresh_from_db()
    assert (row.status, row.attempts, row.error, row.error_kind) == ("pending", 0, "", "")
    assert row.next_try_at <= timezone.now()
    assert woken == [row.pk]


@pytest.mark.parametrize("status", ["in_flight", "done", "cancelled"])
def test_retry_leaves_other_rows_alone(woken, status):
    row = make(status)
    assert not outbox.retry(row.pk)
    row.refresh_from_db()
    assert (row.status, row.attempts, woken) == (status, 5, [])


def test_retry_is_refused_when_a_newer_row_waits_to_do_the_same(woken):
    row = make("needs_attention", merge=True)
    make("pending", merge=True, attempts=0)
    assert not outbox.retry(row.pk)
    row.refresh_from_db()
    assert (row.status, woken) == ("needs_attention", [])


def test_cancel_of_a_waiting_row_tells_its_handler_and_wakes_the_next(handler, woken):
    row, following = make("pending"), make("pending")
    assert outbox.cancel_one(row.pk)
    row.refresh_from_db()
    assert row.status == "cancelled"
    assert row.done_at
    assert handler.given_up == [("k", "cancelled")]
    assert woken == [following.pk]


def test_cancel_of_a_failed_row_does_not_tell_its_handler_twice(handler, woken):
    row = make("needs_attention")
    assert outbox.cancel_one(row.pk)
    row.refresh_from_db()
    assert (row.status, handler.given_up) == ("cancelled", [])


@pytest.mark.parametrize("status", ["in_flight", "done", "cancelled"])
def test_cancel_leaves_other_rows_alone(handler, woken, status):
    row = make(status)
    assert not outbox.cancel_one(row.pk)
    row.refresh_from_db()
    assert (row.status, handler.given_up) == (status, [])


@pytest.mark.parametrize(
    ("status", "is_retried"),
    [("needs_attention", True), ("pending", True), ("done", False), ("in_flight", False)],
)
def test_retry_of_an_incoming_event(woken, status, is_retried):
    event = InboxEvent.objects.create(
        account=webchat_account(), external_id="1", ordering_key="1", body="{}", status=status
    )
    assert inbox.retry(event.pk) is is_retried
    assert woken == ([[event.pk]] if is_retried else [])
