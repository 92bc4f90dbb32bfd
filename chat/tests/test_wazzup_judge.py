"""A third party judges: the models of wazzup-pysdk accept what we send and what our fake says."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

import pytest

from chat.models import Conversation
from chat.services.outbound import NewFile, send_reply
from chat.services.templates import send_template
from chat.tests.wazzup import PHONE, Wazzup, work
from chat.wazzup_push import push_directory
from integrations.models import MessageTemplate
from integrations.tasks import look_after_wazzup
from integrations.wazzup.care import want_webhook
from integrations.wazzup.templates import sync_templates
from leads.models import Lead

with warnings.catch_warnings():
    # It imports what pydantic has renamed.
    warnings.simplefilter("ignore")
    schemas = import_module("wazzup_client.public.schemas")
    parse_webhook_payload = import_module("wazzup_client.webhook_events").parse_webhook_payload

pytestmark = pytest.mark.django_db


@pytest.fixture
def wazzup(settings: Any, tmp_path: Any) -> Wazzup:
    settings.MEDIA_ROOT = tmp_path
    return Wazzup("wapi")


def requests_of(wazzup: Wazzup, method: str, path: str) -> list[Any]:
    return [
        request.json()
        for request in wazzup.fake.requests
        if (request.method, request.path) == (method, f"/v3{path}")
    ]


def test_what_we_send_is_accepted(wazzup: Wazzup, django_user_model: Any) -> None:
    user = django_user_model.objects.create_user("aigul", first_name="Айгуль", is_staff=True)
    wazzup.fake.add_template("Здравствуйте, {{1}}!", wazzup.channel_id)
    sync_templates(wazzup.account)
    wazzup.client_writes("Хотим во Вьетнам с 12 января на 10 ночей из Алматы, двое взрослых")
    talk = wazzup.talk
    asked = talk.messages.earliest("pk")
    send_reply(
        talk.pk,
        "Ваучер",
        user=user,
        client_key="key-00001",
        reply_to_id=asked.pk,
        files=[NewFile("v.pdf", b"%PDF-1.4 x")],
    )
    template = MessageTemplate.objects.get()
    send_template(talk.pk, template.pk, ["Анна"], user=user, client_key="key-00002")
    work()

    sent = requests_of(wazzup, "POST", "/message")
    for body in sent:
        schemas.MessageSendRequest.model_validate(body)
        assert set(body) <= set(schemas.MessageSendRequest.model_fields)
    assert [sorted(body.keys() & {"text", "contentUri", "templateId"}) for body in sent] == [
        ["text"], ["text"], ["contentUri"], ["templateId"],
    ]  # fmt: skip


def test_the_address_of_the_calls_is_accepted(wazzup: Wazzup) -> None:
    want_webhook(wazzup.account.pk)
    look_after_wazzup()

    (body,) = requests_of(wazzup, "PATCH", "/webhooks")
    schemas.WebhooksSettings.model_validate(body)
    assert len(body["webhooksUri"]) <= 200


def test_people_and_clients_are_accepted_and_pushed_once(
    wazzup: Wazzup, django_user_model: Any
) -> None:
    django_user_model.objects.create_user("aigul", first_name="Айгуль", is_staff=True)
    wazzup.client_writes("Здравствуйте", name="Анна")

    push_directory()
    push_directory()

    (users,) = requests_of(wazzup, "POST", "/users")
    (contacts,) = requests_of(wazzup, "POST", "/contacts")
    for row in users:
        schemas.User.model_validate(row)
    for row in contacts:
        schemas.Contact.model_validate(row)
    assert [row["name"] for row in contacts] == ["Анна"]
    assert contacts[0]["contactData"] == [{"chatType": "whatsapp", "chatId": PHONE}]

    client = Conversation.objects.get().client
    client.name = "Анна Ким"
    client.save()
    push_directory()
    assert requests_of(wazzup, "POST", "/contacts")[-1][0]["name"] == "Анна Ким"


def test_whoever_has_left_answers_for_nobody_there(wazzup: Wazzup, django_user_model: Any) -> None:
    """Wazzup24 refuses a whole call for one unknown user."""
    here = django_user_model.objects.create_user("aigul", is_staff=True)
    gone = django_user_model.objects.create_user("marat", is_staff=True, is_active=False)
    wazzup.client_writes("Здравствуйте")
    Lead.objects.update(assignee=gone)

    push_directory()

    ((row,),) = requests_of(wazzup, "POST", "/contacts")
    assert row["responsibleUserId"] == str(here.pk)


def test_a_sidecar_key_is_not_asked_for_what_it_can_not(wazzup: Wazzup) -> None:
    wazzup.client_writes("Здравствуйте")
    account = wazzup.account
    account.refresh_from_db()
    account.config["is_sidecar"] = True
    account.save()

    push_directory()

    assert requests_of(wazzup, "POST", "/contacts") == []


def test_what_the_fake_says_is_accepted(wazzup: Wazzup) -> None:
    calls = wazzup.fake.calls
    guid = wazzup.fake.add_template("Здравствуйте, {{1}}!", wazzup.channel_id)
    said = calls.client_writes(wazzup.channel_id, PHONE, "Привет")
    calls.client_writes(wazzup.channel_id, PHONE, "", type="image", contentUri="https://a.kz/a.jpg")
    calls.edited(said, "Привет!")
    calls.deleted(said)
    calls.staff_writes_on_phone(wazzup.channel_id, PHONE, "С телефона")
    calls.status("m", "delivered")
    calls.status("m", "error", "24_HOURS_EXCEEDED")
    calls.channel_goes(wazzup.channel_id, "active", tier="TIER_1K")
    calls.template_goes(guid, "APPROVED")

    kinds = [parse_webhook_payload(body) for body in calls.queue]

    assert all(one.is_typed for one in kinds)
    assert {one.name for one in kinds} == {
        "messages", "statuses", "channelsUpdates", "templateStatus",
    }  # fmt: skip
    for channel in wazzup.fake.channels.values():
        schemas.ChannelItem.model_validate(channel)
