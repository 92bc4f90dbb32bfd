from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from crystalbay import health
from integrations.delivery.outbox import enqueue
from integrations.models import OutboxMessage

pytestmark = pytest.mark.django_db


def test_alive_asks_nobody(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_when_everything_is(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "database": "ok",
        "broker": "ok",
        "outbox": "ok",
        "outbox_age_s": 0,
    }


def test_a_late_outbox_is_not_ready(client):
    enqueue("chat.respond", "k", {"conversation": 1})
    OutboxMessage.objects.update(next_try_at=timezone.now() - timedelta(seconds=300))

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["outbox"] == "late"
    assert answer.json()["outbox_age_s"] >= 300


def test_a_dead_database_is_said_without_an_error_page(client, monkeypatch):
    def refuse():
        raise DatabaseError

    monkeypatch.setattr(health.connection, "cursor", refuse)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["database"]) == (503, "unavailable")


def test_a_dead_broker_is_said(client, monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("kombu.connection.Connection.ensure_connection", refuse)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()["broker"]) == (503, "unavailable")
