"""Notes, snoozing, handing over, planning: what a manager does with a chat besides answering."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from chat.ai.assistant import Assistant
from chat.models import Conversation, Message, ReplyDraft
from chat.respond import Respond
from chat.services.bot_return import return_bots
from chat.services.drafts import send_draft
from chat.services.modes import set_mode
from chat.services.notes import write_note
from chat.services.outbound import send_reply
from chat.services.waiting import snooze
from chat.tests.desk import JSON, staff, talk_with, url
from chat.tests.factories import write
from chat.tests.test_thread import _draft as ai_draft
from integrations.models import OutboxMessage
from leads.models import LeadHistory
from leads.services import BOT, assign_lead
from live.models import LiveEvent, Notification

pytestmark = pytest.mark.django_db
KEY = "0123456789abcdef"
Author, Delivery, Mode = Message.Author, Message.Delivery, Conversation.Mode


@pytest.fixture
def manager() -> Any:
    return staff()


@pytest.fixture
def desk(client: Browser, manager: Any) -> Browser:
    client.force_login(manager)
    return client


@pytest.fixture
def talk() -> Conversation:
    return talk_with("Арман", "Сколько стоит Вьетнам?")


def post(desk: Browser, name: str, talk: Conversation, **fields: Any) -> Any:
    return desk.post(url(name, talk), fields, **JSON)


def note(desk: Browser, talk: Conversation, text: str) -> Any:
    return post(desk, "reply", talk, text=text, kind="note", client_key=KEY)


def chat_history(talk: Conversation) -> list[str]:
    rows = LeadHistory.objects.filter(lead=talk.lead, kind="chat").order_by("pk")
    return list(rows.values_list("after", flat=True))


# --- notes ---


def test_a_note_stays_in_the_house(desk: Browser, talk: Conversation, manager: Any) -> None:
    send_reply(talk.pk, "Здравствуйте", user=manager, client_key="key-00000")
    Message.objects.filter(delivery=Delivery.PENDING).update(delivery=Delivery.SENT)
    before = OutboxMessage.objects.count(), LiveEvent.objects.filter(stream__startswith="chat:")
    heard = before[1].count()

    answer = note(desk, talk, "Любит торговаться")

    row = Message.objects.get(pk=answer.json()["message"])
    assert (row.author, row.delivery, row.user) == (Author.NOTE, Delivery.INTERNAL, manager)
    assert OutboxMessage.objects.count() == before[0]
    assert LiveEvent.objects.filter(stream__startswith="chat:").count() == heard
    page = desk.get(url("thread", talk)).content.decode()
    assert "bubble--note" in page
    assert "Любит торговаться" in page


def test_the_customers_page_never_gets_a_note(
    client: Browser, manager: Any, django_capture_on_commit_callbacks: Any
) -> None:
    session = client.post("/api/v1/webchat/session/").json()
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {session['token']}"}
    body = {"client_id": "0" * 32, "text": "Здравствуйте"}
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/api/v1/webchat/messages/", body, "application/json", **bearer)
    talk = Conversation.objects.get()

    write_note(talk.pk, "Только для своих", user=manager, client_key=KEY)

    answer = client.get("/api/v1/webchat/messages/", **bearer)
    assert [row["author"] for row in answer.json()["messages"]] == ["customer", "bot"]
    assert "Только для своих" not in answer.content.decode()


def test_the_bot_never_reads_a_note(talk: Conversation, manager: Any) -> None:
    heard: list[str] = []

    class Nlp:
        def understand(self, text: str, **_asked: Any) -> Any:
            heard.append(text)
            raise StopIteration

    write_note(talk.pk, "Секрет: бюджет 5 миллионов", user=manager, client_key=KEY)
    action = OutboxMessage.objects.get(topic="chat.respond")
    outgoing = type("Outgoing", (), {"payload": action.payload})()

    with pytest.raises(StopIteration):
        Respond(Assistant(Nlp(), None)).perform(outgoing)  # type: ignore[arg-type]

    assert heard == ["Сколько стоит Вьетнам?"]


def test_after_a_note_the_client_still_waits_and_the_bot_still_speaks(
    desk: Browser, talk: Conversation
) -> None:
    note(desk, talk, "Перезвонить")

    after = Conversation.objects.get(pk=talk.pk)
    assert after.unanswered_since == talk.unanswered_since
    assert after.unanswered_since is not None
    assert (after.mode, after.last_text) == (Mode.BOT, "Сколько стоит Вьетнам?")


def test_a_note_sent_twice_is_one_note(desk: Browser, talk: Conversation) -> None:
    assert note(desk, talk, "Раз").json() == note(desk, talk, "Раз").json()
    assert talk.messages.filter(author=Author.NOTE).count() == 1


@pytest.mark.parametrize("text", ["", "  ", "я" * 4001])
def test_an_empty_or_endless_note_is_refused(desk: Browser, talk: Conversation, text: str) -> None:
    assert note(desk, talk, text).status_code == 400
    assert talk.messages.count() == 1


def test_a_mention_rings_once_for_those_who_may_see_the_chat(
    desk: Browser, talk: Conversation, manager: Any
) -> None:
    marina = staff("marina")
    staff("stranger", "view_lead")
    assign_lead(talk.lead.pk, None, actor=BOT)

    note(desk, talk, "@marina, @stranger, @aigul, @nobody: посмотрите. marina@marina.kz")

    [bell] = Notification.objects.all()
    assert bell.user == marina
    assert bell.url == url("thread", talk)
    assert "посмотрите" not in bell.text


# --- no answer needed ---


def test_no_answer_needed_ends_the_waiting_with_a_trace(desk: Browser, talk: Conversation) -> None:
    assert post(desk, "answered", talk).status_code == 200
    assert post(desk, "answered", talk).status_code == 200

    talk.refresh_from_db()
    assert talk.unanswered_since is None
    assert chat_history(talk) == ["ответ не нужен"]
    assert talk.messages.count() == 1


def test_without_script_the_form_comes_back_to_the_chat(desk: Browser, talk: Conversation) -> None:
    answer = desk.post(url("answered", talk))

    assert (answer.status_code, answer["Location"]) == (302, url("thread", talk))


# --- putting off ---


def test_put_off_for_an_hour_till_the_morning_or_a_moment(
    desk: Browser, talk: Conversation, manager: Any
) -> None:
    now = timezone.localtime()
    chosen = (now + timedelta(days=5)).replace(second=0, microsecond=0)

    def until(**fields: str) -> datetime:
        assert post(desk, "snooze", talk, **fields).status_code == 200
        talk.refresh_from_db()
        assert talk.snoozed_by == manager
        assert talk.snoozed_until
        return timezone.localtime(talk.snoozed_until)

    assert abs(until(until="hour") - now - timedelta(hours=1)) < timedelta(seconds=30)
    morning = until(until="tomorrow")
    assert morning == datetime.combine(now.date() + timedelta(days=1), time(9), now.tzinfo)
    assert until(until="date", moment=f"{chosen:%Y-%m-%dT%H:%M}") == chosen
    assert len(chat_history(talk)) == 3


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"until": "date"},
        {"until": "date", "moment": "вчера"},
        {"until": "date", "moment": "2020-01-01T10:00"},
        {"until": "date", "moment": "2099-01-01T10:00"},
    ],
)
def test_a_wild_moment_is_refused(
    desk: Browser, talk: Conversation, fields: dict[str, str]
) -> None:
    answer = post(desk, "snooze", talk, **fields)

    assert answer.status_code == 400
    assert answer.json()["detail"].endswith(".")
    talk.refresh_from_db()
    assert talk.snoozed_until is None
    assert chat_history(talk) == []


def test_the_clients_next_message_wakes_the_chat(talk: Conversation, manager: Any) -> None:
    snooze(talk.pk, timezone.now() + timedelta(days=1), user=manager)

    write("Вы тут?", chat_id=talk.external_id)

    talk.refresh_from_db()
    assert (talk.snoozed_until, talk.snoozed_by) == (None, None)


def test_a_put_off_chat_is_taken_back_by_hand(desk: Browser, talk: Conversation) -> None:
    post(desk, "snooze", talk, until="hour")
    assert 'value="now"' in desk.get(url("thread", talk)).content.decode()

    post(desk, "snooze", talk, until="now")

    talk.refresh_from_db()
    assert talk.snoozed_until is None
    assert chat_history(talk)[-1] == "возвращено в работу"


# --- the bot's return ---


def test_after_an_answer_the_head_counts_down_to_the_bots_return(
    desk: Browser, talk: Conversation, manager: Any
) -> None:
    send_reply(talk.pk, "Добрый день", user=manager, client_key=KEY)

    talk.refresh_from_db()
    left = talk.bot_returns_at - timezone.now()
    assert abs(left - timedelta(hours=12)) < timedelta(seconds=30)
    assert "бот вернётся через 12 ч" in desk.get(url("thread", talk)).content.decode()


def due(talk: Conversation, **changes: Any) -> None:
    moment = timezone.now() - timedelta(minutes=1)
    Conversation.objects.filter(pk=talk.pk).update(
        **{"mode": Mode.HUMAN, "bot_returns_at": moment, "unanswered_since": None} | changes
    )


def test_the_bot_returns_in_time_once_and_leaves_a_trace(talk: Conversation) -> None:
    due(talk)

    assert (return_bots(), return_bots()) == (1, 0)

    talk.refresh_from_db()
    assert (talk.mode, talk.bot_returns_at) == (Mode.BOT, None)
    row = LeadHistory.objects.get(lead=talk.lead, kind="mode")
    assert (row.before, row.after, row.actor) == ("human", "bot", None)


@pytest.mark.parametrize(
    "changes",
    [
        {"bot_returns_at": timezone.now() + timedelta(days=1)},
        {"unanswered_since": timezone.now()},
        {"mode": Mode.DRAFTS},
    ],
)
def test_the_bot_does_not_return_early_or_while_somebody_waits(
    talk: Conversation, changes: dict[str, Any]
) -> None:
    due(talk, **changes)

    assert return_bots() == 0

    after = Conversation.objects.get(pk=talk.pk)
    assert after.mode == changes.get("mode", Mode.HUMAN)


def test_every_answer_of_a_person_moves_the_return(talk: Conversation, manager: Any) -> None:
    due(talk)
    send_reply(talk.pk, "Ещё минуту", user=manager, client_key=KEY)
    assert return_bots() == 0

    due(talk)
    write("А завтра?", chat_id=talk.external_id)
    suggestion = ai_draft(talk)
    due(talk)
    send_draft(suggestion.pk, user=manager)
    assert return_bots() == 0


@pytest.mark.parametrize("mode", Mode.values)
def test_switching_by_hand_stops_the_countdown(talk: Conversation, manager: Any, mode: str) -> None:
    send_reply(talk.pk, "Добрый день", user=manager, client_key=KEY)

    set_mode(talk.pk, mode, user=manager)

    talk.refresh_from_db()
    assert (talk.mode, talk.bot_returns_at) == (mode, None)


# --- responsible, tags, next step ---


def test_taking_a_chat_and_giving_it_away(desk: Browser, talk: Conversation, manager: Any) -> None:
    marina = staff("marina", first_name="Марина")

    assert post(desk, "assign", talk, assignee=manager.pk).json() == {}
    talk.lead.refresh_from_db()
    assert talk.lead.assignee == manager

    gone = post(desk, "assign", talk, assignee=marina.pk)
    talk.lead.refresh_from_db()
    assert talk.lead.assignee == marina
    assert gone.json() == {"go": reverse("admin:chat_conversation_changelist")}
    assert post(desk, "assign", talk, assignee=manager.pk).status_code == 403


@pytest.mark.parametrize("who", ["", "x", "999999", "stranger", "left"])
def test_a_chat_is_given_to_those_only_who_may_answer(
    desk: Browser, talk: Conversation, who: str
) -> None:
    people = {"stranger": staff("stranger", "view_lead"), "left": staff("left")}
    people["left"].is_active = False
    people["left"].save()
    wanted = people[who].pk if who in people else who

    assert post(desk, "assign", talk, assignee=wanted).status_code == 400

    talk.lead.refresh_from_db()
    assert talk.lead.assignee is None


def test_tags_are_added_and_removed_one_by_one(desk: Browser, talk: Conversation) -> None:
    post(desk, "tags", talk, add="горит")
    post(desk, "tags", talk, add="VIP")
    post(desk, "tags", talk, add="")
    assert set(talk.lead.tags.values_list("name", flat=True)) == {"горит", "VIP"}

    post(desk, "tags", talk, remove="горит")

    assert [tag.name for tag in talk.lead.tags.all()] == ["VIP"]
    assert "VIP" in desk.get(url("thread", talk)).content.decode()


def test_a_step_is_planned_and_finished_at_the_side(desk: Browser, talk: Conversation) -> None:
    tomorrow = timezone.localtime() + timedelta(days=1)
    wish = {"text": "Позвонить", "kind": "call", "moment": f"{tomorrow:%Y-%m-%dT}15:30"}

    assert post(desk, "step", talk, **wish).status_code == 200
    talk.lead.refresh_from_db()
    assert (talk.lead.next_step, talk.lead.next_step_kind) == ("Позвонить", "call")
    assert f"{timezone.localtime(talk.lead.next_step_at):%H:%M}" == "15:30"
    assert "Позвонить" in desk.get(url("thread", talk)).content.decode()

    assert post(desk, "step", talk, action="finish").status_code == 200
    talk.lead.refresh_from_db()
    assert talk.lead.next_step == ""


@pytest.mark.parametrize(
    "wish",
    [
        {"text": "Позвонить", "kind": "call", "moment": ""},
        {"text": "Позвонить", "kind": "dance", "moment": "2099-01-01T10:00"},
        {"text": "", "kind": "task", "moment": "2026-12-01T10:00"},
        {"text": "Позвонить", "kind": "call", "moment": "1999-01-01T10:00"},
    ],
)
def test_half_a_step_is_refused(desk: Browser, talk: Conversation, wish: dict[str, str]) -> None:
    assert post(desk, "step", talk, **wish).status_code == 400

    talk.lead.refresh_from_db()
    assert talk.lead.next_step == ""


# --- rights ---

ACTIONS = ("answered", "snooze", "typing", "again", "assign", "tags", "step")


@pytest.mark.parametrize("name", ACTIONS)
def test_reading_is_not_acting(client: Browser, talk: Conversation, name: str) -> None:
    client.force_login(staff("reader", "view_conversation", "view_lead"))
    before = Conversation.objects.values().get()

    assert client.post(url(name, talk), {"until": "hour", "text": "x"}).status_code == 403

    assert Conversation.objects.values().get() == before
    assert not ReplyDraft.objects.exists()
    page = client.get(url("thread", talk)).content.decode()
    for action in ACTIONS:
        assert f"/{action}/" not in page


@pytest.mark.parametrize("name", ["assign", "tags", "step"])
def test_who_may_not_change_leads_changes_none(
    client: Browser, talk: Conversation, name: str
) -> None:
    user = staff("writer", "view_conversation", "change_conversation", "view_lead")
    client.force_login(user)

    answer = post(client, name, talk, assignee=user.pk, add="тег", action="finish")

    assert answer.status_code == 403
    assert not talk.lead.tags.exists()
    assert 'data-keep-open="step"' not in client.get(url("thread", talk)).content.decode()


@pytest.mark.parametrize("name", ACTIONS)
def test_only_posts_act(desk: Browser, talk: Conversation, name: str) -> None:
    assert desk.get(url(name, talk)).status_code == 405
