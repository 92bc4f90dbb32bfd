"""The real connector over a strict fake, in place of the demo world's."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bookings import operator
from integrations.fakes.base import FakeRequest, as_transport
from integrations.fakes.samo import FakeSamo
from integrations.tours.samo.calls import SamoConfig
from integrations.tours.samo.connector import SamoConnector

TODAY = date(2026, 11, 24)


def use_fake(monkeypatch: pytest.MonkeyPatch, **values: Any) -> FakeSamo:
    """Everything that asks the operator in this test asks this fake."""
    fake = FakeSamo(**({"today": TODAY, "is_strict": True} | values))
    config = SamoConfig(token=fake.token, retry_pause_s=0.0, pause_s=0.0)
    connector = SamoConnector(config, as_transport(fake))
    monkeypatch.setattr(operator, "tours_connector", lambda: connector)
    return fake


def is_action(name: str):
    def check(request: FakeRequest) -> bool:
        return request.query.get("action") == name

    return check


def count(fake: FakeSamo, name: str) -> int:
    return sum(is_action(name)(request) for request in fake.requests)
