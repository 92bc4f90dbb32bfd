"""Two managers at one chat, kept drafts, canned replies, messages that failed, and search."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chat.delivery import SendMessage
from chat.models import CannedReply, Conversation, Message, ReplyDraft
from chat.selectors import PAGE, last_message_id, thread_around, typing_now
from chat.services.outbound import send_reply
from chat.services.reply_drafts import keep_draft
from chat.services.resend import send_again
from chat.tests.desk import JSON, staff, talk_with, url
from chat.tests.factories import write
from common.errors import Conflict
from integrations.delivery.outbox import cancel_one, outgoing_of
from integrations.models import OutboxMessage
from leads.models import LeadFact
from leads.services import BOT, assign_lead
from live.models import LiveEvent

pytestmark = pytest.mark.django_db
SEARCH = reverse("admin:chat_conversation_search")
Author, Delivery = Message.Author, Message.Delivery


@pytest.fixture
def manager() -> Any:
    return staff()


@pytest.fixture
def marina() -> Any:
    return staff("marina", "view_all_leads", *MANAGER, first_name="Марина")


MANAGER = ("view_conversation", "change_conversation", "view_lead", "change_lead")


@pytest.fixture
def desk(client: Browser, manager: Any) -> Browser:
    client.force_login(manager)
    return client


@pytest.fixture
def talk() -> Conversation:
    return talk_with("Арман", "Сколько стоит Вьетнам?")


def post(desk: Browser, name: str, talk: Conversation, **fields: Any) -> Any:
    return desk.post(url(name, talk), fields, **JSON)


def reply(desk: Browser, talk: Conversation, text: str, key: str, seen: int) -> Any:
    return post(desk, "reply", talk, text=text, client_key=key, seen=seen)


# --- the claim lock ---


def test_two_managers_can_not_both_answer_unknowingly(
    desk: Browser, talk: Conversation, marina: Any
) -> None:
    other = Browser()
    other.force_login(marina)
    seen = last_message_id(talk.pk)

    assert reply(desk, talk, "Отвечаю я", "key-aigul", seen).status_code == 200
    late = reply(other, talk, "И я", "key-marina", seen)

    assert (late.status_code, late.json()["code"]) == (409, "colleague_answered")
    assert list(talk.messages.filter(author=Author.STAFF).values_list("text", flat=True)) == [
        "Отвечаю я"
    ]
    assert OutboxMessage.objects.filter(topic="chat.send_message").count() == 1

    knowing = reply(other, talk, "И я", "key-marina", last_message_id(talk.pk))
    assert knowing.status_code == 200
    assert talk.messages.filter(author=Author.STAFF).count() == 2


def test_without_script_the_page_shows_the_colleagues_answer_and_keeps_the_text(
    desk: Browser, talk: Conversation, marina: Any
) -> None:
    seen = last_message_id(talk.pk)
    send_reply(talk.pk, "Уже ответила Марина", user=marina, client_key="key-00000")
    assign_lead(talk.lead.pk, None, actor=BOT)

    form = {"text": "Моё длинное письмо", "client_key": "key-aigul", "seen": seen}
    page = desk.post(url("reply", talk), form)

    html = page.content.decode()
    assert page.status_code == 409
    assert "Уже ответила Марина" in html
    assert "Моё длинное письмо" in html
    assert f'name="seen" value="{last_message_id(talk.pk)}"' in html


@pytest.mark.parametrize("author", [Author.CUSTOMER, Author.BOT, Author.NOTE, "own", "withdrawn"])
def test_only_a_colleagues_answer_stops_mine(
    desk: Browser, talk: Conversation, manager: Any, marina: Any, author: str
) -> None:
    seen = last_message_id(talk.pk)
    user = {"own": manager, "withdrawn": marina, Author.NOTE: marina}.get(author)
    delivery = {Author.NOTE: Delivery.INTERNAL, "withdrawn": Delivery.CANCELLED}.get(
        author, Delivery.SENT
    )
    who = Author.STAFF if author in ("own", "withdrawn") else author
    Message.objects.create(conversation=talk, author=who, user=user, text="…", delivery=delivery)

    assert reply(desk, talk, "Ответ", "key-aigul", seen).status_code == 200


# --- drafts ---


def test_a_half_typed_answer_is_kept_for_its_writer_only(
    desk: Browser, talk: Conversation, marina: Any
) -> None:
    post(desk, "typing", talk, text="Добрый день, вари")
    post(desk, "typing", talk, text="Добрый день, варианты")

    other = Browser()
    other.force_login(marina)
    assert "Добрый день, варианты</textarea>" in desk.get(url("thread", talk)).content.decode()
    assert "Добрый день, вар" not in other.get(url("thread", talk)).content.decode()
    assert ReplyDraft.objects.count() == 1


def test_a_sent_or_emptied_draft_is_forgotten(
    desk: Browser, talk: Conversation, manager: Any, marina: Any
) -> None:
    keep_draft(talk, marina, "чужой")
    post(desk, "typing", talk, text="Добрый день")
    reply(desk, talk, "Добрый день", "key-aigul", last_message_id(talk.pk))
    assert [draft.user for draft in ReplyDraft.objects.all()] == [marina]

    keep_draft(talk, marina, "  ")
    assert not ReplyDraft.objects.exists()


def test_colleagues_see_who_is_writing_for_fifteen_seconds(
    desk: Browser, talk: Conversation, manager: Any, marina: Any
) -> None:
    keep_draft(talk, marina, "Секретный текст")

    state = desk.get(url("updates", talk)).json()["parts"]["state"]
    assert "Марина пишет…" in state
    assert "Секретный" not in state
    assert typing_now(talk.pk, marina) == []

    ReplyDraft.objects.update(typed_at=timezone.now() - timedelta(seconds=16))
    assert typing_now(talk.pk, manager) == []


def test_typing_tells_open_pages_once_in_a_while(talk: Conversation, marina: Any) -> None:
    def told() -> int:
        return LiveEvent.objects.filter(kind="conversation.typing").count()

    for text in ("Д", "До", "Доб"):
        keep_draft(talk, marina, text)
    assert told() == 1

    ReplyDraft.objects.update(typed_at=timezone.now() - timedelta(seconds=6))
    keep_draft(talk, marina, "Добр")
    assert told() == 2

    keep_draft(talk, marina, "")
    keep_draft(talk, marina, "")
    assert told() == 3


# --- canned replies ---


def test_variables_are_filled_from_client_lead_and_manager(
    desk: Browser, talk: Conversation
) -> None:
    facts = {
        "countries": ["VN"], "date_from": "2027-01-12", "nights_min": 10, "nights_max": 10,
        "adults": 2, "children": 1, "budget_max": 900000, "currency": "KZT",
    }  # fmt: skip
    for name, value in facts.items():
        LeadFact.objects.create(lead=talk.lead, name=name, value=value)
    text = "{имя}: {страна}, {Даты}, {ночей}, {туристы}, {бюджет}. {менеджер}"
    CannedReply.objects.create(title="Всё", shortcut="all", text=text)

    [one] = desk.get(url("canned", talk)).json()["replies"]

    words = one["text"].replace("\xa0", " ")
    assert words.startswith("Арман: Вьетнам, 12 янв, 10 ноч., 2+1, до 900 000 ₸. Айгуль")
    assert (one["shortcut"], one["title"]) == ("all", "Всё")


@pytest.mark.parametrize("value", ["", "вчера", {"a": 1}, [[]], -1, 7, None])
@pytest.mark.parametrize("name", ["countries", "date_from", "nights_min", "adults", "budget_max"])
def test_a_fact_of_an_unexpected_shape_never_breaks_the_list(
    desk: Browser, talk: Conversation, name: str, value: Any
) -> None:
    LeadFact.objects.create(lead=talk.lead, name=name, value=value or "")
    text = "{страна} {даты} {ночей} {туристы} {бюджет}"
    CannedReply.objects.create(title="Всё", shortcut="all", text=text)

    assert desk.get(url("canned", talk)).status_code == 200


@pytest.mark.parametrize("text", ["Тур в {страна} готов", "Здравствуйте, {Имя}!", "{бюджет}"])
def test_an_unfilled_variable_blocks_sending(desk: Browser, talk: Conversation, text: str) -> None:
    answer = reply(desk, talk, text, "key-aigul", 0)

    assert (answer.status_code, answer.json()["code"]) == (400, "unfilled")
    assert "{" in answer.json()["detail"]
    assert talk.messages.count() == 1
    talk.refresh_from_db()
    assert talk.mode == "bot"


def test_other_braces_are_just_braces(desk: Browser, talk: Conversation) -> None:
    assert reply(desk, talk, "Код {ABC} и {}", "key-aigul", 0).status_code == 200


def test_the_admin_refuses_a_variable_nobody_fills(admin_client: Browser) -> None:
    form = {"title": "Привет", "shortcut": "hi", "text": "{имя} и {фамилия}", "position": 0}
    address = reverse("admin:chat_cannedreply_add")

    refused = admin_client.post(address, form)
    assert "{фамилия}" in refused.content.decode()
    assert not CannedReply.objects.exists()

    admin_client.post(address, {**form, "text": "Здравствуйте, {имя}"})
    assert CannedReply.objects.get().shortcut == "hi"
    assert "/hi" in admin_client.get(reverse("admin:chat_cannedreply_changelist")).content.decode()


# --- sending again ---


def failed(talk: Conversation, manager: Any) -> Message:
    message = send_reply(talk.pk, "Не дошло", user=manager, client_key="key-00000")
    action = OutboxMessage.objects.get(topic="chat.send_message")
    OutboxMessage.objects.filter(pk=action.pk).update(status="needs_attention", attempts=3)
    SendMessage().give_up(outgoing_of(action), "permanent", "Окно 24 часа закрыто.")
    message.refresh_from_db()
    assert message.delivery == Delivery.FAILED
    return message


def test_a_failed_message_says_why_and_is_sent_again_once(
    desk: Browser, talk: Conversation, manager: Any
) -> None:
    message = failed(talk, manager)
    page = desk.get(url("thread", talk)).content.decode()
    assert "Окно 24 часа закрыто." in page
    assert "Повторить" in page

    assert post(desk, "again", talk, message=message.pk).status_code == 200
    assert post(desk, "again", talk, message=message.pk).status_code == 200

    message.refresh_from_db()
    action = OutboxMessage.objects.get(topic="chat.send_message")
    assert (message.delivery, message.delivery_error) == (Delivery.PENDING, "")
    assert (action.status, action.attempts) == ("pending", 0)


def test_an_action_given_up_for_good_is_not_tried_again(talk: Conversation, manager: Any) -> None:
    message = failed(talk, manager)
    cancel_one(OutboxMessage.objects.get(topic="chat.send_message").pk)

    with pytest.raises(Conflict):
        send_again(message.pk)

    message.refresh_from_db()
    assert message.delivery == Delivery.FAILED


@pytest.mark.parametrize("number", ["", "x", "999999", "foreign"])
def test_only_a_message_of_this_chat_is_sent_again(
    desk: Browser, talk: Conversation, manager: Any, number: str
) -> None:
    other = talk_with("Другой")
    foreign = failed(other, manager)
    wanted = foreign.pk if number == "foreign" else number

    assert post(desk, "again", talk, message=wanted).status_code == 404
    foreign.refresh_from_db()
    assert foreign.delivery == Delivery.FAILED


# --- search ---


def find(desk: Browser, **wish: Any) -> str:
    return desk.get(SEARCH, wish).content.decode()


def test_words_are_found_in_all_chats_and_lead_to_the_message(desk: Browser) -> None:
    talk = talk_with("Арман", "Можно ли с собакой лететь?")
    talk_with("Другой", "Про кошку")
    message = talk.messages.get()

    html = find(desk, q="СОБАК")

    assert f"{url('thread', talk)}?message={message.pk}#message-{message.pk}" in html
    assert "<mark>собак</mark>" in html
    assert html.count('class="found"') == 1


def test_search_in_one_chat_finds_nothing_of_the_others(desk: Browser, talk: Conversation) -> None:
    talk_with("Другой", "Вьетнам зимой")

    assert find(desk, q="вьетнам").count('class="found"') == 2
    assert find(desk, q="вьетнам", conversation=talk.pk).count('class="found"') == 1


def test_a_colleagues_words_are_not_found(desk: Browser, talk: Conversation, marina: Any) -> None:
    assign_lead(talk.lead.pk, marina, actor=BOT)

    assert find(desk, q="вьетнам").count('class="found"') == 0
    assert desk.get(SEARCH, {"q": "вьетнам", "conversation": talk.pk}).status_code == 403


@pytest.mark.parametrize("words", ["", "в", "%%", "__", "x" * 101])
def test_too_little_or_wild_words_find_nothing(
    desk: Browser, talk: Conversation, words: str
) -> None:
    assert find(desk, q=words).count('class="found"') == 0


def test_found_pages_join_and_their_queries_do_not_grow(desk: Browser, talk: Conversation) -> None:
    desk.get(SEARCH, {"q": "стоит"})
    with CaptureQueriesContext(connection) as few:
        find(desk, q="стоит")
    rows = Message.objects.bulk_create(
        Message(conversation=talk, author="customer", text=f"стоит {n}", delivery="received")
        for n in range(40)
    )

    with CaptureQueriesContext(connection) as many:
        first = find(desk, q="стоит")
    second = find(desk, q="стоит", before=rows[-30].pk)

    assert len(many) <= len(few)
    assert first.count('class="found"') == 30
    assert f"before={rows[-30].pk}" in first
    assert second.count('class="found"') == 11


def test_markup_in_found_words_stays_harmless(desk: Browser) -> None:
    attack = '"><script>alert(1)</script>'
    talk = talk_with(attack)
    Message.objects.filter(conversation=talk).update(text=f"привет {attack}")

    for words in ("привет", "<script>", attack):
        assert "<script>alert" not in find(desk, q=words)


def test_a_long_history_opens_at_the_found_message(desk: Browser, talk: Conversation) -> None:
    rows = Message.objects.bulk_create(
        Message(conversation=talk, author="customer", text=f"слово {n}", delivery="received")
        for n in range(PAGE + 100)
    )

    page = thread_around(talk.pk, rows[50].pk)
    html = desk.get(url("thread", talk), {"message": rows[50].pk}).content.decode()

    assert [message.pk for message in page.messages] == [row.pk for row in rows[30 : 50 + PAGE]]
    assert page.has_earlier
    assert f'data-found="{rows[50].pk}"' in html
    assert f'id="message-{rows[50].pk}"' in html


def test_a_reader_without_the_right_searches_nothing(client: Browser, talk: Conversation) -> None:
    client.force_login(staff("reader", "view_lead"))

    assert client.get(SEARCH, {"q": "вьетнам"}).status_code == 403
    assert client.get(url("canned", talk)).status_code == 403


def test_a_customers_words_do_not_lose_my_draft(desk: Browser, talk: Conversation) -> None:
    post(desk, "typing", talk, text="Почти готово")

    write("Ау", chat_id=talk.external_id)

    assert "Почти готово</textarea>" in desk.get(url("thread", talk)).content.decode()
