"""What comes through Wazzup24: every kind of event, posted to the webhook's address."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from chat.models import Attachment, Conversation, EarlyReport, Message
from chat.services.changes import forget_early_reports
from chat.services.outbound import send_reply
from chat.tests.wazzup import PHONE, Wazzup, work
from integrations.delivery import inbox
from integrations.models import InboxEvent
from integrations.wazzup.channels import sync_channels
from leads.duplicates import find_duplicates
from leads.models import Client, Lead, LeadSource

pytestmark = pytest.mark.django_db
FIXTURES = Path(__file__).parents[2] / "integrations" / "tests" / "fixtures" / "wazzup"
WISH = "Хотим во Вьетнам с 12 января на 10 ночей из Алматы, двое взрослых"


@pytest.fixture
def wazzup() -> Wazzup:
    return Wazzup()


def test_a_first_message_makes_client_lead_and_talk(wazzup: Wazzup) -> None:
    wazzup.client_writes("Добрый день", name="Анна")

    talk = wazzup.talk
    assert (talk.client.name, talk.account.name) == ("Анна", "whatsapp 77270000000")
    assert [one.value for one in talk.client.identities.all()] == [f"+{PHONE}"]
    assert talk.lead
    assert (talk.lead.source.code, talk.lead.client) == ("whatsapp", talk.client)
    assert [message.text for message in wazzup.said("customer")] == ["Добрый день"]
    assert wazzup.fake.calls.answers == [200] * len(wazzup.fake.calls.answers)


def test_the_bot_answers_within_its_mode(wazzup: Wazzup) -> None:
    wazzup.client_writes(WISH)

    (answer,) = wazzup.said("bot")
    assert wazzup.texts_at_wazzup()[0] == answer.text
    assert wazzup.fake.sent[0]["clearUnanswered"] is False
    assert "crmUserId" not in wazzup.fake.sent[0]
    work()
    wazzup.events()
    answer.refresh_from_db()
    assert (answer.delivery, answer.external_id) == (
        "delivered",
        wazzup.fake.sent[0]["messageId"],
    )


@pytest.mark.parametrize("mode", ["drafts", "human"])
def test_in_other_modes_nothing_goes_out(wazzup: Wazzup, mode: str) -> None:
    wazzup.client_writes("Стоимость визы?")
    count = len(wazzup.fake.sent)
    Conversation.objects.update(mode=mode)

    wazzup.client_writes(WISH)

    assert len(wazzup.fake.sent) == count


def test_the_same_call_again_and_doubled_events_are_one_message(wazzup: Wazzup) -> None:
    wazzup.fake.calls.manners.doubles = True
    said = wazzup.client_writes(WISH)
    wazzup.fake.calls.queue.append({"messages": [{**said, "contact": {"name": "Анна Б."}}]})
    wazzup.events()

    assert len(wazzup.said("customer")) == 1
    assert len(wazzup.said("bot")) == 1


def test_another_message_of_a_talk_is_cheap_to_take_in(
    wazzup: Wazzup, django_assert_max_num_queries: Any
) -> None:
    """Five pairs of these are savepoints."""
    wazzup.client_writes("Первое")
    wazzup.fake.calls.client_writes(wazzup.channel_id, PHONE, "Второе")
    wazzup.fake.calls.flush()
    event = InboxEvent.objects.get(status="pending", ordering_key__endswith=PHONE)

    with django_assert_max_num_queries(29):
        assert inbox.process(event.pk)

    assert [message.text for message in wazzup.said("customer")] == ["Первое", "Второе"]


def test_one_call_with_good_and_bad_parts_keeps_the_good(wazzup: Wazzup) -> None:
    calls = wazzup.fake.calls
    calls.manners.mixes = True
    calls.client_writes(wazzup.channel_id, PHONE, "Первое")
    calls.queue.append({"messages": [{"messageId": "x"}, "text", None]})
    calls.status("unknown", "read")
    calls.client_writes(wazzup.channel_id, PHONE, "Второе")
    wazzup.events()

    assert [message.text for message in wazzup.said("customer")] == ["Первое", "Второе"]
    bad = InboxEvent.objects.filter(status="needs_attention")
    assert bad.count() == 3
    assert EarlyReport.objects.get().status == "read"


# --- every kind of event, as the contract prints it ---


def post_fixture(wazzup: Wazzup, name: str) -> None:
    text = (FIXTURES / f"{name}.json").read_text(encoding="utf-8")
    text = text.replace("CHANNEL", wazzup.channel_id)
    wazzup.fake.calls.queue.append(json.loads(text))
    wazzup.events()


@pytest.mark.parametrize(
    ("name", "text", "kinds"),
    [
        ("text", "Здравствуйте, Вьетнам в январе?", []),
        ("image", "Вот паспорт", ["photo"]),
        ("audio", "", ["voice"]),
        ("video", "", ["video"]),
        ("document", "", ["document"]),
        ("sticker", "", ["sticker"]),
        ("vcard", "", ["document"]),
        ("geo", "", ["location"]),
        ("geo_without_numbers", "https://maps.example/1", []),
        ("missing_call", "[Пропущенный звонок]", []),
        ("unsupported", "[Сообщение, которое мессенджер не передаёт: посмотрите в телефоне]", []),
        ("unknown_type", "Опрос: да или нет", []),
        ("quoted", "Да, этот", []),
        ("instagram_comment", "Сколько стоит?", []),
        ("avito", "Ещё продаёте?", []),
    ],
)
def test_each_kind_of_message_stands_in_the_thread(
    wazzup: Wazzup, name: str, text: str, kinds: list[str]
) -> None:
    post_fixture(wazzup, name)

    message = Message.objects.get(author="customer")
    assert message.text == text
    assert [one.kind for one in message.attachments.all()] == kinds
    assert not InboxEvent.objects.filter(status__in=("pending", "needs_attention")).exists()


def test_what_the_messenger_itself_says_is_not_answered(wazzup: Wazzup) -> None:
    wazzup.client_writes("Код безопасности изменён", type="system")

    (message,) = wazzup.said("customer")
    assert message.text == "Код безопасности изменён"
    assert wazzup.talk.unanswered_since is None
    assert wazzup.fake.sent == []


@pytest.mark.parametrize("stamp", [4_102_444_800_000, 10**30, "gestern", None, True])
def test_a_channels_state_with_a_strange_time_counts_now(wazzup: Wazzup, stamp: Any) -> None:
    wazzup.fake.calls.channel_goes(wazzup.channel_id, "phoneUnavailable", timestamp=stamp)
    wazzup.events()
    assert wazzup.channel.state == ("ok" if stamp is True else "broken")

    sync_channels(wazzup.account)
    wazzup.fake.channels[wazzup.channel_id]["state"] = "active"
    sync_channels(wazzup.account)
    assert wazzup.channel.state == "ok"


@pytest.mark.parametrize("name", ["create_contact", "create_deal", "something_new"])
def test_what_we_do_not_use_is_kept_and_ignored(wazzup: Wazzup, name: str) -> None:
    post_fixture(wazzup, name)

    assert InboxEvent.objects.get().status == "ignored"
    assert not Message.objects.exists()


def test_a_place_is_kept_as_numbers(wazzup: Wazzup) -> None:
    post_fixture(wazzup, "geo")
    assert Attachment.objects.get().details == {"latitude": 43.238949, "longitude": 76.889709}


def test_a_file_comes_into_our_storage_at_once(
    wazzup: Wazzup, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    address = "https://store.wazzup24.example/1/passport.jpg?token=abc"
    wazzup.fake.files[address] = b"\xff\xd8\xff" + b"0" * 100

    wazzup.client_writes("", type="image", contentUri=address)
    wazzup.client_writes("", type="image", contentUri="https://store.wazzup24.example/gone.jpg")

    stored, gone = Attachment.objects.order_by("pk")
    assert (stored.state, stored.mime, stored.size) == ("stored", "image/jpeg", 103)
    assert gone.state == "refused"


# --- changed, taken back, out of order ---


def test_a_changed_message_keeps_its_earlier_words(wazzup: Wazzup) -> None:
    said = wazzup.client_writes("Хочу в Турцию")
    wazzup.fake.calls.edited(said, "Хочу в Египет")
    wazzup.events()

    (message,) = wazzup.said("customer")
    assert message.text == "Хочу в Египет"
    assert [one.text for one in message.versions.all()] == ["Хочу в Турцию"]


def test_a_message_taken_back_stays_for_the_agency(wazzup: Wazzup) -> None:
    said = wazzup.client_writes("Мой пароль 123")
    wazzup.fake.calls.deleted(said)
    wazzup.events()

    (message,) = wazzup.said("customer")
    assert message.deleted_at
    assert message.text == "Мой пароль 123"


def test_a_change_that_comes_before_its_message_is_all_we_know(wazzup: Wazzup) -> None:
    calls = wazzup.fake.calls
    said = calls.client_writes(wazzup.channel_id, PHONE, "Было")
    calls.queue.clear()
    calls.edited(said, "Стало")
    wazzup.events()
    calls.queue.append({"messages": [said]})
    wazzup.events()

    assert [message.text for message in wazzup.said("customer")] == ["Стало"]


def test_a_deletion_that_comes_first_is_not_answered(wazzup: Wazzup) -> None:
    calls = wazzup.fake.calls
    said = calls.client_writes(wazzup.channel_id, PHONE, "Ошибся чатом")
    calls.queue.clear()
    calls.deleted(said)
    wazzup.events()
    calls.queue.append({"messages": [said]})
    wazzup.events()

    (message,) = wazzup.said("customer")
    assert (message.text, bool(message.deleted_at)) == ("Ошибся чатом", True)
    assert wazzup.said("bot") == []


@pytest.mark.parametrize("seed", range(8))
def test_statuses_in_any_order_end_in_the_same_place(wazzup: Wazzup, seed: int) -> None:
    wazzup.client_writes(WISH)
    message = wazzup.said("bot")[0]
    message.refresh_from_db()
    assert message.external_id
    statuses = ["sent", "delivered", "read", "delivered", "sent"]
    random.Random(seed).shuffle(statuses)
    seen = []
    for status in statuses:
        wazzup.fake.calls.status(message.external_id, status)
        wazzup.events()
        message.refresh_from_db()
        seen.append(message.delivery)

    order = ["pending", "sent", "delivered", "read"]
    assert seen[-1] == "read"
    assert [order.index(one) for one in seen] == sorted(order.index(one) for one in seen)


def test_a_status_before_our_own_answer_waits_for_it(
    wazzup: Wazzup, django_user_model: Any
) -> None:
    wazzup.fake.calls.manners.echo_overtakes_answer = True

    wazzup.client_writes(WISH)

    assert wazzup.said("bot")[0].delivery == "delivered"
    assert not EarlyReport.objects.exists()


def test_reports_of_messages_that_are_not_ours_are_forgotten(wazzup: Wazzup) -> None:
    for message_id in ("old", "fresh"):
        wazzup.fake.calls.status(message_id, "read")
    wazzup.events()
    yesterday = timezone.now() - timedelta(days=1, minutes=1)
    EarlyReport.objects.filter(external_id="old").update(created_at=yesterday)

    assert forget_early_reports() == 1

    assert EarlyReport.objects.get().external_id == "fresh"


def test_a_failure_says_in_words_what_happened(wazzup: Wazzup, django_user_model: Any) -> None:
    wazzup.client_writes(WISH)
    wazzup.events()
    user = django_user_model.objects.create_user("aigul", is_staff=True)
    message = send_reply(wazzup.talk.pk, "Пишу", user=user, client_key="key-00001")
    work()
    wazzup.fake.calls.queue.clear()
    message.refresh_from_db()
    assert message.external_id
    wazzup.fake.calls.status(message.external_id, "error", "BAD_CONTACT")
    wazzup.events()

    message.refresh_from_db()
    assert message.delivery == "failed"
    assert message.delivery_error == (
        "The messenger does not know this client, or the client has blocked us."
    )


# --- who is who ---


def test_the_same_chat_on_two_numbers_is_two_talks_of_one_client(wazzup: Wazzup) -> None:
    second = wazzup.add_channel("wapi", "77270000009")
    wazzup.client_writes("На первый")
    wazzup.client_writes("На второй", channel_id=second)

    assert Conversation.objects.count() == 2
    assert Client.objects.count() == 1
    assert Lead.objects.count() == 1


def test_the_same_person_in_telegram_is_suggested_by_phone(wazzup: Wazzup, admin_user: Any) -> None:
    telegram = wazzup.add_channel("tgapi", "77270000002")
    wazzup.client_writes("Из WhatsApp")
    wazzup.client_writes(
        "Из Telegram",
        channel_id=telegram,
        chat_id="guid-42",
        contact={"name": "Анна", "username": "anna", "phone": PHONE},
    )

    there = Conversation.objects.get(external_id="telegram:guid-42")
    assert there.client != wazzup.talk.client
    assert {one.kind for one in there.client.identities.all()} == {"telegram", "phone"}
    (hint,) = find_duplicates(there.client, admin_user)
    assert hint.client == wazzup.talk.client
    assert [str(reason) for reason in hint.reasons] == ["по телефону"]


def test_a_group_is_kept_apart_and_never_answered(wazzup: Wazzup) -> None:
    group = {"chat_id": "120363000000000001", "chatType": "whatsgroup", "name": "Пётр"}
    wazzup.client_writes(WISH, **group)
    Conversation.objects.update(mode="bot")
    wazzup.client_writes("Ау?", **group)

    talk = Conversation.objects.get()
    assert (talk.is_group, talk.lead, talk.unanswered_since) == (True, None, None)
    assert [message.author_name for message in talk.messages.all()] == ["Пётр", "Пётр"]
    assert not Lead.objects.exists()
    assert wazzup.fake.sent == []


def test_a_messenger_becomes_a_source_with_its_first_lead(wazzup: Wazzup) -> None:
    assert not LeadSource.objects.filter(code="viber").exists()
    viber = wazzup.add_channel("viber", "77270000005")
    for chat in ("77010000005", "77010000006"):
        wazzup.client_writes("Привет", channel_id=viber, chat_id=chat)

    assert LeadSource.objects.get(code="viber").name == "Viber"
    assert Lead.objects.filter(source__code="viber").count() == 2


def test_a_message_of_a_channel_nobody_has_listed_is_not_lost(wazzup: Wazzup) -> None:
    late = wazzup.fake.add_channel("instagram", "crystalbay")
    wazzup.client_writes("Привет", channel_id=late, chat_id="anna_kz")

    talk = Conversation.objects.get(external_id="instagram:anna_kz")
    assert talk.account.config["messenger"] == "instagram"
    assert talk.lead
    assert talk.lead.source.code == "instagram"


@pytest.mark.parametrize("word", ["СТОП", "стоп.", " Отписаться! ", "stop"])
def test_a_client_who_says_stop_is_unsubscribed_and_left_alone(wazzup: Wazzup, word: str) -> None:
    wazzup.client_writes("Сколько стоит виза?")
    answers = len(wazzup.fake.sent)

    wazzup.client_writes(word)

    talk = wazzup.talk
    assert talk.opted_out_at
    assert len(wazzup.fake.sent) == answers
    wazzup.client_writes("старт")
    assert wazzup.talk.opted_out_at is None


def test_stop_inside_of_a_sentence_is_only_a_word(wazzup: Wazzup) -> None:
    wazzup.client_writes("Есть ли стоп-сейл на январь? Стоп.")
    assert wazzup.talk.opted_out_at is None
