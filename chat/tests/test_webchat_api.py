import json

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from chat.api.webchat import OpenThrottle
from chat.models import Conversation, Message
from chat.services.outbound import send_reply
from integrations.accounts import webchat_account
from integrations.models import InboxEvent
from leads.models import Client, Lead

pytestmark = pytest.mark.django_db
SESSION, MESSAGES = "/api/v1/webchat/session/", "/api/v1/webchat/messages/"
RTL = "\u202e"


@pytest.fixture
def token(client):
    answer = client.post(SESSION)
    assert answer.status_code == 201
    return answer.json()["token"]


def post(client, token, body, **extra):
    raw = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(
        MESSAGES,
        raw,
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
        **extra,
    )


def read(client, token, after=0):
    return client.get(MESSAGES, {"after": after}, headers={"Authorization": f"Bearer {token}"})


def test_opening_a_session_stores_nothing(client, token):
    assert len(token) == 32 + 1 + 32
    assert Conversation.objects.count() == Client.objects.count() == 0
    assert read(client, token).json()["messages"] == []


def test_tokens_differ(client):
    tokens = {client.post(SESSION).json()["token"] for _ in range(20)}
    assert len(tokens) == 20


def test_a_message_is_in_the_inbox_before_anything_else_happens(client, token):
    answer = post(client, token, {"client_id": "message-1", "text": "Здравствуйте"})

    assert answer.status_code == 202
    assert answer.json() == {"client_id": "message-1", "status": "accepted"}
    event = InboxEvent.objects.get()
    assert (event.status, event.external_id) == ("pending", f"{token[:32]}:message-1")
    assert json.loads(event.body)["text"] == "Здравствуйте"
    assert Message.objects.count() == 0


def test_the_customer_reads_own_words_and_the_answer(
    client, token, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        post(client, token, {"client_id": "message-1", "text": "Здравствуйте"})

    own, answer = read(client, token).json()["messages"]
    assert (own["author"], own["client_id"], own["text"]) == (
        "customer",
        "message-1",
        "Здравствуйте",
    )
    assert (answer["author"], answer["client_id"]) == ("bot", None)
    assert read(client, token, after=own["id"]).json()["messages"] == [answer]


def test_the_same_message_ten_times_is_one(client, token, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        codes = {
            post(client, token, {"client_id": "message-1", "text": "Привет"}).status_code
            for _ in range(10)
        }

    assert codes == {202}
    assert InboxEvent.objects.count() == 1
    assert Message.objects.filter(author="customer").count() == 1
    assert Message.objects.filter(author="bot").count() == 1


def test_one_client_and_one_lead_for_one_browser(client, token, django_capture_on_commit_callbacks):
    for number in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            post(client, token, {"client_id": f"message-{number}", "text": f"Привет {number}"})

    assert Client.objects.count() == Lead.objects.count() == Conversation.objects.count() == 1
    assert Conversation.objects.get().lead == Lead.objects.get()


def test_another_browser_sees_nothing_of_it(client, token, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        post(client, token, {"client_id": "message-1", "text": "Секрет"})

    stranger = client.post(SESSION).json()["token"]

    assert read(client, stranger).json()["messages"] == []


def test_an_unsent_answer_is_not_shown_yet(
    client, token, admin_user, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        post(client, token, {"client_id": "message-1", "text": "Привет"})
    before = read(client, token).json()["messages"]

    reply = send_reply(
        Conversation.objects.get().pk, "Добрый день", user=admin_user, client_key="k"
    )

    assert read(client, token).json()["messages"] == before
    Message.objects.filter(pk=reply.pk).update(delivery="sent")
    assert read(client, token).json()["messages"][-1]["text"] == "Добрый день"


GOOD = {"client_id": "message-1", "text": "Привет"}
BAD_BODIES = {
    "not json": ("{", 400, "parse_error"),
    "not utf-8": (b"\xff\xfe{", 400, "parse_error"),
    "empty": ("", 400, "required"),
    "a list": ("[1]", 400, "parse_error"),
    "a number": ("5", 400, "parse_error"),
    "deep": ("[" * 30_000, 400, "parse_error"),
    "no text": ({"client_id": "message-1"}, 400, "required"),
    "no id": ({"text": "Привет"}, 400, "required"),
    "text is a number": (GOOD | {"text": 5}, 400, "not_text"),
    "text is null": (GOOD | {"text": None}, 400, "not_text"),
    "text is a list": (GOOD | {"text": ["Привет"]}, 400, "not_text"),
    "id is a number": (GOOD | {"client_id": 12345678}, 400, "not_text"),
    "id has markup": (GOOD | {"client_id": "<script>alert(1)</script>"}, 400, "invalid"),
    "id is short": (GOOD | {"client_id": "a"}, 400, "invalid"),
    "id with a newline": (GOOD | {"client_id": "message-1\n"}, 400, "invalid"),
    "empty text": (GOOD | {"text": " \n "}, 400, "empty"),
    "too long": (GOOD | {"text": "а" * 4001}, 400, "too_long"),
    "null byte": (GOOD | {"text": "а\x00б"}, 400, "null_characters_not_allowed"),
    "lone surrogate": (
        '{"client_id": "message-1", "text": "\\ud800"}',
        400,
        "surrogate_characters_not_allowed",
    ),
    "reversed": (GOOD | {"text": f"счёт{RTL}gpj.exe"}, 400, "control_characters"),
    "script": (GOOD | {"text": "<script>alert(1)</script>"}, 400, "markup"),
    "one megabyte": (GOOD | {"text": "а" * 1_000_000}, 413, "too_large"),
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_bad_input_is_refused_with_a_code_and_a_sentence(client, token, name):
    body, status, code = BAD_BODIES[name]

    answer = post(client, token, body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert len(answer.json()["detail"]) > 10
    assert InboxEvent.objects.count() == 0


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", "Bearer " + "0" * 65, "Basic YTpi", "Bearer \xff\xfe"]
)
def test_an_unknown_token_is_refused(client, header):
    answer = client.post(
        MESSAGES, json.dumps(GOOD), content_type="application/json", HTTP_AUTHORIZATION=header
    )

    assert answer.status_code == 401
    assert answer.json()["code"] in ("no_token", "unknown_token")
    assert answer["WWW-Authenticate"] == "Bearer"
    assert InboxEvent.objects.count() == 0


def test_a_token_of_another_key_is_refused_and_a_kept_old_key_works(client, token):
    account = webchat_account()
    old = account.secrets["token_keys"]
    account.secrets = {"token_keys": ["f" * 64, *old]}
    account.save()
    assert post(client, token, GOOD).status_code == 202

    account.secrets = {"token_keys": ["f" * 64]}
    account.save()
    assert post(client, token, GOOD).status_code == 401


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "9" * 30, "٣"])
def test_a_bad_place_to_read_from_is_refused(client, token, after):
    assert read(client, token, after=after).status_code == 400


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(client, token, method):
    answer = getattr(client, method)(MESSAGES, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"


def test_another_content_type_is_refused(client, token):
    answer = client.post(
        MESSAGES, "text=hi", content_type="text/plain", headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 415


def test_a_flood_of_one_session_is_slowed_down(client, token):
    codes = [
        post(client, token, {"client_id": f"message-{n}", "text": "Привет"}).status_code
        for n in range(31)
    ]

    assert codes == [202] * 30 + [429]
    other = client.post(SESSION).json()["token"]
    assert post(client, other, GOOD).status_code == 202


def test_too_many_sessions_from_one_address_are_slowed_down(client, monkeypatch):
    monkeypatch.setattr(OpenThrottle, "rate", "20/min", raising=False)
    codes = [client.post(SESSION).status_code for _ in range(21)]

    assert codes[-2:] == [201, 429]
    answer = client.post(SESSION)
    assert int(answer["Retry-After"]) >= 1
    assert answer.json()["code"] == "throttled"


def test_direction_marks_of_a_copied_phone_are_dropped(client, token):
    post(client, token, GOOD | {"text": "\u202a+7 701 222-33-44\u202c"})

    assert json.loads(InboxEvent.objects.get().body)["text"] == "+7 701 222-33-44"


def test_angle_brackets_of_ordinary_people_are_kept(client, token):
    assert post(client, token, GOOD | {"text": "я <3 море, бюджет < 1000$"}).status_code == 202


def test_the_stream_is_refused_without_a_token_and_before_the_first_message(client, token):
    assert client.get("/api/v1/webchat/events/").status_code == 401
    answer = client.get("/api/v1/webchat/events/", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (404, "no_messages_yet")


def test_without_asgi_the_page_is_told_to_poll(client, token, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        post(client, token, GOOD)

    answer = client.get("/api/v1/webchat/events/", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 204


class HostileBodies(TestCase):
    """Whatever comes, the answer is a 2xx or a 4xx with a code, and a refusal stores nothing."""

    @given(
        body=st.one_of(
            st.binary(max_size=300),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=60),
                lambda inner: (
                    st.lists(inner, max_size=4)
                    | st.dictionaries(
                        st.sampled_from(["text", "client_id", "x"]), inner, max_size=4
                    )
                ),
                max_leaves=12,
            ).map(lambda value: json.dumps(value).encode()),
            st.text(max_size=400).map(
                lambda text: json.dumps({"client_id": "message-1", "text": text}).encode()
            ),
        )
    )
    @settings(
        max_examples=300, deadline=None, suppress_health_check=[HealthCheck.differing_executors]
    )
    def test_no_body_breaks_the_server(self, body):
        browser = Browser()
        cache.clear()  # the throttles count over all examples otherwise
        token = browser.post(SESSION).json()["token"]
        before = InboxEvent.objects.count()

        answer = post(browser, token, body)

        assert answer.status_code in (202, 400, 413)
        if answer.status_code != 202:
            assert answer.json()["code"]
            assert InboxEvent.objects.count() == before
