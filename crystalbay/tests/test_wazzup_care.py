"""Channels, templates and the address of the calls are looked after by the clock."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User

from chat.tests.wazzup import Wazzup
from integrations import registry
from integrations.accounts import wazzup_account
from integrations.models import IntegrationAccount
from integrations.tasks import look_after_wazzup
from integrations.wazzup import care
from live.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def wazzup() -> Wazzup:
    wazzup = Wazzup()
    wazzup.fake.calls.uri = ""
    return wazzup


@pytest.fixture
def admin_person() -> User:
    user = User.objects.create_user("admin", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="change_integrationaccount"))
    User.objects.create_user("manager", is_staff=True)
    return user


def look() -> IntegrationAccount:
    look_after_wazzup()
    return wazzup_account()


def alarms() -> list[tuple[str, str]]:
    rows = Notification.objects.order_by("pk").values_list("user__username", "text")
    return list(rows)


def take_calls(account: IntegrationAccount) -> IntegrationAccount:
    care.want_webhook(account.pk)
    return look()


def test_without_a_wish_nobodys_calls_are_taken(wazzup: Wazzup) -> None:
    """A second copy of the site with the same key must not steal them."""
    wazzup.fake.calls.uri = "https://bitrix.example.com/hook"

    account = look()

    assert wazzup.fake.calls.uri == "https://bitrix.example.com/hook"
    assert (account.state, account.config["webhook_host"]) == ("ok", "bitrix.example.com")


def test_the_calls_are_taken_on_a_persons_word(wazzup: Wazzup, settings: Any) -> None:
    account = take_calls(wazzup.account)

    assert wazzup.fake.calls.uri == care.webhook_address(account)
    assert wazzup.fake.calls.uri.startswith(f"{settings.PUBLIC_BASE_URL}/webhooks/wazzup/")
    assert wazzup.fake.calls.flags == care.SUBSCRIPTIONS
    assert account.config["is_webhook_ours"]
    assert alarms() == []


@pytest.mark.parametrize(
    "theft",
    [
        lambda calls: calls.set({"webhooksUri": "https://bitrix.example.com/hook"}),
        lambda calls: calls.set({"webhooksUri": ""}),
        lambda calls: calls.set({"subscriptions": {"messagesAndStatuses": False}}),
    ],
)
def test_a_changed_address_is_put_back_and_somebody_hears_of_it(
    wazzup: Wazzup, admin_person: User, theft: Any
) -> None:
    take_calls(wazzup.account)
    theft(wazzup.fake.calls)

    account = look()

    assert wazzup.fake.calls.uri == care.webhook_address(account)
    assert wazzup.fake.calls.flags["messagesAndStatuses"] is True
    assert account.config["webhook_repaired_at"]
    assert [who for who, _text in alarms()] == ["admin"]
    look()
    assert len(alarms()) == 1


def test_an_address_that_can_not_be_put_back_is_an_alarm(
    wazzup: Wazzup, admin_person: User
) -> None:
    take_calls(wazzup.account)
    wazzup.fake.calls.uri = "https://bitrix.example.com/hook"
    wazzup.fake.calls.post = lambda url, headers, body: 502

    account = look()
    look()

    assert account.state == "broken"
    assert len(alarms()) == 1


def test_after_a_change_of_the_secret_both_addresses_work(wazzup: Wazzup, settings: Any) -> None:
    first = care.webhook_address(take_calls(wazzup.account))
    care.change_webhook_secret(wazzup.account.pk)
    account = look()

    assert wazzup.fake.calls.uri == care.webhook_address(account) != first
    assert wazzup._post(first, {"content-type": "application/json"}, b'{"test": true}') == 200
    care.change_webhook_secret(account.pk)
    assert wazzup._post(first, {"content-type": "application/json"}, b'{"test": true}') == 403


@pytest.mark.parametrize(("fault", "word"), [("401", "ключ"), ("500", "HTTP 500")])
def test_a_connection_that_fails_is_one_alarm_until_it_works_again(
    wazzup: Wazzup, admin_person: User, fault: str, word: str
) -> None:
    for _ in range(3):
        wazzup.fake.fail_next(fault)
        account = look()

    assert account.state == "broken"
    assert word in account.last_error
    assert len(alarms()) == 1
    assert look().state == "ok"


def test_a_channel_that_drops_out_is_one_alarm_in_plain_words(
    wazzup: Wazzup, admin_person: User
) -> None:
    wazzup.fake.channels[wazzup.channel_id]["state"] = "qridle"
    look()
    look()

    ((who, text),) = alarms()
    assert who == "admin"
    assert "отсканируйте его телефоном" in text
    assert wazzup.channel.state == "broken"
    wazzup.fake.channels[wazzup.channel_id]["state"] = "active"
    look()
    assert (wazzup.channel.state, wazzup.channel.last_error) == ("ok", "")


def test_a_channel_that_is_gone_is_said_so(wazzup: Wazzup) -> None:
    wazzup.fake.channels.clear()
    look()
    assert "больше нет" in wazzup.channel.last_error


def test_an_older_call_does_not_overrule_a_newer_one(wazzup: Wazzup) -> None:
    calls = wazzup.fake.calls
    calls.uri = care.webhook_address(wazzup.account)
    calls.channel_goes(wazzup.channel_id, "qr")
    calls.channel_goes(wazzup.channel_id, "active")
    old, new = calls.queue
    old["channelsUpdates"][0]["timestamp"] += 10_000
    new["channelsUpdates"][0]["timestamp"] += 20_000
    calls.queue = [new, old]
    wazzup.events()

    assert wazzup.channel.state == "ok"


@pytest.mark.parametrize("path", ["/templates/whatsapp", "/channels", "/users"])
def test_what_else_fails_does_not_keep_the_calls_from_being_watched(
    wazzup: Wazzup, path: str
) -> None:
    care.want_webhook(wazzup.account.pk)
    care.look_after_all()
    ours, wazzup.fake.calls.uri = wazzup.fake.calls.uri, "https://other.example.com/"
    wazzup.fake.fail_next("500", 9, when=lambda request: request.path.endswith(path))

    care.look_after_all()

    assert wazzup.fake.calls.uri == ours
    account = wazzup_account()
    assert (account.state, account.config["is_webhook_ours"]) == ("broken", True)


def test_a_connection_with_another_name_stays_the_only_one(wazzup: Wazzup) -> None:
    IntegrationAccount.objects.filter(pk=wazzup.account.pk).update(name="WhatsApp агентства")

    care.look_after_all()

    assert wazzup_account().pk == wazzup.account.pk
    assert IntegrationAccount.objects.filter(kind="wazzup").count() == 1


def test_a_sidecar_key_is_recognised(wazzup: Wazzup, admin_client: Any) -> None:
    wazzup.fake.is_sidecar = True
    account = look()

    assert account.config["is_sidecar"] is True
    assert account.state == "ok"
    page = admin_client.get(f"/admin/integrations/integrationaccount/{account.pk}/change/")
    assert "Ключ от готовой интеграции" in page.content.decode()


def test_without_a_key_nothing_is_asked(settings: Any) -> None:
    settings.DEMO_MODE = False
    account = wazzup_account()
    care.look_after(account)
    account.refresh_from_db()
    assert account.state == "unknown"


# --- the page of the account ---


def form(**changes: str) -> dict[str, str]:
    return {
        "name": "Wazzup24",
        "is_enabled": "on",
        "api_key": "",
        "crm_key": "",
        "base_url": "",
    } | (changes)


def test_a_key_is_written_and_never_shown(wazzup: Wazzup, admin_client: Any) -> None:
    url = f"/admin/integrations/integrationaccount/{wazzup.account.pk}/change/"
    admin_client.post(url, form(api_key="new-key-0123456789"))
    admin_client.post(url, form())

    account = wazzup_account()
    page = admin_client.get(url).content.decode()
    assert account.secrets["api_key"] == "new-key-0123456789"
    assert account.secrets["webhook_secrets"]
    assert "new-key-0123456789" not in page
    assert "••••6789" in page
    assert account.secrets["webhook_secrets"][0] not in page


def test_what_the_environment_says_is_not_to_be_changed(
    wazzup: Wazzup, admin_client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAZZUP_API_KEY", "pinned-key-0123456789")
    url = f"/admin/integrations/integrationaccount/{wazzup.account.pk}/change/"
    admin_client.post(url, form(api_key="other"))

    assert "api_key" not in wazzup_account().secrets
    assert "Задано в окружении сервера" in admin_client.get(url).content.decode()


def test_the_environment_goes_before_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    account = wazzup_account()
    account.secrets["api_key"] = "stored"
    account.config["base_url"] = "https://stored.example.com"
    account.save()
    config = registry.wazzup_config(account)
    assert config
    assert (config.api_key, config.base_url) == ("stored", "https://stored.example.com")

    monkeypatch.setenv("WAZZUP_API_KEY", "pinned")
    monkeypatch.setenv("WAZZUP_API_BASE_URL", "https://pinned.example.com")
    config = registry.wazzup_config(account)
    assert config
    assert (config.api_key, config.base_url) == ("pinned", "https://pinned.example.com")


def test_a_plain_address_of_the_api_is_refused(wazzup: Wazzup, admin_client: Any) -> None:
    url = f"/admin/integrations/integrationaccount/{wazzup.account.pk}/change/"
    page = admin_client.post(url, form(base_url="http://evil.example.com"))
    assert "https://" in page.content.decode()
    assert wazzup_account().config.get("base_url", "") == ""
