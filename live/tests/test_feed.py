import asyncio
import json
import threading
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections, transaction
from django.utils import timezone

from live import hub as hub_module
from live.hub import encode, stream
from live.models import LiveEvent
from live.selectors import Cursor, cursor_of, events_after, latest_cursor
from live.services import prune, publish
from live.tests.settle import settle


@pytest.mark.django_db(transaction=True)
def test_events_come_in_order_after_a_cursor():
    publish("staff", "lead.created", lead=1)
    settle()
    start = latest_cursor()
    publish("staff", "lead.moved", lead=1)
    publish("chat:5", "message.created", message=7)
    settle()

    assert [event.kind for event in events_after(start)] == ["lead.moved", "message.created"]
    assert events_after(latest_cursor()) == []


@pytest.mark.django_db
def test_a_rolled_back_change_is_not_announced():
    with transaction.atomic():
        publish("staff", "lead.created", lead=1)
        transaction.set_rollback(True)

    assert LiveEvent.objects.count() == 0


@pytest.mark.parametrize("text", ["", "5", "-", "a-b", "1-", "-1", "1-2-3", "٣-1", "1" * 19 + "-1"])
def test_a_foreign_cursor_is_not_one_of_ours(text):
    assert Cursor.parse(text) is None


def test_a_cursor_survives_its_text_form():
    assert Cursor.parse(str(Cursor(12, 345))) == Cursor(12, 345)
    assert Cursor(1, 9) < Cursor(2, 1)


@pytest.mark.django_db
def test_old_notices_are_deleted():
    publish("staff", "old")
    LiveEvent.objects.update(created_at=timezone.now() - timedelta(days=3))
    publish("staff", "new")

    assert prune() == 1
    assert LiveEvent.objects.get().kind == "new"


@pytest.mark.django_db
def test_an_event_on_the_wire():
    publish("staff", "lead.moved", lead=1)
    event = LiveEvent.objects.get()

    lines = encode(event).decode().split("\n")

    assert lines[0] == f"id: {cursor_of(event)}"
    assert lines[1] == "event: lead.moved"
    assert json.loads(lines[2].removeprefix("data: ")) == {"kind": "lead.moved", "lead": 1}
    assert lines[3:] == ["", ""]


@pytest.mark.django_db(transaction=True)
def test_a_stream_tells_the_past_and_then_the_present(monkeypatch):
    monkeypatch.setattr(hub_module, "POLL_S", 0.01)
    monkeypatch.setattr(hub_module, "hub", hub_module.Hub())
    publish("chat:1", "past", n=1)
    publish("chat:2", "foreign", n=2)

    async def listen():
        pieces = []
        events = stream(Cursor(), lambda events: [e for e in events if e.stream == "chat:1"])
        async for piece in events:
            pieces.append(piece.decode())
            if len(pieces) == 2:
                await asyncio.to_thread(_publish_and_close, "chat:2", "foreign")
                await asyncio.to_thread(_publish_and_close, "chat:1", "present")
            if len(pieces) == 3:
                break
        await events.aclose()
        await asyncio.sleep(0.05)
        await sync_to_async(connections.close_all)()
        return pieces

    pieces = asyncio.run(listen())

    assert pieces[0] == "retry: 2000\n\n"
    assert "event: past" in pieces[1]
    assert "event: present" in pieces[2]


def _publish_and_close(stream_name, kind):
    publish(stream_name, kind)
    connection.close()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_slow_transaction_is_not_jumped_over():
    """Ids are given out before commit: a reader must wait for the older transaction."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    inserted, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            publish("staff", "slow")
            inserted.set()
            may_commit.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert inserted.wait(10)
    publish("staff", "fast")

    seen_before = [event.kind for event in events_after(Cursor())]
    may_commit.set()
    thread.join()
    settle()
    seen_after = [event.kind for event in events_after(Cursor())]

    assert seen_before == []
    assert seen_after == ["slow", "fast"]
