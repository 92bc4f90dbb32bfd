"""Fixtures of every test: the network is closed, wake-ups run at once on commit."""

from __future__ import annotations

import socket
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.utils import translation

LOCAL = ("127.0.0.1", "::1", "localhost")


class NetworkForbidden(RuntimeError):
    pass


@pytest.fixture(autouse=True)
def _no_foreign_network(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in LOCAL:
            raise NetworkForbidden(f"a test tried to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def _language_of_the_house() -> None:
    """Whatever language the test before has left behind."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _dictionaries(request: pytest.FixtureRequest) -> None:
    """Give transactional tests the stages and sources back that the last flush took away."""
    marker = request.node.get_closest_marker("django_db")
    is_transactional = marker is not None and marker.kwargs.get("transaction")
    if is_transactional or "transactional_db" in request.fixturenames:
        request.getfixturevalue("transactional_db")
        import_module("leads.migrations.0002_dictionaries").fill(apps, None)
        if not apps.get_model("chat", "AiAgent").objects.exists():
            import_module("chat.migrations.0004_policies").add_rule_for_all(apps, None)
            import_module("chat.migrations.0005_agents_and_knowledge").add_agents(apps, None)
        if not apps.get_model("bookings", "Operator").objects.exists():
            import_module("bookings.migrations.0005_first_rules").fill(apps, None)
            import_module("bookings.migrations.0006_first_documents").fill(apps, None)
