"""What goes out through Wazzup24: never twice by guess, never into nothing, the phone is heard."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.utils import timezone

from chat.models import Attachment, Conversation, Message
from chat.public_files import public_address
from chat.services.outbound import NewFile, send_reply
from chat.tests.wazzup import PHONE, Wazzup, retry_due, work
from common.errors import Conflict
from integrations.delivery import inbox
from integrations.fakes.wazzup import error
from integrations.models import InboxEvent, IntegrationAccount, OutboxMessage

pytestmark = pytest.mark.django_db
WISH = "Хотим во Вьетнам с 12 января на 10 ночей из Алматы, двое взрослых"


@pytest.fixture
def wazzup() -> Wazzup:
    return Wazzup()


@pytest.fixture
def aigul(django_user_model: Any) -> User:
    return django_user_model.objects.create_user("aigul", is_staff=True)


def answer(wazzup: Wazzup, user: User, text: str = "Отвечаю", key: str = "key-00001") -> Message:
    """A manager answers; the worker has tried once."""
    message = send_reply(wazzup.talk.pk, text, user=user, client_key=key)
    work()
    message.refresh_from_db()
    return message


def action_of(message: Message) -> OutboxMessage:
    return OutboxMessage.objects.get(topic="chat.send_message", payload__message=message.pk)


@pytest.fixture
def talk(wazzup: Wazzup) -> Conversation:
    wazzup.client_writes("Сколько стоит виза?")
    Conversation.objects.update(mode="human")
    wazzup.fake.sent.clear()
    return wazzup.talk


def test_a_manager_answers_in_their_own_name(
    wazzup: Wazzup, talk: Conversation, aigul: User
) -> None:
    message = answer(wazzup, aigul)

    (sent,) = wazzup.fake.sent
    assert sent["text"] == "Отвечаю"
    assert (sent["chatType"], sent["chatId"]) == ("whatsapp", PHONE)
    assert (sent["crmUserId"], sent["clearUnanswered"]) == (str(aigul.pk), True)
    assert sent["crmMessageId"] == str(action_of(message).public_id)
    assert (message.delivery, message.external_id) == ("sent", sent["messageId"])


@pytest.mark.parametrize("fault", ["lost_answer", "accepted_500"])
def test_a_lost_answer_is_asked_for_once_more_with_the_same_key(
    wazzup: Wazzup, talk: Conversation, aigul: User, fault: str
) -> None:
    """The second try is refused as a repeat: so the first has arrived."""
    wazzup.fake.fail_next(fault, when=lambda request: request.method == "POST")

    message = answer(wazzup, aigul)

    assert len(wazzup.fake.sent) == 1
    assert (message.delivery, message.external_id) == ("sent", None)
    assert action_of(message).status == "done"


def test_a_call_that_never_arrived_is_made_by_the_second_try(
    wazzup: Wazzup, talk: Conversation, aigul: User
) -> None:
    wazzup.fake.fail_next("timeout", when=lambda request: request.method == "POST")

    message = answer(wazzup, aigul)

    assert len(wazzup.fake.sent) == 1
    assert message.external_id == wazzup.fake.sent[0]["messageId"]


def test_two_lost_answers_are_a_persons_business(
    wazzup: Wazzup, talk: Conversation, aigul: User
) -> None:
    wazzup.fake.fail_next("lost_answer", 2, when=lambda request: request.method == "POST")

    message = answer(wazzup, aigul)
    retry_due()

    action = action_of(message)
    assert (action.status, action.error_kind) == ("needs_attention", "ambiguous")
    assert message.delivery == "failed"
    assert len(wazzup.fake.sent) == 1


def test_an_echo_settles_what_nobody_knew(wazzup: Wazzup, talk: Conversation, aigul: User) -> None:
    wazzup.fake.calls.manners.echoes_our_sends = True
    wazzup.fake.fail_next("lost_answer", 2, when=lambda request: request.method == "POST")
    message = answer(wazzup, aigul)
    wazzup.events()

    message.refresh_from_db()
    assert message.external_id == wazzup.fake.sent[0]["messageId"]
    assert (message.delivery, message.delivery_error) == ("delivered", "")
    assert action_of(message).status == "done"
    assert [one.text for one in wazzup.said("staff")] == ["Отвечаю"]


@pytest.mark.parametrize("fault", ["no_connection", "429"])
def test_what_was_certainly_not_done_is_tried_again_later(
    wazzup: Wazzup, talk: Conversation, aigul: User, fault: str
) -> None:
    wazzup.fake.fail_next(fault, when=lambda request: request.method == "POST")

    message = answer(wazzup, aigul)
    assert (message.delivery, wazzup.fake.sent) == ("pending", [])
    retry_due()

    message.refresh_from_db()
    assert message.delivery == "sent"
    assert len(wazzup.fake.sent) == 1


def test_a_person_may_repeat_what_nobody_knew(
    wazzup: Wazzup, talk: Conversation, aigul: User, client: Browser
) -> None:
    """Within the minute Wazzup24 itself keeps it from going twice."""
    wazzup.fake.fail_next("lost_answer", 2, when=lambda request: request.method == "POST")
    message = answer(wazzup, aigul)
    client.force_login(User.objects.create_superuser("boss"))

    client.post(f"/admin/chat/conversation/{talk.pk}/thread/again/", {"message": message.pk})
    work()

    message.refresh_from_db()
    assert message.delivery == "sent"
    assert len(wazzup.fake.sent) == 1


@pytest.mark.parametrize(
    ("status", "code"), [(401, "UNAUTHORIZED"), (400, "CHANNEL_BLOCKED"), (400, "BALANCE_IS_EMPTY")]
)
def test_a_channel_that_drops_out_between_both_tries_tells_nothing_of_the_first(
    wazzup: Wazzup, talk: Conversation, aigul: User, status: int, code: str
) -> None:
    respond, tries = wazzup.fake._send, iter([True])

    def accept_then_refuse(body: Any) -> Any:
        return respond(body) if next(tries, False) else error(status, code)

    wazzup.fake._send = accept_then_refuse  # type: ignore[method-assign]
    wazzup.fake.fail_next("lost_answer", when=lambda request: request.method == "POST")

    message = answer(wazzup, aigul)

    assert len(wazzup.fake.sent) == 1
    assert action_of(message).error_kind == "ambiguous"
    assert message.delivery == "failed"


def test_a_worker_that_died_while_sending_leaves_it_to_a_person(
    wazzup: Wazzup, talk: Conversation, aigul: User
) -> None:
    message = send_reply(talk.pk, "Отвечаю", user=aigul, client_key="key-00001")
    past = timezone.now() - timedelta(minutes=2)
    OutboxMessage.objects.filter(payload__message=message.pk).update(
        status="in_flight", lease_until=past, attempts=1
    )

    work()

    assert action_of(message).error_kind == "ambiguous"
    assert wazzup.fake.sent == []


# --- the phone ---


def test_words_typed_in_the_phone_silence_the_bot_at_once(wazzup: Wazzup) -> None:
    wazzup.client_writes("Здравствуйте")
    assert wazzup.talk.mode == "bot"
    sent = len(wazzup.fake.sent)
    calls = wazzup.fake.calls
    calls.client_writes(wazzup.channel_id, PHONE, WISH)
    calls.staff_writes_on_phone(wazzup.channel_id, PHONE, "Сейчас подберу, минуту")
    wazzup.events()

    talk = wazzup.talk
    (said,) = wazzup.said("staff")
    assert (talk.mode, talk.unanswered_since) == ("human", None)
    assert (said.text, said.author_name, said.user, said.delivery) == (
        "Сейчас подберу, минуту", "Айгуль", None, "sent",
    )  # fmt: skip
    assert len(wazzup.fake.sent) == sent


def test_an_echo_withdraws_what_the_bot_has_not_sent(wazzup: Wazzup) -> None:
    wazzup.fake.fail_next("no_connection", 3, when=lambda request: request.method == "POST")
    wazzup.client_writes(WISH)
    (unsent,) = wazzup.said("bot")
    assert unsent.delivery == "pending"

    wazzup.staff_writes("Я отвечу")
    retry_due()

    unsent.refresh_from_db()
    assert unsent.delivery == "cancelled"
    assert wazzup.fake.sent == []


def test_the_echo_of_our_own_words_is_not_a_colleague(wazzup: Wazzup) -> None:
    wazzup.fake.calls.manners.echoes_our_sends = True
    wazzup.client_writes(WISH)
    wazzup.events()

    assert wazzup.talk.mode == "bot"
    assert wazzup.said("staff") == []
    assert [message.delivery for message in wazzup.said("bot")] == ["delivered"]


def test_an_echo_that_overtakes_our_own_answer_is_still_ours(wazzup: Wazzup) -> None:
    manners = wazzup.fake.calls.manners
    manners.echoes_our_sends = manners.echo_overtakes_answer = True
    original, wazzup.fake.calls.post = wazzup.fake.calls.post, None  # type: ignore[assignment]

    def post(*call: Any) -> int:
        """The webhook and its worker come in the middle of our own call."""
        status = original(*call)
        for pk in InboxEvent.objects.filter(status="pending").values_list("pk", flat=True):
            inbox.process(pk)
        return status

    wazzup.fake.calls.post = post
    wazzup.client_writes(WISH)

    (message,) = wazzup.said("bot")
    assert (message.delivery, message.external_id) == (
        "delivered", wazzup.fake.sent[0]["messageId"],
    )  # fmt: skip
    assert wazzup.said("staff") == []
    assert wazzup.talk.mode == "bot"


def test_the_same_words_typed_in_the_phone_later_are_a_colleagues(
    wazzup: Wazzup, talk: Conversation, aigul: User
) -> None:
    answer(wazzup, aigul, "Да")
    wazzup.staff_writes("Да")

    assert [message.user for message in wazzup.said("staff")] == [aigul, None]


def test_a_colleague_who_types_what_was_refused_is_a_colleague(
    wazzup: Wazzup, talk: Conversation, aigul: User
) -> None:
    """What Wazzup24 has refused never left: nothing of it can come back as an echo."""
    respond = wazzup.fake._send
    wazzup.fake._send = lambda body: error(400, "MESSAGES_IS_SPAM")  # type: ignore[method-assign]
    refused = answer(wazzup, aigul, "Добрый день")
    wazzup.fake._send = respond  # type: ignore[method-assign]
    Conversation.objects.update(mode="bot")

    wazzup.staff_writes("Добрый день")

    refused.refresh_from_db()
    assert (refused.delivery, refused.external_id) == ("failed", None)
    assert [message.user for message in wazzup.said("staff")] == [aigul, None]
    assert wazzup.talk.mode == "human"


@pytest.mark.parametrize("is_told_in_message", [True, False])
def test_a_failure_is_heard_in_a_status_and_in_the_message_itself(
    wazzup: Wazzup, talk: Conversation, aigul: User, is_told_in_message: bool
) -> None:
    message = answer(wazzup, aigul)
    wazzup.fake.calls.queue.clear()
    assert message.external_id
    if is_told_in_message:
        failure = {"error": "24_HOURS_EXCEEDED", "description": "late"}
        wazzup.staff_writes("Отвечаю", messageId=message.external_id, status="error", error=failure)
    else:
        wazzup.fake.calls.status(message.external_id, "error", "24_HOURS_EXCEEDED")
        wazzup.events()

    message.refresh_from_db()
    assert message.delivery == "failed"
    assert message.delivery_error.startswith("The client wrote too long ago")
    assert len(wazzup.said("staff")) == 1


def test_an_echo_known_by_its_author_is_theirs(
    wazzup: Wazzup, talk: Conversation, aigul: User
) -> None:
    wazzup.staff_writes("Из приложения", authorId=str(aigul.pk))
    assert wazzup.said("staff")[0].user == aigul


def test_an_echo_comes_twice_and_is_one(wazzup: Wazzup, talk: Conversation) -> None:
    said = wazzup.staff_writes("Раз")
    wazzup.fake.calls.queue.append({"messages": [{**said, "status": "delivered"}]})
    wazzup.events()

    assert len(wazzup.said("staff")) == 1


def test_a_talk_begun_in_the_phone_has_a_client_and_no_bot(wazzup: Wazzup) -> None:
    wazzup.staff_writes("Здравствуйте, это Crystal Bay")
    assert (wazzup.talk.mode, wazzup.talk.unanswered_since) == ("human", None)
    wazzup.client_writes("Да, слушаю")

    assert wazzup.fake.sent == []
    assert wazzup.talk.unanswered_since


# --- lengths, quotes, files ---


def test_a_long_text_becomes_several_messages_on_instagram(aigul: User) -> None:
    wazzup = Wazzup("instagram")
    wazzup.client_writes("Привет", chat_id="anna_kz")
    talk = Conversation.objects.get(external_id="instagram:anna_kz")
    wazzup.fake.sent.clear()
    text = "Это предложение о прекрасном отеле у моря. " * 50

    send_reply(talk.pk, text, user=aigul, client_key="key-00001")
    work()

    parts = wazzup.texts_at_wazzup()
    assert len(parts) == 3
    assert max(map(len, parts)) <= 1000
    assert " ".join(parts).split() == text.split()


def test_a_quote_travels_and_is_left_out_where_it_is_unknown(
    wazzup: Wazzup, talk: Conversation, aigul: User
) -> None:
    asked = wazzup.said("customer")[0]
    options: dict[str, Any] = {"user": aigul, "reply_to_id": asked.pk}
    send_reply(talk.pk, "Ответ", client_key="key-00001", **options)
    work()
    assert wazzup.fake.sent[0]["refMessageId"] == asked.external_id

    refusals = iter([True])
    respond = wazzup.fake._send

    def refuse_once(body: Any) -> Any:
        if "refMessageId" in body and next(refusals, False):
            return error(400, "REFERENCE_MESSAGE_NOT_FOUND")
        return respond(body)

    wazzup.fake._send = refuse_once  # type: ignore[method-assign]
    send_reply(talk.pk, "Ещё", client_key="key-00002", **options)
    work()
    assert "refMessageId" not in wazzup.fake.sent[1]


def test_words_and_a_file_are_two_messages_and_the_file_can_be_fetched(
    wazzup: Wazzup, talk: Conversation, aigul: User, settings: Any, tmp_path: Any, client: Browser
) -> None:
    settings.MEDIA_ROOT = tmp_path
    pdf = b"%PDF-1.4 voucher"
    send_reply(
        talk.pk,
        "Ваучер",
        user=aigul,
        client_key="key-00001",
        files=[NewFile("Ваучер.pdf", pdf)],
    )
    work()

    words, file = wazzup.fake.sent
    assert "contentUri" not in words
    assert "text" not in file
    path = file["contentUri"].removeprefix(settings.PUBLIC_BASE_URL)
    got = client.get(path)
    assert got.status_code == 200
    assert b"".join(got.streaming_content) == pdf
    assert got["Content-Disposition"].startswith("attachment")
    other = "x" if path[-12] != "x" else "y"
    assert client.get(path[:-12] + other + path[-11:]).status_code == 404
    assert client.get(path.replace("/files/", "/files/x")).status_code == 404


def test_a_clients_own_file_has_no_public_address(
    wazzup: Wazzup, settings: Any, tmp_path: Any, client: Browser
) -> None:
    settings.MEDIA_ROOT = tmp_path
    wazzup.fake.files["https://s.example.com/p.jpg"] = b"\xff\xd8\xff passport"
    wazzup.client_writes("", type="image", contentUri="https://s.example.com/p.jpg")
    attachment = Attachment.objects.get()
    assert attachment.state == "stored"

    address = public_address(attachment).removeprefix(settings.PUBLIC_BASE_URL)

    assert client.get(address).status_code == 404


# --- channels that are off ---


@pytest.mark.parametrize(
    ("state", "advice"),
    [
        ("qr", "QR"),
        ("notEnoughMoney", "баланс"),
        ("phoneUnavailable", "телефон"),
        ("blocked", "заблокировал"),
        ("somethingNew", "somethingnew"),
    ],
)
def test_a_channel_that_is_off_is_refused_before_anything_is_lost(
    wazzup: Wazzup, talk: Conversation, aigul: User, state: str, advice: str
) -> None:
    wazzup.fake.calls.channel_goes(wazzup.channel_id, state, qr="data:image/png;base64,SECRET")
    wazzup.events()

    with pytest.raises(Conflict) as refused:
        send_reply(talk.pk, "Вы тут?", user=aigul, client_key="key-00001")

    assert refused.value.code == "channel_down"
    assert advice.lower() in refused.value.message.lower()
    assert not Message.objects.filter(author="staff").exists()
    assert "SECRET" not in str(IntegrationAccount.objects.values_list("config"))

    wazzup.fake.calls.channel_goes(wazzup.channel_id, "active")
    wazzup.events()
    assert answer(wazzup, aigul).delivery == "sent"


def test_what_waits_while_the_channel_goes_off_fails_in_words(
    wazzup: Wazzup, talk: Conversation, aigul: User
) -> None:
    message = send_reply(talk.pk, "Отвечаю", user=aigul, client_key="key-00001")
    wazzup.fake.calls.channel_goes(wazzup.channel_id, "qr")
    wazzup.events()

    message.refresh_from_db()
    assert message.delivery == "failed"
    assert "QR" in message.delivery_error
    assert wazzup.fake.sent == []


def test_the_bots_answer_becomes_a_draft_while_the_channel_is_off(wazzup: Wazzup) -> None:
    wazzup.fake.calls.channel_goes(wazzup.channel_id, "phoneUnavailable")
    wazzup.client_writes(WISH)

    assert wazzup.said("bot") == []
    assert wazzup.talk.unanswered_since
    assert wazzup.talk.suggestions.get().outcome == "draft"


def test_a_file_reaches_wazzup_from_the_page(
    wazzup: Wazzup, talk: Conversation, settings: Any, tmp_path: Any, client: Browser
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client.force_login(User.objects.create_superuser("boss"))
    file = SimpleUploadedFile("t.png", b"\x89PNG\r\n\x1a\n" + b"0" * 20)
    form = {"text": "", "client_key": "key-00001", "kind": "reply", "files": [file]}

    client.post(f"/admin/chat/conversation/{talk.pk}/thread/reply/", form)
    work()

    assert wazzup.fake.sent[0]["contentUri"].endswith(".png")
