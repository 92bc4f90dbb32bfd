"""Where the way to the operator is configured: the environment first, then the account row."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.accounts import operator_page, samo_config
from integrations.models import IntegrationAccount
from integrations.registry import NotConfigured, samo_turn, tours_connector, tours_route
from integrations.tours.samo.calls import SamoConfig
from integrations.transport.errors import TransientError

pytestmark = pytest.mark.django_db
NAMES = (
    *("SAMO_API_URL", "SAMO_OAUTH_TOKEN", "SAMO_VERSION", "SAMO_SEARCH_PAGE"),
    *("SAMO_PROXY_URL", "SAMO_RELAY_URL", "SAMO_RELAY_SECRET"),
)


@pytest.fixture(autouse=True)
def _nothing_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def account(**values: Any) -> IntegrationAccount:
    return IntegrationAccount.objects.create(kind="samo", name="SAMO", **values)


def test_nothing_said_means_the_demo_or_nobody(settings: Any) -> None:
    assert samo_config() is None
    assert tours_route() == "demo"

    settings.DEMO_MODE = False
    assert tours_route() == ""
    with pytest.raises(NotConfigured):
        tours_connector()


@pytest.mark.parametrize(
    ("pinned", "route"),
    [
        ({"SAMO_API_URL": "https://o.example/x", "SAMO_OAUTH_TOKEN": "t"}, "direct"),
        (
            {
                "SAMO_API_URL": "https://o.example/x",
                "SAMO_OAUTH_TOKEN": "t",
                "SAMO_PROXY_URL": "http://u:p@10.0.0.1:8888",
            },
            "proxy",
        ),
        ({"SAMO_RELAY_URL": "https://r.example/", "SAMO_RELAY_SECRET": "s"}, "relay"),
        ({"SAMO_API_URL": "https://o.example/x"}, "demo"),
        ({"SAMO_RELAY_URL": "https://r.example/"}, "demo"),
    ],
)
def test_way_follows_from_what_is_pinned(
    monkeypatch: pytest.MonkeyPatch, pinned: dict[str, str], route: str
) -> None:
    for name, value in pinned.items():
        monkeypatch.setenv(name, value)

    assert tours_route() == route


def test_environment_wins_over_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    account(
        config={"base_url": "https://stored.example/x", "version": "2.0"},
        secrets={"oauth_token": "stored"},
    )
    monkeypatch.setenv("SAMO_OAUTH_TOKEN", "pinned")

    config = samo_config()

    assert config is not None
    assert (config.base_url, config.token, config.version) == (
        "https://stored.example/x",
        "pinned",
        "2.0",
    )
    assert "stored" not in repr(IntegrationAccount.objects.get().config["version"])


def test_switched_off_account_is_not_used() -> None:
    account(
        config={"base_url": "https://o.example/x"}, secrets={"oauth_token": "t"}, is_enabled=False
    )

    assert samo_config() is None


def test_secrets_are_not_in_the_repr() -> None:
    config = SamoConfig(token="tok-1", proxy="http://u:pass-1@h:1", relay_secret="sec-1")

    for secret in ("tok-1", "pass-1", "sec-1"):
        assert secret not in repr(config)


def test_search_page_is_the_operators_own_or_beside_the_api(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert operator_page() == ""
    monkeypatch.setenv("SAMO_API_URL", "https://o.example/export/default.php")
    assert operator_page() == "https://o.example/export/default.php"
    monkeypatch.setenv("SAMO_SEARCH_PAGE", "https://o.example/find")
    assert operator_page() == "https://o.example/find"


def test_busy_operator_is_a_passing_fault() -> None:
    config = SamoConfig(token="t", pause_s=0.0)

    with samo_turn(config, 1.0), pytest.raises(TransientError), samo_turn(config, 0.05):
        raise AssertionError("two calls at once")

    with samo_turn(config, 0.05):
        pass


def test_fault_of_a_call_is_not_taken_for_a_busy_line() -> None:
    config = SamoConfig(token="t", pause_s=0.0)

    with pytest.raises(TimeoutError), samo_turn(config, 1.0):
        raise TimeoutError("of the call itself")


def test_demo_operator_is_the_same_all_day() -> None:
    assert tours_connector() is tours_connector()
