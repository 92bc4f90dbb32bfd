"""The conversation page: what a manager sees, says, and who speaks after that."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chat.models import AiSuggestion, Conversation, Message
from chat.panels import conversation_badges
from chat.selectors import thread, waiting_draft
from chat.services.drafts import reject_draft, send_draft
from chat.services.outbound import send_reply
from chat.tests.factories import write
from common.errors import Conflict
from integrations.models import OutboxMessage
from leads.models import LeadFact, LeadHistory
from live.models import LiveEvent

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}
KEY = "0123456789abcdef"
Author, Delivery, Mode = Message.Author, Message.Delivery, Conversation.Mode


def _staff(*rights: str, name: str = "aigul") -> User:
    user = User.objects.create_user(name, password="x", is_staff=True, first_name="Айгуль")
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user


@pytest.fixture
def manager() -> User:
    return _staff("view_conversation", "change_conversation", "view_lead")


@pytest.fixture
def desk(client: Browser, manager: User) -> Browser:
    client.force_login(manager)
    return client


@pytest.fixture
def talk() -> Conversation:
    return write("Здравствуйте, сколько стоит Вьетнам?")


def _url(name: str, talk: Conversation) -> str:
    return reverse(f"admin:chat_conversation_{name}", args=[talk.pk])


def _reply(desk: Browser, talk: Conversation, text: str, key: str = KEY) -> Any:
    return desk.post(_url("reply", talk), {"text": text, "client_key": key}, **JSON)


def _draft(talk: Conversation, text: str = "Черновик ответа") -> AiSuggestion:
    question = talk.messages.filter(author=Author.CUSTOMER).latest("pk")
    return AiSuggestion.objects.create(
        conversation=talk,
        answers=question,
        provider="rules",
        intent="tour_request",
        confidence=0.9,
        text=text,
        outcome=AiSuggestion.Outcome.DRAFT,
    )


def _say(talk: Conversation, count: int) -> list[Message]:
    return Message.objects.bulk_create(
        Message(
            conversation=talk,
            author=Author.CUSTOMER,
            text=f"сообщение {number}",
            delivery=Delivery.RECEIVED,
        )
        for number in range(count)
    )


# --- reading ---


def test_the_page_shows_words_facts_with_quotes_and_history(
    desk: Browser, talk: Conversation
) -> None:
    LeadFact.objects.create(lead=talk.lead, name="countries", value=["VN"], quote="Вьетнам")
    LeadFact.objects.create(lead=talk.lead, name="budget_max", value=900000, quote="до 900 тысяч")
    LeadFact.objects.create(lead=talk.lead, name="currency", value="KZT", quote="")
    LeadFact.objects.create(lead=talk.lead, name="children", value=1, quote="ребёнок 6 лет")
    LeadFact.objects.create(lead=talk.lead, name="children_ages", value=[6], quote="ребёнок 6 лет")

    html = desk.get(_url("thread", talk)).content.decode()

    assert "сколько стоит Вьетнам?" in html
    assert "<q>до 900 тысяч</q>" in html
    assert html.count("<q>ребёнок 6 лет</q>") == 1
    assert "Новый запрос" in html


@pytest.mark.parametrize("value", ["", "вчера", {"a": 1}, [[]], -1, "9" * 400])
@pytest.mark.parametrize("name", ["countries", "date_from", "budget_max", "children_ages", "new"])
def test_a_fact_of_an_unexpected_shape_never_breaks_the_page(
    desk: Browser, talk: Conversation, name: str, value: Any
) -> None:
    LeadFact.objects.create(lead=talk.lead, name=name, value=value)

    assert desk.get(_url("thread", talk)).status_code == 200


def test_markup_in_words_names_and_quotes_stays_harmless(desk: Browser) -> None:
    attack = '"><script>alert(1)</script>'
    talk = write("привет")
    Message.objects.update(text=attack)
    Conversation.objects.update(last_text=attack)
    talk.client.name = attack
    talk.client.save()
    LeadFact.objects.create(lead=talk.lead, name="meal", value=attack, quote=attack)
    _draft(talk, attack)

    page = desk.get(_url("thread", talk)).content.decode()
    update = desk.get(_url("updates", talk)).json()

    assert "<script>alert" not in page
    assert "<script>alert" not in str(update)


def test_fifty_messages_at_first_and_the_earlier_ones_on_demand(
    desk: Browser, talk: Conversation
) -> None:
    _say(talk, 120)

    first = thread(talk.pk)
    earlier = desk.get(_url("earlier", talk), {"before": first.messages[0].pk})

    assert len(first.messages) == 50
    assert first.has_earlier
    assert earlier.content.count(b"<article") == 50
    assert b"data-earlier" in earlier.content
    assert b"<html" not in earlier.content


@pytest.mark.parametrize("before", ["", "abc", "²", "9" * 30])
def test_earlier_messages_need_a_number(desk: Browser, talk: Conversation, before: str) -> None:
    assert desk.get(_url("earlier", talk), {"before": before}).status_code == 404


def test_updates_bring_new_and_changed_messages_of_this_talk_only(
    desk: Browser, talk: Conversation
) -> None:
    first = talk.messages.get()
    [new] = _say(talk, 1)
    foreign = write("чужое", chat_id="chat-2").messages.get()

    asked = {"after": first.pk, "changed": [first.pk, foreign.pk, "x"]}
    update = desk.get(_url("updates", talk), asked).json()

    assert [message["id"] for message in update["messages"]] == [first.pk, new.pk]
    assert set(update["parts"]) == {"head", "state", "draft", "side"}


def test_the_number_of_queries_does_not_grow_with_the_messages(
    desk: Browser, talk: Conversation
) -> None:
    send_reply(talk.pk, "раз", user=_staff(name="other"), client_key="key-00000")
    with CaptureQueriesContext(connection) as few:
        desk.get(_url("thread", talk))
    _say(talk, 40)
    for number in range(10):
        write("привет", chat_id=f"chat-{number + 10}")

    with CaptureQueriesContext(connection) as many:
        desk.get(_url("thread", talk))

    assert len(many) == len(few)


def test_a_failed_message_says_why(desk: Browser, talk: Conversation, manager: User) -> None:
    message = send_reply(talk.pk, "раз", user=manager, client_key="key-00000")
    Message.objects.filter(pk=message.pk).update(
        delivery=Delivery.FAILED, delivery_error="Клиент заблокировал бота."
    )

    assert "Клиент заблокировал бота." in desk.get(_url("thread", talk)).content.decode()


def test_an_unknown_conversation_is_not_found(desk: Browser) -> None:
    for name in ("thread", "updates", "earlier"):
        url = reverse(f"admin:chat_conversation_{name}", args=[999_999])
        assert desk.get(url, {"before": "1"}).status_code == 404


# --- answering ---


def test_a_reply_silences_the_bot_and_takes_the_lead(
    desk: Browser, talk: Conversation, manager: User
) -> None:
    answer = _reply(desk, talk, "Здравствуйте, я Айгуль.")

    talk.refresh_from_db()
    message = Message.objects.get(pk=answer.json()["message"])
    assert (message.author, message.user, message.text) == (
        Author.STAFF,
        manager,
        "Здравствуйте, я Айгуль.",
    )
    assert talk.mode == Mode.HUMAN
    assert talk.unanswered_since is None
    assert talk.lead.assignee == manager
    assert OutboxMessage.objects.filter(payload__message=message.pk).count() == 1


def test_a_double_submit_is_one_message(desk: Browser, talk: Conversation) -> None:
    first, second = (_reply(desk, talk, "Один раз").json() for _ in range(2))

    assert first == second
    assert talk.messages.filter(author=Author.STAFF).count() == 1


def test_without_script_the_form_sends_and_comes_back(desk: Browser, talk: Conversation) -> None:
    form = {"text": "Без скрипта", "client_key": KEY}

    answer = desk.post(_url("reply", talk), form)

    assert answer.status_code == 302
    assert answer["Location"] == _url("thread", talk)
    assert talk.messages.filter(author=Author.STAFF).count() == 1


@pytest.mark.parametrize("text", ["", "   ", "я" * 4001])
def test_a_refused_text_changes_nothing_and_is_kept_in_the_field(
    desk: Browser, talk: Conversation, text: str
) -> None:
    by_script = _reply(desk, talk, text)
    by_form = desk.post(_url("reply", talk), {"text": text, "client_key": KEY})

    assert (by_script.status_code, by_form.status_code) == (400, 400)
    assert by_script.json()["detail"]
    assert text in by_form.content.decode()
    assert talk.messages.count() == 1
    talk.refresh_from_db()
    assert talk.mode == Mode.BOT


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "with space 123", "ключ-ключ"])
def test_a_key_that_is_not_ours_is_refused(desk: Browser, talk: Conversation, key: str) -> None:
    assert _reply(desk, talk, "Привет", key).status_code == 400
    assert talk.messages.count() == 1


# --- who speaks ---


@pytest.mark.parametrize("mode", Mode.values)
def test_the_switch_sets_who_speaks(desk: Browser, talk: Conversation, mode: str) -> None:
    answer = desk.post(_url("mode", talk), {"mode": mode}, **JSON)

    talk.refresh_from_db()
    assert answer.status_code == 200
    assert talk.mode == mode


def test_switching_leaves_a_trace_and_tells_open_pages(
    desk: Browser, talk: Conversation, manager: User
) -> None:
    desk.post(_url("mode", talk), {"mode": "human"})

    row = LeadHistory.objects.get(lead=talk.lead, kind="mode")
    assert (row.before, row.after, row.actor) == ("bot", "human", manager)
    assert LiveEvent.objects.filter(kind="conversation.mode", stream="staff").count() == 1


def test_an_unknown_mode_is_refused(desk: Browser, talk: Conversation) -> None:
    assert desk.post(_url("mode", talk), {"mode": "robot"}, **JSON).status_code == 400
    talk.refresh_from_db()
    assert talk.mode == Mode.BOT


# --- drafts ---


def test_a_draft_is_sent_in_the_managers_name_and_the_mode_stays(
    desk: Browser, talk: Conversation, manager: User
) -> None:
    Conversation.objects.update(mode=Mode.DRAFTS)
    draft = _draft(talk)

    form = {"suggestion": draft.pk, "action": "send"}
    answer = desk.post(_url("draft", talk), form, **JSON)

    assert answer.status_code == 200
    message = talk.messages.get(author=Author.STAFF)
    assert (message.text, message.user) == (draft.text, manager)
    draft.refresh_from_db()
    talk.refresh_from_db()
    talk.lead.refresh_from_db()
    assert draft.outcome == "sent"
    assert talk.mode == Mode.DRAFTS
    assert talk.unanswered_since is None
    assert talk.lead.stage_id == "consultation"


def test_sending_a_draft_twice_is_one_message(talk: Conversation, manager: User) -> None:
    draft = _draft(talk)

    first, second = (send_draft(draft.pk, user=manager) for _ in range(2))

    assert first.pk == second.pk
    assert talk.messages.filter(author=Author.STAFF).count() == 1
    assert OutboxMessage.objects.filter(topic="chat.send_message").count() == 1


def test_a_rejected_draft_is_not_sent(talk: Conversation, manager: User) -> None:
    draft = _draft(talk)
    reject_draft(draft.pk, user=manager)
    reject_draft(draft.pk, user=manager)

    with pytest.raises(Conflict):
        send_draft(draft.pk, user=manager)

    talk.refresh_from_db()
    assert talk.messages.count() == 1
    assert talk.unanswered_since is not None


def test_a_sent_draft_can_not_be_rejected(talk: Conversation, manager: User) -> None:
    draft = _draft(talk)
    send_draft(draft.pk, user=manager)

    with pytest.raises(Conflict):
        reject_draft(draft.pk, user=manager)

    draft.refresh_from_db()
    assert draft.outcome == "sent"


def test_a_draft_is_not_sent_after_somebody_has_answered(
    desk: Browser, talk: Conversation, manager: User
) -> None:
    draft = _draft(talk)
    send_reply(talk.pk, "Уже ответила", user=manager, client_key="key-00000")

    form = {"suggestion": draft.pk, "action": "send"}
    answer = desk.post(_url("draft", talk), form, **JSON)

    assert answer.status_code == 409
    assert answer.json()["code"] == "overtaken"
    assert waiting_draft(talk.pk) is None
    assert talk.messages.filter(author=Author.STAFF).count() == 1


def test_a_draft_for_older_words_is_no_longer_shown(talk: Conversation) -> None:
    draft = _draft(talk)
    assert waiting_draft(talk.pk) == draft

    write("И ещё вопрос")

    assert waiting_draft(talk.pk) is None


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"action": "send"}, 404),
        ({"suggestion": "x", "action": "send"}, 404),
        ({"suggestion": "999999", "action": "send"}, 404),
    ],
)
def test_an_unknown_draft_is_not_found(
    desk: Browser, talk: Conversation, form: dict[str, str], status: int
) -> None:
    assert desk.post(_url("draft", talk), form, **JSON).status_code == status


def test_a_draft_of_another_conversation_is_not_found(desk: Browser, talk: Conversation) -> None:
    foreign = _draft(write("чужое", chat_id="chat-2"))

    form = {"suggestion": foreign.pk, "action": "send"}

    assert desk.post(_url("draft", talk), form, **JSON).status_code == 404
    foreign.refresh_from_db()
    assert foreign.outcome == "draft"


def test_an_unknown_action_is_refused(desk: Browser, talk: Conversation) -> None:
    draft = _draft(talk)

    form = {"suggestion": draft.pk, "action": "burn"}

    assert desk.post(_url("draft", talk), form, **JSON).status_code == 400


# --- rights ---


@pytest.mark.parametrize("name", ["thread", "earlier", "updates"])
def test_without_the_right_nothing_is_shown(client: Browser, talk: Conversation, name: str) -> None:
    client.force_login(_staff("view_lead"))

    assert client.get(_url(name, talk)).status_code == 403


@pytest.mark.parametrize("name", ["reply", "mode", "draft"])
def test_reading_is_not_answering(client: Browser, talk: Conversation, name: str) -> None:
    client.force_login(_staff("view_conversation"))
    form = {"text": "Привет", "client_key": KEY, "mode": "human", "suggestion": _draft(talk).pk}

    assert client.post(_url(name, talk), form).status_code == 403

    talk.refresh_from_db()
    assert talk.mode == Mode.BOT
    assert talk.messages.count() == 1
    page = client.get(_url("thread", talk)).content
    assert b"data-composer" not in page
    assert b"data-mode-form" not in page
    assert b"data-draft-form" not in page


# --- what the board learns ---


def test_the_badge_is_the_longest_waiting_talk_in_one_query(
    talk: Conversation, django_assert_num_queries: Any
) -> None:
    newer = Conversation.objects.create(
        account=talk.account,
        external_id="chat-other",
        client=talk.client,
        lead=talk.lead,
        last_message_at=timezone.now(),
    )

    with django_assert_num_queries(1):
        badges = conversation_badges([talk.lead_id, 999_999])

    assert list(badges) == [talk.lead_id]
    assert badges[talk.lead_id].watch == f"conversation:{talk.pk}"
    Conversation.objects.filter(pk=talk.pk).update(unanswered_since=None)
    assert conversation_badges([talk.lead_id])[talk.lead_id].watch == f"conversation:{newer.pk}"
