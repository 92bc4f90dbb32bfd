"""The poller's health row, the lock, the watch and the pages around them."""

import asyncio
import json
import threading
import time
from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from botapp import polling
from botapp.lock import only_poller
from botapp.models import BotProcess, StaffChat
from botapp.process import health_of, process_of, want
from botapp.tests.phone import both_modes
from botapp.watch import watch, webhook_url
from integrations.models import InboxEvent, IntegrationAccount
from live.models import Notification

pytestmark = pytest.mark.django_db
polling_only = pytest.mark.parametrize("world", ["polling"], indirect=True)


def health(world):
    account = IntegrationAccount.objects.get(pk=world.account.pk)
    return health_of(account, BotProcess.objects.get(account=account))


@polling_only
def test_the_row_says_what_is_true(world):
    assert health(world).words == "Процесс не запущен"
    world.poll()
    assert (health(world).words, health(world).tone) == ("Работает", "green")

    BotProcess.objects.update(polled_at=timezone.now() - timedelta(seconds=121))
    assert health(world).words == "Telegram не отвечает две минуты"
    BotProcess.objects.update(seen_at=timezone.now() - timedelta(seconds=21))
    assert health(world).words == "Процесс не запущен"
    want(world.account, False)
    assert health(world).words == "Остановлен администратором"


@polling_only
def test_a_failure_is_kept_without_the_token(world):
    world.fake.fail_next("500", times=2)

    async def once_only():
        poller = polling.Poller(world.account, once=True)
        poller._rest = lambda seconds: asyncio.sleep(0)
        await poller.run()

    async_to_sync(once_only)()

    process = BotProcess.objects.get()
    assert process.failed_at is not None
    assert process.polled_at is not None
    assert world.fake.token not in process.last_error


@polling_only
def test_a_dropped_connection_while_polling_loses_nothing(world):
    world.fake.writes(1001, "Здравствуйте")
    world.fake.fail_next("lost_answer", when=lambda request: request.path.endswith("/getUpdates"))

    async def once_only():
        poller = polling.Poller(world.account, once=True)
        poller._rest = lambda seconds: asyncio.sleep(0)
        await poller.run()

    async_to_sync(once_only)()

    assert InboxEvent.objects.count() == 1


@polling_only
def test_updates_are_confirmed_only_after_they_are_stored(world, monkeypatch):
    world.fake.writes(1001, "Здравствуйте")

    def broken(*args):
        raise RuntimeError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr("botapp.polling.receive_all", broken)
        with pytest.raises(RuntimeError):
            world.poll()

    assert InboxEvent.objects.count() == 0
    world.poll()
    assert InboxEvent.objects.count() == 1


@polling_only
def test_nobody_wants_it_so_it_asks_nothing(world):
    want(world.account, False)
    world.fake.writes(1001, "Здравствуйте")

    world.poll()

    assert world.fake.polled == []
    assert InboxEvent.objects.count() == 0


@polling_only
def test_a_webhook_that_was_registered_before_is_taken_away(world):
    world.fake.webhook = {"url": "https://elsewhere.example.com"}
    world.fake._updates.append({"update_id": 1, "message": {
        "message_id": 1, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "а",
        "from": {"id": 5, "is_bot": False, "first_name": "А"}}})  # fmt: skip

    world.poll()

    assert world.fake.webhook == {"url": ""}
    assert InboxEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@polling_only
def test_it_obeys_the_back_office_within_five_seconds(world, monkeypatch):
    monkeypatch.setattr(polling, "LOOK_EVERY_S", 0.2)
    poller = polling.Poller(world.account)

    def run():
        async_to_sync(poller.run)()
        connection.close()

    runner = threading.Thread(target=run)
    runner.start()
    try:
        assert eventually(lambda: BotProcess.objects.get().is_running)
        want(world.account, False)
        assert eventually(lambda: not BotProcess.objects.get().is_running)
        asked = len(world.fake.polled)
        time.sleep(0.5)
        assert len(world.fake.polled) == asked
        want(world.account, True)
        assert eventually(lambda: BotProcess.objects.get().is_running)
    finally:
        poller._stop.set()
        runner.join(10)
    assert not runner.is_alive()
    assert not BotProcess.objects.get().is_running


def eventually(is_true, within_s=5.0):
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if is_true():
            return True
        time.sleep(0.05)
    return False


@polling_only
def test_two_never_poll_at_once(world, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    got = []

    def second():
        with only_poller(world.account.pk) as is_ours:
            got.append(is_ours)
        connection.close()

    def in_a_thread():
        other = threading.Thread(target=second)
        other.start()
        other.join()

    with only_poller(world.account.pk) as is_ours:
        in_a_thread()
    in_a_thread()

    assert (is_ours, got) == (True, [False, True])


def test_without_a_token_the_command_says_what_to_do(db, monkeypatch):
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)

    with pytest.raises(CommandError, match="TELEGRAM_BOT_TOKEN"):
        call_command("runbot")


def test_polling_beside_a_webhook_is_refused(world):
    with pytest.raises(CommandError, match="webhook"):
        call_command("runbot")


@both_modes
def test_a_trouble_is_told_once_until_it_is_over(world, admin_user):
    world.fake.webhook = {"url": "https://elsewhere.example.com/"}
    process = process_of(world.account)

    watch()
    watch()

    assert Notification.objects.filter(user=admin_user).count() == 1
    account = IntegrationAccount.objects.get(pk=world.account.pk)
    assert account.state == "broken"
    assert account.last_error
    world.fake.webhook = {"url": webhook_url(world.account)}
    BotProcess.objects.filter(pk=process.pk).update(
        seen_at=timezone.now(), polled_at=timezone.now()
    )
    watch()
    account.refresh_from_db()
    assert (account.state, account.last_error) == ("ok", "")


def test_one_click_repairs_the_address_and_introduces_the_bot(world, admin_client):
    world.fake.webhook = {"url": "https://elsewhere.example.com/"}
    watch()

    answer = admin_client.post("/admin/telegram/repair/", follow=True)
    world.work()

    assert "Наш адрес и команды" in answer.content.decode()
    assert world.fake.webhook == {
        "url": webhook_url(world.account),
        "secret_token": world.account.secrets["webhook_secrets"][0],
    }
    assert set(world.fake.commands) == {"", "ru", "kk", "en"}
    assert [one["command"] for one in world.fake.commands["kk"]] == [
        "tours", "mybookings", "operator", "language", "help", "stop",
    ]  # fmt: skip
    assert world.fake.commands["en"][0]["description"] == "Find a tour"
    assert len(set(world.fake.descriptions.values())) == 3
    watch()
    assert BotProcess.objects.get().webhook_problem == ""


def test_the_page_starts_and_stops(world, admin_client):
    admin_client.post("/admin/telegram/switch/", {"on": "0"})
    assert not BotProcess.objects.get().is_wanted
    assert "Остановлен администратором" in admin_client.get("/admin/telegram/").content.decode()

    admin_client.post("/admin/telegram/switch/", {"on": "1"})
    assert BotProcess.objects.get().is_wanted


def test_a_token_is_kept_and_never_shown(admin_client, monkeypatch, db):
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)
    token = "123456789:" + "B" * 35
    page = admin_client.get("/admin/telegram/").content.decode()
    assert "Нет токена" in page

    answer = admin_client.post("/admin/telegram/settings/", {"token": "junk"}, follow=True)
    assert "не токен BotFather" in answer.content.decode()
    assert not IntegrationAccount.objects.get().secrets.get("bot_token")

    admin_client.post("/admin/telegram/settings/", {"token": token, "mode": "webhook"})

    account = IntegrationAccount.objects.get()
    assert (account.secrets["bot_token"], account.config["mode"]) == (token, "webhook")
    assert token not in admin_client.get("/admin/telegram/").content.decode()
    admin_client.post("/admin/telegram/settings/", {"token": "", "mode": "polling"})
    account.refresh_from_db()
    assert account.secrets["bot_token"] == token


def test_everybody_links_their_own_telegram(world, admin_client, admin_user):
    page = admin_client.post("/admin/telegram/me/").content.decode()
    code = page.split("start=link_")[1].split('"')[0]

    world.phone(501).writes(f"/start link_{code}")

    assert StaffChat.objects.get().user == admin_user
    assert "Связан" in admin_client.get("/admin/telegram/me/").content.decode()
    admin_client.post("/admin/telegram/me/unlink/")
    assert not StaffChat.objects.exists()


def test_a_group_is_connected_with_a_code_from_the_page(world, admin_client):
    world.fake.group(-5)
    page = admin_client.post("/admin/telegram/group-code/").content.decode()
    code = page.split("/link ")[1].split("<")[0]

    world.fake.writes(-5, f"/link {code}", sender=77)
    world.run()

    chat = StaffChat.objects.get()
    assert (chat.user, chat.title) == (None, "Продажи")
    admin_client.post(f"/admin/telegram/chats/{chat.pk}/remove/")
    assert not StaffChat.objects.exists()
    assert json.dumps(world.fake.refusals) == "[]"
