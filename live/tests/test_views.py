"""Who may hear the staff's feed, and from where it goes on."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import AsyncRequestFactory, Client
from django.urls import reverse

from live.audience import person_stream
from live.models import LiveEvent
from live.selectors import Cursor, cursor_of, latest_cursor
from live.services import publish
from live.tests.settle import settle
from live.views import staff_events

# Committed for real: on PostgreSQL the feed shows no event of a running transaction.
pytestmark = pytest.mark.django_db(transaction=True)
POLL, EVENTS = "admin:live_poll", "admin:live_events"


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_user("aigul", password="x", is_staff=True))
    return client


@pytest.fixture(autouse=True)
def _sees_leads_1_and_2(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("live.audience.gatekeepers", {"lead": lambda user, ids: set(ids) & {1, 2}})


def _poll(client: Client, cursor: object = "") -> Any:
    settle()
    return client.get(reverse(POLL), {"cursor": str(cursor)})


@pytest.mark.parametrize("name", [POLL, EVENTS])
def test_a_stranger_hears_nothing(client: Client, name: str) -> None:
    assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", [POLL, EVENTS])
def test_a_user_who_is_not_staff_hears_nothing(client: Client, name: str) -> None:
    client.force_login(User.objects.create_user("tourist", password="x"))

    assert client.get(reverse(name)).status_code == 403


def test_polling_goes_on_from_the_cursor(staff: Client) -> None:
    start = latest_cursor()
    publish("staff", "lead.moved", lead=1)
    publish("staff", "lead.moved", lead=2)

    page = _poll(staff, start).json()

    assert page["events"] == [
        {"kind": "lead.moved", "lead": 1},
        {"kind": "lead.moved", "lead": 2},
    ]
    assert page["cursor"] == str(cursor_of(LiveEvent.objects.latest("pk")))
    assert _poll(staff, page["cursor"]).status_code == 204


def test_the_customers_own_stream_is_not_the_staffs(staff: Client) -> None:
    publish("chat:1", "message.created", message=1)
    publish("user:0", "notification.created")

    assert _poll(staff, Cursor()).json()["events"] == []


def test_only_what_the_person_may_see_is_told(staff: Client) -> None:
    person = User.objects.get()
    publish("staff", "lead.moved", lead=3)
    publish("staff", "lead.assigned", lead=3)
    publish("staff", "message.created", lead=1, message=9)
    publish(person_stream(person.pk), "notification.created", lead=3)
    publish("staff", "roles.changed")

    kinds = [notice["kind"] for notice in _poll(staff, Cursor()).json()["events"]]

    assert kinds == ["lead.assigned", "message.created", "notification.created", "roles.changed"]


@pytest.mark.parametrize("cursor", ["", "nonsense", "1", "1-", "-1-2", "1-²", "9" * 40 + "-1"])
def test_a_cursor_that_is_not_ours_means_from_now_on(staff: Client, cursor: str) -> None:
    publish("staff", "lead.moved", lead=1)

    page = _poll(staff, cursor).json()

    assert page == {"cursor": str(latest_cursor()), "events": []}


def test_last_event_id_wins_over_the_address(staff: Client) -> None:
    publish("staff", "lead.moved", lead=1)
    settle()
    newest = str(latest_cursor())

    answer = staff.get(reverse(POLL), {"cursor": "0-0"}, headers={"Last-Event-ID": newest})

    assert answer.status_code == 204


def test_answers_are_never_cached(staff: Client) -> None:
    assert "no-store" in _poll(staff)["Cache-Control"]


def test_only_reading_is_allowed(staff: Client) -> None:
    assert staff.post(reverse(POLL)).status_code == 405


def test_a_server_that_can_not_hold_streams_says_204(staff: Client) -> None:
    assert staff.get(reverse(EVENTS)).status_code == 204


def test_on_asgi_the_stream_opens() -> None:
    request = AsyncRequestFactory().get("/admin/live/events/?cursor=0-0")
    request.user = User(username="aigul", is_staff=True)

    answer = staff_events(request)

    assert answer.status_code == 200
    assert answer.streaming
    assert answer["Content-Type"] == "text/event-stream"
