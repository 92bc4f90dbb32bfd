"""The connector against the fake Bot API: whatever is in a call, Telegram takes it."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.text import split_text
from integrations.channels.base import (
    ASK_PHONE,
    Button,
    InboundEdit,
    InboundMessage,
    OutboundFile,
    OutboundMessage,
    UnreadableEvent,
)
from integrations.channels.telegram.connector import TelegramConfig, TelegramConnector
from integrations.channels.telegram.webhook import TelegramWebhook, event_of
from integrations.fakes.base import as_transport
from integrations.fakes.telegram import FakeTelegram
from integrations.transport.errors import (
    AmbiguousError,
    AuthFailed,
    InvalidRequest,
    PermanentError,
    RateLimited,
    RecipientGone,
    RecipientMoved,
    TransientError,
)
from integrations.transport.webhook import Rejected, WebhookRequest

HOSTILE = st.text(
    st.characters(codec=None, exclude_categories=())
    | st.sampled_from("<>&_*[]()~`#+-=|{}.!\\/@\n😀"),
    min_size=1,
    max_size=6000,
)


@pytest.fixture
def fake():
    fake = FakeTelegram()
    fake.person(1001)
    return fake


@pytest.fixture
def connector(fake):
    return connected(fake)


def connected(fake, token=""):
    connector = TelegramConnector(
        TelegramConfig(token or fake.token, "https://api.telegram.org"), as_transport(fake)
    )
    connector._pace.wait = lambda receiver: None
    return connector


def say(text, **more):
    return OutboundMessage(chat_id="1001", text=text, **more)


@settings(max_examples=150, deadline=None)
@given(
    HOSTILE,
    st.lists(
        st.lists(st.tuples(st.text(max_size=90), st.text(min_size=1, max_size=20)), min_size=1,
                 max_size=4),
        max_size=6,
    ),
)  # fmt: skip
def test_whatever_is_written_every_call_is_valid(text, keys):
    fake = FakeTelegram()
    fake.person(1001)
    connector = connected(fake)
    rows = tuple(tuple(Button(label, data=data[:16]) for label, data in row) for row in keys)
    for part in split_text(text, connector.capabilities.text_limit):
        with suppress(InvalidRequest):
            # Refused by ourselves, if at all: blanks only, or a key without data.
            connector.send(say(part, buttons=rows), key="k")
            connector.edit("1", say(part[:4000] + "!", buttons=rows))
    assert [said for said in fake.refusals if "not modified" not in said] == []
    for request in fake.requests:
        assert "parse_mode" not in request.json()


def test_nothing_to_say_is_refused_before_the_call(connector, fake):
    for text in ("", "  \n", "\x00"):
        with pytest.raises(InvalidRequest):
            connector.send(say(text), key="k")
    assert fake.requests == []


def test_a_file_goes_as_a_form_with_its_name(connector, fake):
    file = OutboundFile("document", 'до"говор.pdf', "application/pdf", b"%PDF-1.7 \r\n--x")

    connector.send(say("", file=file), key="k")

    document = fake.sent_to(1001)[0]["document"]
    assert fake.files[document["file_id"]][0] == b"%PDF-1.7 \r\n--x"
    assert document["file_name"].endswith("говор.pdf")


def test_a_phone_is_asked_for_with_a_key_of_the_keyboard(connector, fake):
    connector.send(say("Телефон?", buttons=((Button("Отправить", data=ASK_PHONE),),)), key="k")

    key = fake.sent_to(1001)[0]["reply_markup"]["keyboard"][0][0]
    assert key == {"text": "Отправить", "request_contact": True}


def test_a_quote_survives_a_message_that_is_gone(connector, fake):
    connector.send(say("Да", reply_to="77"), key="k")

    body = json.loads(fake.requests[0].body)
    assert body["reply_parameters"] == {"message_id": 77, "allow_sending_without_reply": True}


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("429", RateLimited),
        ("500", TransientError),
        ("502", TransientError),
        ("no_connection", TransientError),
        ("timeout", AmbiguousError),
        ("lost_answer", AmbiguousError),
        ("html", AmbiguousError),
        ("empty", AmbiguousError),
        ("truncated", AmbiguousError),
    ],
)
def test_each_failure_has_its_class(connector, fake, fault, error):
    fake.fail_next(fault, retry_after=11)

    with pytest.raises(error) as caught:
        connector.send(say("Здравствуйте"), key="k")

    assert type(caught.value) is error
    if fault == "429":
        assert caught.value.retry_after == 11
    assert fake.token not in str(caught.value)


def test_who_is_gone_and_who_has_moved(connector, fake):
    fake.blocks(1001)
    with pytest.raises(RecipientGone) as gone:
        connector.send(say("а"), key="k")
    assert gone.value.reason == "blocked"
    fake.blocks(1001, "user is deactivated")
    with pytest.raises(RecipientGone) as gone:
        connector.send(say("а"), key="k")
    assert gone.value.reason == "deactivated"
    fake.unblocks(1001)
    fake.chats[1001]["moved_to"] = -100
    with pytest.raises(RecipientMoved) as moved:
        connector.send(say("а"), key="k")
    assert moved.value.chat_id == "-100"
    with pytest.raises(RecipientGone):
        connector.send(OutboundMessage("999", "а"), key="k")


def test_a_wrong_token_is_a_matter_for_the_administrator(fake):
    with pytest.raises(AuthFailed):
        connected(fake, "7000000001:" + "B" * 35).send(say("а"), key="k")


def test_an_edit_that_says_the_same_or_comes_too_late_is_no_failure(connector, fake):
    connector.send(say("а"), key="k")

    connector.edit("1", say("а"))
    connector.edit("99", say("б"))
    connector.edit("1", say("в"))

    assert fake.sent_to(1001)[0]["text"] == "в"


def test_a_file_is_fetched_within_its_limit(connector, fake):
    fake.keeps_file("f1", b"x" * 100, "photos/1.jpg")

    assert connector.fetch_file("f1", max_bytes=100).content == b"x" * 100
    with pytest.raises(PermanentError):
        connector.fetch_file("f1", max_bytes=99)
    with pytest.raises(PermanentError):
        connector.fetch_file("unknown", max_bytes=100)


def update(**content):
    person = {"id": 5, "is_bot": False, "first_name": "А\x00", "last_name": "Б"}
    chat = {"id": 5, "type": "private"}
    message = {"message_id": 3, "date": 1_700_000_000, "chat": chat, "from": person, **content}
    return {"update_id": 9, "message": message}


def parsed(content):
    return TelegramConnector(TelegramConfig("1:a")).parse(json.dumps(content))


def test_a_message_in_our_words():
    (message,) = parsed(update(text="При\x00вет", reply_to_message={"message_id": 2},
                               media_group_id="g"))  # fmt: skip

    assert isinstance(message, InboundMessage)
    assert (message.text, message.external_id, message.chat_id) == ("Привет", "3", "5")
    assert (message.sender.external_id, message.sender.name) == ("5", "А Б")
    assert (message.reply_to, message.album) == ("2", "g")
    assert message.sent_at.isoformat() == "2023-11-14T22:13:20+00:00"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"animation": {"file_id": "f"}, "document": {"file_id": "d"}}, "video"),
        ({"video_note": {"file_id": "f"}}, "video"),
        ({"audio": {"file_id": "f"}}, "audio"),
        ({"venue": {"location": {"latitude": 1, "longitude": 2}, "title": "Т"}}, "location"),
        ({"contact": {"phone_number": "+7", "first_name": "А"}}, "contact"),
    ],
)
def test_kinds_of_content(content, kind):
    (message,) = parsed(update(**content))

    assert [one.kind for one in message.attachments] == [kind]


def test_what_has_no_words_for_us_still_counts():
    (message,) = parsed(update(poll={"id": "1"}))
    assert (message.text, message.attachments) == ("", ())


@pytest.mark.parametrize(
    "content",
    [
        update(pinned_message={"message_id": 1}),
        {"update_id": 1, "channel_post": {"chat": {"id": 1}}},
        {"update_id": 1},
        update(text="в группе", chat={"id": -5, "type": "group"}),
    ],
)
def test_what_is_no_talk_of_two_gives_nothing(content):
    assert list(parsed(content)) == []


def test_an_edit_in_our_words():
    content = {"update_id": 1, "edited_message": {**update(caption="б")["message"], "edit_date": 9}}
    (edit,) = parsed(content)
    assert isinstance(edit, InboundEdit)
    assert (edit.text, edit.external_id) == ("б", "3")


@pytest.mark.parametrize("body", ["[]", "x", '{"message": {"chat": 5}}'])
def test_a_broken_update_is_named(body):
    with pytest.raises(UnreadableEvent):
        TelegramConnector(TelegramConfig("1:a")).parse(body)


def test_an_update_becomes_a_row_in_the_line_of_its_chat():
    row = event_of(update(text="а"))
    assert (row.external_id, row.ordering_key) == ("9", "5")
    press = {"update_id": 4, "callback_query": {"from": {"id": 7}, "message": {"chat": {"id": 8}}}}
    assert event_of(press).ordering_key == "8"
    assert event_of({"update_id": 4, "poll": {}}).ordering_key == "other"


@pytest.mark.parametrize("secret", ["", "wrong", "secret "])
def test_a_wrong_secret_is_rejected(secret):
    headers = {"x-telegram-bot-api-secret-token": secret}
    with pytest.raises(Rejected):
        TelegramWebhook(["secret"]).verify(WebhookRequest("", headers, b"{}"))
    with pytest.raises(Rejected):
        TelegramWebhook([]).verify(WebhookRequest("", headers, b"{}"))


def test_both_secrets_are_good_while_one_is_changed():
    for secret in ("new", "old"):
        headers = {"x-telegram-bot-api-secret-token": secret}
        TelegramWebhook(["new", "old"]).verify(WebhookRequest("", headers, b"{}"))


def test_the_token_is_not_in_the_words_of_the_configuration():
    assert "secret" not in repr(TelegramConfig("1:secret"))
