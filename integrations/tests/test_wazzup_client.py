"""The client against the fake server: what it sends, what it makes of every kind of answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from integrations.channels.wazzup import errors
from integrations.channels.wazzup.client import WazzupClient, WazzupConfig
from integrations.channels.wazzup.errors import ChannelDown, Refused, SidecarKey
from integrations.fakes.base import FakeRequest, as_transport
from integrations.fakes.wazzup import FakeWazzup
from integrations.transport.errors import (
    AmbiguousError,
    AuthFailed,
    ConnectorError,
    InvalidRequest,
    RateLimited,
    RecipientGone,
    TransientError,
)

PHONE = "77010000001"


@pytest.fixture
def fake() -> FakeWazzup:
    return FakeWazzup()


@pytest.fixture
def client(fake: FakeWazzup) -> WazzupClient:
    return WazzupClient(WazzupConfig(fake.key), as_transport(fake))


def words(channel_id: str, **changes: Any) -> dict[str, Any]:
    body = {"channelId": channel_id, "chatType": "whatsapp", "chatId": PHONE, "text": "Привет"}
    return body | changes


def test_a_message_is_accepted_with_its_ids(fake: FakeWazzup, client: WazzupClient) -> None:
    channel = fake.add_channel("whatsapp", "77270000000")

    sent = client.send(words(channel, crmMessageId="row-1"))

    assert [sent.message_id, sent.chat_id] == [fake.sent[0]["messageId"], PHONE]
    assert fake.requests[0].headers["authorization"] == f"Bearer {fake.key}"
    assert fake.requests[0].path == "/v3/message"


def test_the_chat_id_of_a_telegram_is_learnt_from_the_answer(
    fake: FakeWazzup, client: WazzupClient
) -> None:
    channel = fake.add_channel("tgapi", "77270000000")
    body = {"channelId": channel, "chatType": "telegram", "phone": PHONE, "text": "Привет"}

    assert client.send(body).chat_id.startswith("guid-")


@pytest.mark.parametrize("spelling", ["REPEATED_CRM_MESSAGE_ID", "repeatedCrmMessageId"])
def test_a_repeat_within_a_minute_is_recognised_in_both_spellings(
    spelling: str,
) -> None:
    moment = [1000.0]
    fake = FakeWazzup(now=lambda: moment[0])
    fake.duplicate_code = spelling
    client = WazzupClient(WazzupConfig(fake.key), as_transport(fake))
    channel = fake.add_channel("whatsapp", "77270000000")
    client.send(words(channel, crmMessageId="row-1"))

    moment[0] += 59
    with pytest.raises(Refused) as refused:
        client.send(words(channel, crmMessageId="row-1"))
    moment[0] += 2
    client.send(words(channel, crmMessageId="row-1"))

    assert refused.value.code == errors.DUPLICATE
    assert len(fake.sent) == 2


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("no_connection", TransientError),
        ("timeout", AmbiguousError),
        ("lost_answer", AmbiguousError),
        ("429", RateLimited),
        ("500", AmbiguousError),
        ("503", AmbiguousError),
        ("accepted_500", AmbiguousError),
        ("401", AuthFailed),
        ("302", ConnectorError),
    ],
)
def test_each_failure_of_sending_has_its_place_in_the_family(
    fake: FakeWazzup, client: WazzupClient, fault: str, expected: type[ConnectorError]
) -> None:
    channel = fake.add_channel("whatsapp", "77270000000")
    fake.fail_next(fault)

    with pytest.raises(expected) as failure:
        client.send(words(channel))

    assert fake.key not in str(failure.value)
    assert PHONE not in str(failure.value)


@pytest.mark.parametrize("fault", ["accepted_empty", "html", "empty", "truncated"])
def test_a_success_without_a_readable_body_is_a_success(
    fake: FakeWazzup, client: WazzupClient, fault: str
) -> None:
    channel = fake.add_channel("whatsapp", "77270000000")
    fake.fail_next(fault)

    assert client.send(words(channel)).message_id == ""


@pytest.mark.parametrize(
    ("change", "expected", "sentence"),
    [
        ({"channelId": "none"}, ChannelDown, errors.CHANNEL_DOWN),
        ({"chatType": "instagram"}, Refused, errors.UNKNOWN),
        ({"contentUri": "https://a/b.jpg"}, Refused, errors.UNKNOWN),
        ({"text": ""}, Refused, errors.UNKNOWN),
        ({"templateId": "none", "text": ""}, Refused, errors.TEMPLATE_REFUSED),
    ],
)
def test_refusals_say_in_words_what_to_do(
    fake: FakeWazzup,
    client: WazzupClient,
    change: dict[str, str],
    expected: type[ConnectorError],
    sentence: str,
) -> None:
    channel = fake.add_channel("whatsapp", "77270000000")

    with pytest.raises(expected) as refused:
        client.send(words(channel) | change)

    assert str(refused.value).startswith(sentence)
    assert fake.sent == []


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("24_HOURS_EXCEEDED", errors.WINDOW_OVER),
        ("MESSAGES_TOO_LONG_INSTAGRAM", errors.TOO_LONG),
        ("MESSAGES_CONTENT_SIZE_EXCEEDED_WABA", errors.TOO_BIG),
        ("MESSAGES_UNSUPPORTED_CONTENT_TYPE_INSTAPI", errors.WRONG_FILE),
        ("BALANCE_IS_EMPTY", errors.NO_MONEY),
        ("BAD_CONTACT", errors.NOBODY),
        ("SOMETHING_NEW", errors.UNKNOWN),
        ("", errors.UNKNOWN),
    ],
)
def test_codes_have_sentences(code: str, sentence: str) -> None:
    assert errors.sentence_of(code) == sentence
    assert errors.sentence_of(code.title().replace("_", "")) == sentence


def test_a_client_who_is_not_there_is_gone() -> None:
    gone = errors.error_of(errors.Refusal(code="badcontact"))
    assert isinstance(gone, RecipientGone)


def test_a_sidecar_key_is_recognised_and_still_sends(
    fake: FakeWazzup, client: WazzupClient
) -> None:
    fake.is_sidecar = True
    channel = fake.add_channel("whatsapp", "77270000000")

    assert client.send(words(channel)).message_id
    assert len(client.channels()) == 1
    for call in (client.users, lambda: list(client.contacts()), lambda: client.delete("x")):
        with pytest.raises(SidecarKey):
            call()


def test_channels_and_templates_are_read_whatever_the_spelling(
    fake: FakeWazzup, client: WazzupClient
) -> None:
    waba = fake.add_channel("wapi", "77270000000", state="openElsewhere")
    for number in range(120):
        fake.add_template(f"Здравствуйте, {{{{1}}}}! №{number}", waba, status="APPROVED")

    (channel,) = client.channels()
    templates = client.templates()

    assert (channel.channel_id, channel.transport, channel.state) == (waba, "wapi", "openelsewhere")
    assert len(templates) == 120
    assert templates[0].status == "approved"
    assert templates[0].channel_ids == (waba,)


def test_webhook_settings_are_read_leniently(fake: FakeWazzup, client: WazzupClient) -> None:
    flags = {"messagesAndStatuses": True, "channelsUpdates": True, "templateStatus": True}

    client.set_webhooks("https://desk.example.com/webhooks/wazzup/1/2/", flags)
    found = client.webhooks()

    assert found.uri == "https://desk.example.com/webhooks/wazzup/1/2/"
    assert found.subscriptions == flags


def test_an_address_that_does_not_answer_the_test_is_refused(
    fake: FakeWazzup, client: WazzupClient
) -> None:
    fake.calls.post = lambda url, headers, body: 403

    with pytest.raises(Refused) as refused:
        client.set_webhooks("https://desk.example.com/", {})

    assert refused.value.code == "testpostnotpassed"
    assert fake.calls.uri == ""


def test_contacts_go_a_hundred_at_a_time_and_each_id_once(
    fake: FakeWazzup, client: WazzupClient
) -> None:
    def contact(number: int, name: str) -> dict[str, Any]:
        data = [{"chatType": "whatsapp", "chatId": PHONE}]
        row = {"id": f"c{number:03d}", "responsibleUserId": "1", "name": name}
        return {**row, "contactData": data}

    contacts = [contact(number, "старое") for number in range(230)]
    client.save_contacts([*contacts, contact(0, "новое")])
    client.save_users([{"id": "1", "name": "Айгуль"}])

    assert [len(json.loads(request.body)) for request in fake.requests] == [100, 100, 30, 1]
    assert fake.records.rows["contacts"]["c000"]["name"] == "новое"
    assert len(list(client.contacts())) == 230
    assert [row["name"] for row in client.users()] == ["Айгуль"]
    client.delete_contacts(["c000", "unknown"])
    assert len(fake.records.rows["contacts"]) == 229


def test_deals_and_the_unanswered_counter(fake: FakeWazzup, client: WazzupClient) -> None:
    deal = {"id": "1", "responsibleUserId": "1", "name": "Вьетнам", "contacts": ["c"], "uri": "u"}
    client.save_deals([{**deal, "closed": False}])
    with pytest.raises(InvalidRequest):
        client.save_deals([deal])
    fake.records.unanswered["17"] = 3

    assert [row["name"] for row in client.deals()] == ["Вьетнам"]
    assert (client.unanswered("17"), client.unanswered("18")) == (3, 0)


def test_messages_are_edited_and_deleted_but_not_on_waba(
    fake: FakeWazzup, client: WazzupClient
) -> None:
    personal, waba = fake.add_channel("whatsapp", "1"), fake.add_channel("wapi", "2")
    mine, fixed = client.send(words(personal)), client.send(words(waba))

    client.edit(mine.message_id, {"text": "Правка"})
    client.delete(mine.message_id)
    for change in (
        lambda: client.edit(fixed.message_id, {"text": "x"}),
        lambda: client.delete(fixed.message_id),
    ):
        with pytest.raises(Refused, match="can't be changed"):
            change()

    assert (fake.sent[0]["text"], fake.sent[0]["isDeleted"]) == ("Правка", True)


def test_every_call_asks_for_leave_first(fake: FakeWazzup) -> None:
    asked: list[int] = []
    client = WazzupClient(WazzupConfig(fake.key), as_transport(fake), lambda: asked.append(1))

    client.channels()
    client.templates()

    assert len(asked) == len(fake.requests) == 2


def test_more_than_the_limit_is_refused_by_the_server(
    fake: FakeWazzup, client: WazzupClient
) -> None:
    fake.limit = 3
    for _ in range(3):
        client.channels()
    with pytest.raises(RateLimited):
        client.channels()


@pytest.mark.parametrize("path", ["/messages", "/chats", "/chats/1/messages", "/channels/1"])
def test_the_fake_has_no_routes_that_do_not_exist(fake: FakeWazzup, path: str) -> None:
    headers = {"authorization": f"Bearer {fake.key}"}
    assert fake.handle(FakeRequest("GET", f"/v3{path}", headers=headers)).status == 404
    assert fake.handle(FakeRequest("GET", "/v3/channels")).status == 401
