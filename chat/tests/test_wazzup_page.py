"""«Wazzup24 сейчас»: what a person who watches the channels reads."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.test import Client as Browser
from django.utils import timezone

from chat.models import Conversation, Message
from chat.tests.wazzup import PHONE, Wazzup
from integrations.models import InboxEvent, IntegrationAccount
from integrations.wazzup import care

pytestmark = pytest.mark.django_db
URL = "/admin/chat/wazzup/"
NOON = "2026-11-24 12:00:00+05:00"


@pytest.fixture
def wazzup() -> Any:
    with time_machine.travel(NOON, tick=False) as clock:
        wazzup = Wazzup("wapi")
        wazzup.clock = clock  # type: ignore[attr-defined]
        yield wazzup


@pytest.fixture
def boss(client: Browser) -> Browser:
    client.force_login(User.objects.create_superuser("boss", first_name="Шеф"))
    return client


def words(browser: Browser) -> str:
    """What the changing part says, without its markup."""
    answer = browser.get(URL, headers={"X-Fragment": "1"})
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_all_is_well(wazzup: Any, boss: Browser) -> None:
    wazzup.client_writes("Здравствуйте")
    care.want_webhook(wazzup.account.pk)
    care.look_after_all()
    wazzup.clock.shift(timedelta(minutes=4))

    said = words(boss)

    assert "Wazzup24 Работает" in said
    assert "Wazzup24 присылает сообщения сюда." in said
    assert "4 мин назад последнее обращение Wazzup24 0 читается 0 не разобрано" in said
    assert "wapi 77270000000 Работает последнее сообщение 4 мин назад" in said
    assert "можно начать новых бесед за сутки: ещё 250" in said
    assert "Ждут ответа" not in said
    assert "Не отправлено" not in said


def test_a_channel_that_is_off_says_what_to_do(wazzup: Any, boss: Browser) -> None:
    wazzup.fake.calls.channel_goes(wazzup.channel_id, "notEnoughMoney")
    wazzup.events()

    assert "Нужно внимание В Wazzup24 закончились деньги" in words(boss)


def test_a_window_that_closes_over_a_waiting_client_is_shown(wazzup: Any, boss: Browser) -> None:
    wazzup.client_writes("Есть места?", name="Анна")
    Conversation.objects.update(mode="human", unanswered_since=timezone.now())
    wazzup.clock.shift(timedelta(hours=17.5))
    assert "Ждут ответа" not in words(boss)
    wazzup.clock.shift(timedelta(hours=4))

    assert "Ждут ответа, а окно закрывается 1 Анна ещё 3 ч" in words(boss)

    Conversation.objects.update(unanswered_since=None)
    assert "Ждут ответа" not in words(boss)


def test_what_was_not_sent_and_not_understood_is_shown(wazzup: Any, boss: Browser) -> None:
    wazzup.client_writes("Здравствуйте", name="Анна")
    Message.objects.create(
        conversation=wazzup.talk,
        author="staff",
        text="Добрый день",
        delivery="failed",
        delivery_error="The text is too long for this messenger.",
    )
    InboxEvent.objects.create(
        account=wazzup.account, external_id="x", ordering_key="x", body="", status="needs_attention"
    )

    said = words(boss)

    assert "Не отправлено за сутки 1 Анна Текст слишком длинный для этого мессенджера." in said
    assert "1 не разобрано" in said
    wazzup.clock.shift(timedelta(hours=25))
    assert "Не отправлено" not in words(boss)


def test_a_stopped_worker_is_seen(wazzup: Any, boss: Browser) -> None:
    care.look_after_all()
    wazzup.clock.shift(timedelta(minutes=16))
    InboxEvent.objects.create(
        account=wazzup.account,
        external_id="x",
        ordering_key="x",
        body="",
        received_at=timezone.now(),
    )
    wazzup.clock.shift(timedelta(minutes=2))

    said = words(boss)

    assert "Давно не проверялся" in said
    assert "1 читается · 2 мин" in said


def test_the_page_says_that_nothing_is_connected(boss: Browser) -> None:
    assert "Wazzup24 ещё не подключён" in boss.get(URL).content.decode()


def test_a_manager_has_no_business_here(wazzup: Any, client: Browser) -> None:
    client.force_login(User.objects.create_user("aigul", is_staff=True))
    assert client.get(URL).status_code == 403


def test_whoever_may_not_see_a_chat_reads_nothing_of_it(wazzup: Any, client: Browser) -> None:
    wazzup.client_writes("Секрет", name="Анна")
    Conversation.objects.update(mode="human", unanswered_since=timezone.now())
    Message.objects.create(conversation=wazzup.talk, author="staff", delivery="failed")
    wazzup.clock.shift(timedelta(hours=23))
    watcher = User.objects.create_user("watcher", is_staff=True)
    watcher.user_permissions.add(Permission.objects.get(codename="view_integrationaccount"))
    client.force_login(watcher)

    said = words(client)

    assert "wapi 77270000000" in said
    assert "Анна" not in said
    assert PHONE not in said
    assert IntegrationAccount.objects.filter(parent=wazzup.account).count() == 1


def test_the_page_costs_the_same_for_many_talks(
    wazzup: Any, boss: Browser, django_assert_num_queries: Any
) -> None:
    wazzup.client_writes("Привет")
    boss.get(URL, headers={"X-Fragment": "1"})
    for number in range(2, 9):
        wazzup.client_writes("Привет", chat_id=f"7701000000{number}")
    with django_assert_num_queries(14):
        boss.get(URL, headers={"X-Fragment": "1"})
