"""The 24 hours of WhatsApp Business: what is refused, what a template may and may not do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chat.chat_list import CLOSING, TalkFilter, filtered_talks, talk_page
from chat.models import Conversation, Message
from chat.services import templates
from chat.services.outbound import send_reply
from chat.services.templates import budget_left, send_template, suggested_values, templates_for
from chat.services.windows import is_window_open
from chat.tests.wazzup import PHONE, Wazzup, work
from common.errors import Conflict, DomainError, InvalidInput
from integrations.channels.base import OutboundMessage, OutboundTemplate
from integrations.models import MessageTemplate, OutboxMessage
from integrations.registry import channel_connector
from integrations.transport.errors import InvalidRequest
from integrations.wazzup.templates import sync_templates

pytestmark = pytest.mark.django_db
NOON = "2026-11-24 12:00:00+05:00"
TEXT = "Здравствуйте, {{1}}! Ваш тур {{2}}."


@pytest.fixture
def wazzup() -> Any:
    with time_machine.travel(NOON, tick=False) as clock:
        wazzup = Wazzup("wapi")
        wazzup.clock = clock  # type: ignore[attr-defined]
        wazzup.fake.add_template(TEXT, wazzup.channel_id)
        sync_templates(wazzup.account)
        wazzup.client_writes("Здравствуйте", name="Анна")
        Conversation.objects.update(mode="human")
        wazzup.fake.sent.clear()
        yield wazzup


@pytest.fixture
def aigul(django_user_model: Any) -> User:
    return django_user_model.objects.create_user("aigul", first_name="Айгуль", is_staff=True)


def a_day_later(wazzup: Any, hours: float = 24.5) -> Conversation:
    wazzup.clock.shift(timedelta(hours=hours))
    return wazzup.talk


def template() -> MessageTemplate:
    return MessageTemplate.objects.get()


def send(wazzup: Any, values: list[str], user: User | None, key: str = "key-00001") -> Message:
    message = send_template(wazzup.talk.pk, template().pk, values, user=user, client_key=key)
    work()
    return message


def test_the_window_counts_from_the_clients_last_words(wazzup: Any) -> None:
    assert wazzup.talk.window_closes_at == timezone.now() + timedelta(hours=24)
    talk = a_day_later(wazzup, 23.9)
    assert is_window_open(talk)
    assert not is_window_open(a_day_later(wazzup, 0.2))
    wazzup.client_writes("Я тут")
    assert is_window_open(wazzup.talk)


def test_free_text_is_refused_with_the_reason_before_sending(wazzup: Any, aigul: User) -> None:
    talk = a_day_later(wazzup)

    with pytest.raises(Conflict) as refused:
        send_reply(talk.pk, "Вы решили?", user=aigul, client_key="key-00001")

    assert refused.value.code == "window_closed"
    assert "24 часов" in refused.value.message
    assert not Message.objects.filter(author="staff").exists()
    assert not OutboxMessage.objects.filter(topic="chat.send_message", status="pending").exists()


def test_what_waited_past_the_window_fails_in_words(wazzup: Any, aigul: User) -> None:
    message = send_reply(wazzup.talk.pk, "Пишу", user=aigul, client_key="key-00001")
    a_day_later(wazzup)
    work()

    message.refresh_from_db()
    assert message.delivery == "failed"
    assert "24 часов" in message.delivery_error
    assert wazzup.fake.sent == []


def test_an_approved_template_goes_with_its_values(wazzup: Any, aigul: User) -> None:
    a_day_later(wazzup)

    message = send(wazzup, ["Анна", "во  Вьетнам\n"], aigul)

    (sent,) = wazzup.fake.sent
    assert sent["templateId"] == template().external_id
    assert sent["templateValues"] == ["Анна", "во Вьетнам"]
    assert "text" not in sent
    message.refresh_from_db()
    assert message.text == "Здравствуйте, Анна! Ваш тур во Вьетнам."
    assert message.delivery == "sent"
    assert not is_window_open(wazzup.talk)


def test_the_same_submit_is_one_template(wazzup: Any, aigul: User) -> None:
    a_day_later(wazzup)
    assert send(wazzup, ["Анна", "тур"], aigul) == send(wazzup, ["Анна", "тур"], aigul)
    assert len(wazzup.fake.sent) == 1


EMPTY = ["", "   ", "\n\t", "\u200b", "\u00a0", "-", "…", "{имя}", "[имя]"]


@pytest.mark.parametrize("empty", EMPTY)
@pytest.mark.parametrize("automatic", [False, True])
def test_an_empty_value_is_refused_by_the_service_for_all(
    wazzup: Any, aigul: User, empty: str, automatic: bool
) -> None:
    a_day_later(wazzup)

    for values in ([empty, "тур"], ["Анна", empty], ["Анна"], []):
        with pytest.raises(InvalidInput) as refused:
            send(wazzup, values, None if automatic else aigul)
        assert refused.value.code == "empty_value"

    assert wazzup.fake.sent == []
    assert not Message.objects.exclude(template=None).exists()


@pytest.mark.parametrize("empty", EMPTY[:5])
def test_an_empty_value_is_refused_by_the_page(wazzup: Any, client: Browser, empty: str) -> None:
    client.force_login(User.objects.create_superuser("boss"))
    a_day_later(wazzup)
    form = {
        "template": template().pk, "client_key": "key-00001", "value_1": "Анна", "value_2": empty,
    }  # fmt: skip
    url = f"/admin/chat/conversation/{wazzup.talk.pk}/thread/template/"

    answer = client.post(url, form, headers={"Accept": "application/json"})
    work()

    assert (answer.status_code, answer.json()["code"]) == (400, "empty_value")
    assert wazzup.fake.sent == []


def test_an_empty_value_is_refused_at_the_wire_too(wazzup: Any) -> None:
    """Even if a row was made past every service."""
    connector = channel_connector(wazzup.channel)
    out = OutboundMessage(
        f"whatsapp:{PHONE}", "", template=OutboundTemplate(template().external_id, ("Анна", " "))
    )
    with pytest.raises(InvalidRequest):
        connector.send(out, key="k")
    Message.objects.create(
        conversation=wazzup.talk, author="staff", template=template(),
        template_values=["", ""], delivery="pending",
    )  # fmt: skip

    assert wazzup.fake.sent == []


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(values=st.lists(st.text(max_size=30), max_size=4))
@example(values=["0", "0\x00"])
def test_whatever_is_sent_has_all_places_filled(
    wazzup: Any, aigul: User, values: list[str]
) -> None:
    wazzup.fake.sent.clear()
    Message.objects.filter(author="staff").delete()
    try:
        send(wazzup, values, aigul)
    except DomainError:
        assert wazzup.fake.sent == []
    else:
        assert len(wazzup.fake.sent) == 1
        assert all(any(one.isalnum() for one in v) for v in wazzup.fake.sent[0]["templateValues"])
        assert "{{" not in Message.objects.get(author="staff").text.replace("{{1}}", "", 0)


@pytest.mark.parametrize("status", ["pending", "rejected", "paused", "disabled", "archived"])
def test_only_an_approved_template_is_offered_and_sent(
    wazzup: Any, aigul: User, status: str
) -> None:
    wazzup.fake.calls.template_goes(template().external_id, status.upper())
    wazzup.events()

    assert templates_for(wazzup.talk) == []
    with pytest.raises(Conflict):
        send(wazzup, ["Анна", "тур"], aigul)
    assert wazzup.fake.sent == []


def test_a_template_of_another_number_is_not_offered(wazzup: Any) -> None:
    other = wazzup.add_channel("wapi", "77270000009")
    MessageTemplate.objects.update(channel_ids=[other])
    assert templates_for(wazzup.talk) == []


def test_a_personal_number_takes_no_templates(wazzup: Any, aigul: User) -> None:
    """Even one that names no numbers: that messenger knows nothing of templates."""
    MessageTemplate.objects.update(channel_ids=[])
    assert templates_for(wazzup.talk) == [template()]
    personal = wazzup.add_channel("whatsapp", "77270000009")
    wazzup.client_writes("Привет", channel_id=personal)
    talk = Conversation.objects.get(account__external_id=personal)
    wazzup.fake.sent.clear()

    assert templates_for(talk) == []
    with pytest.raises(Conflict) as refused:
        send_template(talk.pk, template().pk, ["Анна", "тур"], user=aigul, client_key="key-00001")
    assert refused.value.code == "template"
    assert wazzup.fake.sent == []


@pytest.mark.parametrize(
    ("text", "places"), [("Здравствуйте, {{ 1 }}!", 1), ("Тур {{2}}, {{1}}, {{2}}", 2)]
)
def test_places_are_counted_however_they_are_written(wazzup: Any, text: str, places: int) -> None:
    MessageTemplate.objects.update(text=text)
    assert template().places == places
    assert "{" not in template().filled(["Анна", "тур"])


def test_a_template_whose_places_have_names_is_not_offered(wazzup: Any, aigul: User) -> None:
    a_day_later(wazzup)
    MessageTemplate.objects.update(text="Здравствуйте, {{name}}!")

    assert templates_for(wazzup.talk) == []
    with pytest.raises(Conflict):
        send(wazzup, [], aigul)
    assert wazzup.fake.sent == []


def test_a_template_that_got_more_places_while_it_waited_is_not_sent(
    wazzup: Any, aigul: User
) -> None:
    a_day_later(wazzup)
    message = send_template(
        wazzup.talk.pk, template().pk, ["Анна", "тур"], user=aigul, client_key="key-00001"
    )
    MessageTemplate.objects.update(text=TEXT + " {{3}}")
    work()

    message.refresh_from_db()
    assert message.delivery == "failed"
    assert "пусто" in message.delivery_error
    assert wazzup.fake.sent == []


def test_the_list_of_templates_follows_wazzup_and_keeps_what_fills_them(wazzup: Any) -> None:
    MessageTemplate.objects.update(variables=["имя", "страна"])
    wazzup.fake.templates[0]["templateCode"] = "Добрый день, {{1}}!"
    sync_templates(wazzup.account)
    assert (template().text, template().places) == ("Добрый день, {{1}}!", 1)
    assert template().variables == ["имя", "страна"]

    wazzup.fake.templates.clear()
    sync_templates(wazzup.account)
    assert template().status == "other"


def test_places_are_filled_from_client_and_lead(wazzup: Any, aigul: User) -> None:
    MessageTemplate.objects.update(variables=["имя", "{страна}"])
    assert suggested_values(template(), wazzup.talk, aigul) == ["Анна", ""]
    MessageTemplate.objects.update(variables=["имя", "менеджер"])
    assert suggested_values(template(), wazzup.talk, aigul) == ["Анна", "Айгуль"]


def test_who_has_unsubscribed_is_not_written_to_first(wazzup: Any, aigul: User) -> None:
    wazzup.client_writes("СТОП")
    assert send(wazzup, ["Анна", "тур"], aigul, "key-00001").pk
    a_day_later(wazzup)

    with pytest.raises(Conflict) as refused:
        send(wazzup, ["Анна", "тур"], aigul, "key-00002")
    assert refused.value.code == "opted_out"


@pytest.mark.parametrize(
    ("hours", "is_quiet"), [(33, True), (44, True), (45, False), (24.5, False)]
)
def test_nobody_is_written_to_first_at_night(
    wazzup: Any, aigul: User, hours: float, is_quiet: bool
) -> None:
    """Noon and 33 hours is nine in the evening; 44: eight in the morning; 45: nine."""
    a_day_later(wazzup, hours)
    if not is_quiet:
        assert send(wazzup, ["Анна", "тур"], aigul).pk
        return
    with pytest.raises(Conflict) as refused:
        send(wazzup, ["Анна", "тур"], aigul)
    assert refused.value.code == "quiet_hours"


def test_the_days_budget_follows_the_tier(
    wazzup: Any, aigul: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(templates.TIERS, "TIER_0", 1)
    for chat in ("77010000002", "77010000003"):
        wazzup.client_writes("Привет", chat_id=chat)
    a_day_later(wazzup)
    first, second = Conversation.objects.exclude(pk=wazzup.talk.pk).order_by("pk")

    def begin(talk: Conversation, key: str) -> None:
        send_template(talk.pk, template().pk, ["Анна", "тур"], user=aigul, client_key=key)

    begin(first, "key-00001")
    begin(first, "key-00002")
    with pytest.raises(Conflict) as refused:
        begin(second, "key-00003")
    assert refused.value.code == "budget"
    assert budget_left(wazzup.channel) == 0

    wazzup.fake.calls.channel_goes(wazzup.channel_id, "active", tier="TIER_UNLIMITED")
    wazzup.events()
    begin(second, "key-00004")
    assert budget_left(wazzup.channel) is None


def test_instagram_has_a_week_and_no_templates(aigul: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        wazzup = Wazzup("instagram")
        wazzup.client_writes("Привет", chat_id="anna_kz")
        talk = Conversation.objects.get()
        assert talk.window_closes_at == timezone.now() + timedelta(days=7)
        clock.shift(timedelta(days=7, minutes=1))

        with pytest.raises(Conflict) as refused:
            send_reply(talk.pk, "Вы тут?", user=aigul, client_key="key-00001")
    assert refused.value.code == "window_closed"
    assert "шаблон" not in refused.value.message


def test_the_list_puts_what_closes_soon_first(wazzup: Any, admin_user: User) -> None:
    wazzup.clock.shift(timedelta(hours=2))
    wazzup.client_writes("Позже", chat_id="77010000002")
    wazzup.clock.shift(timedelta(hours=1))
    personal = wazzup.add_channel("whatsapp", "77270000009")
    wazzup.client_writes("Без окна", chat_id="77010000003", channel_id=personal)

    page = talk_page(TalkFilter(admin_user, CLOSING))

    names = [talk.external_id.removeprefix("whatsapp:") for talk in page.talks]
    assert names == [PHONE, "77010000002"]
    wazzup.clock.shift(timedelta(hours=21.5))
    assert filtered_talks(TalkFilter(admin_user, CLOSING)).count() == 1


def test_the_pages_show_what_is_left_and_offer_templates(wazzup: Any, client: Browser) -> None:
    MessageTemplate.objects.update(variables=["имя"])
    client.force_login(User.objects.create_superuser("boss"))
    page = f"/admin/chat/conversation/{wazzup.talk.pk}/thread/"
    wazzup.clock.shift(timedelta(hours=20))
    open_page = client.get(page).content.decode()
    listed = client.get("/admin/chat/conversation/?tab=closing").content.decode()
    wazzup.clock.shift(timedelta(hours=5))
    closed_page = client.get(page).content.decode()

    assert "обычный текст: ещё 4 ч" in open_page
    assert 'title="Столько ещё мессенджер принимает обычный текст"' in listed
    assert "WhatsApp примет только шаблон" in closed_page
    assert 'name="value_1" value="Анна"' in closed_page
    assert "Отправить шаблон" in closed_page
