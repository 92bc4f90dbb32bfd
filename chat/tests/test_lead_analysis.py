"""From messages, moves and corrections to the stored analysis, and what it costs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from chat.models import Conversation, Message
from chat.services.analysis import analyse_lead
from chat.services.modes import set_mode
from chat.services.reading import read_anew
from chat.tests.desk import staff, talk_with, url
from chat.tests.factories import write
from integrations.delivery import outbox
from integrations.models import OutboxMessage
from leads.contradictions import correct_facts
from leads.models import Lead, LeadAnalysis, LeadFact, LeadHistory
from leads.selectors import current_facts
from leads.services import (
    BOT,
    Actor,
    NewFact,
    create_lead,
    move_lead,
    record_facts,
)
from live.models import LiveEvent

pytestmark = pytest.mark.django_db
WISH = "Хотим в Турцию, двое взрослых, бюджет до 900 тысяч тенге"


def answer_all() -> None:
    for row in OutboxMessage.objects.filter(status="pending").order_by("pk"):
        OutboxMessage.objects.filter(pk=row.pk).update(next_try_at=timezone.now())
        outbox.deliver(row.pk)


def read(text: str) -> Lead:
    """The client writes, and the message is read as a worker would."""
    talk = write(text)
    answer_all()
    assert talk.lead
    return Lead.objects.select_related("analysis").get(pk=talk.lead.pk)


def row_of(lead: Lead) -> dict[str, Any]:
    """The stored analysis without the moments, which a repetition may renew."""
    row = LeadAnalysis.objects.filter(lead=lead).values().get()
    del row["analysed_at"]
    return row


# --- when ---


def test_a_message_is_analysed_with_its_facts() -> None:
    lead = read(WISH)

    found = lead.analysis
    assert (found.completeness, found.missing) == (40, ["departure_city", "dates", "nights"])
    assert found.summary.replace("\xa0", " ") == "Турция · 2 · до 900 000 ₸"
    assert [code for code, _value in found.reasons] == ["budget", "fresh"]
    assert found.message_id == Message.objects.filter(author="customer").get().pk
    assert (found.stage, found.step) == ("consultation", "ask_details")


def test_where_a_person_speaks_the_analysis_goes_on() -> None:
    talk = write("Здравствуйте")
    answer_all()
    set_mode(talk.pk, "human", user=staff())

    lead = read("Бронируем, куда платить?")

    assert lead.analysis.step == "book"
    assert Message.objects.filter(author="bot").count() == 1


def test_a_move_and_a_correction_are_seen_at_once() -> None:
    lead = read(WISH)
    move_lead(lead.pk, "offer_sent", actor=BOT)
    assert LeadAnalysis.objects.get().step == "ask_opinion"

    correct_facts(lead.pk, {"nights_min": 7}, actor=Actor(staff(), "board"))

    assert LeadAnalysis.objects.get().missing == ["departure_city", "dates"]


def test_a_correction_changes_the_line_of_the_card_unless_a_person_wrote_it() -> None:
    lead, actor = read(WISH), Actor(staff(), "board")
    correct_facts(lead.pk, {"countries": ["EG"]}, actor=actor)
    lead.refresh_from_db()
    assert lead.wish.replace("\xa0", " ") == "Египет · 2 · до 900 000 ₸"

    Lead.objects.filter(pk=lead.pk).update(wish="Звонить после обеда")
    correct_facts(lead.pk, {"countries": ["VN"]}, actor=actor)

    lead.refresh_from_db()
    assert lead.wish == "Звонить после обеда"


def test_the_clients_other_words_change_neither_facts_nor_line() -> None:
    lead = read(WISH)
    correct_facts(lead.pk, {"countries": ["VN"]}, actor=Actor(staff(), "board"))
    before = Lead.objects.get().wish

    lead = read("Хотим в Египет")

    assert current_facts(lead.pk)["countries"] == ["VN"]
    assert lead.contradictions.get(outcome="open").value == ["EG"]
    assert lead.wish == before


# --- the same again ---


def test_it_is_the_same_twice_and_tells_nobody_twice() -> None:
    lead = read(WISH)
    before, told = row_of(lead), LiveEvent.objects.count()

    analyse_lead(lead.pk)

    assert row_of(lead) == before
    assert LiveEvent.objects.count() == told


def test_the_bot_never_moves_a_lead_back_nor_touches_a_closed_one() -> None:
    lead = read(WISH)
    for stage in ("negotiation", "won"):
        move_lead(lead.pk, stage, actor=BOT)
        analyse_lead(lead.pk)
        assert Lead.objects.get().stage_id == stage


def test_earlier_inquiries_and_purchases_of_the_client_count() -> None:
    first = read(WISH)
    move_lead(first.pk, "won", actor=BOT)
    talk = write("Снова здравствуйте")
    answer_all()
    assert talk.lead
    assert talk.lead.pk != first.pk

    found = LeadAnalysis.objects.get(lead=talk.lead)

    assert found.earlier_leads == 1
    assert ["bought", 1] in found.reasons
    assert "повторный" in found.tags
    # What was said for the first inquiry belongs to it.
    assert "budget" not in [code for code, _value in found.reasons]


def test_the_number_of_queries_does_not_grow(django_assert_num_queries: Any) -> None:
    lead = read(WISH)
    for number in range(12):
        write(f"Ещё вопрос {number}")
    for _ in range(3):
        create_lead(lead.client, source="webchat", actor=BOT)
    analyse_lead(lead.pk)

    # The lock, facts, the lead with its client's history, words, upsert.
    with django_assert_num_queries(5):
        analyse_lead(lead.pk)


# --- old leads nobody has read ---


@pytest.fixture
def unread() -> Lead:
    """A talk as an import would leave it: messages, no facts, no analysis."""
    talk = write("Хотим во Вьетнам, двое взрослых")
    write("Нет, лучше в Турцию. Из Алматы")
    write("Мой телефон +7 701 555 66 77")
    OutboxMessage.objects.all().delete()
    assert talk.lead
    return talk.lead


def test_an_old_talk_is_read_to_its_end(unread: Lead) -> None:
    read_anew(unread.pk)

    facts = current_facts(unread.pk)
    assert (facts["countries"], facts["adults"], facts["departure_city"]) == (["TR"], 2, "Алматы")
    assert unread.client.identities.filter(kind="phone", value="+77015556677").exists()
    assert Lead.objects.get().wish == "Турция · 2"
    assert LeadAnalysis.objects.get().completeness == 60
    assert not OutboxMessage.objects.exists()
    assert Lead.objects.get().stage_id == "new"


def test_reading_twice_doubles_nothing(unread: Lead) -> None:
    read_anew(unread.pk)
    rows = [LeadFact.objects.count(), LeadHistory.objects.count(), LiveEvent.objects.count()]

    read_anew(unread.pk)

    assert rows == [
        LeadFact.objects.count(),
        LeadHistory.objects.count(),
        LiveEvent.objects.count(),
    ]


def test_reading_touches_nothing_a_person_has_set(unread: Lead) -> None:
    correct_facts(unread.pk, {"countries": ["EG"]}, actor=Actor(staff(), "board"))
    Lead.objects.filter(pk=unread.pk).update(wish="Позвонить")
    before = list(LeadFact.objects.values()), Lead.objects.values().get()

    read_anew(unread.pk)

    assert (list(LeadFact.objects.values()), Lead.objects.values().get()) == before
    assert not unread.contradictions.exists()


def test_what_a_person_has_thrown_away_is_not_found_again(unread: Lead) -> None:
    actor = Actor(staff(), "board")
    correct_facts(unread.pk, {"adults": 5}, actor=actor)
    correct_facts(unread.pk, {"adults": None}, actor=actor)

    read_anew(unread.pk)

    assert current_facts(unread.pk) == {}


# --- in the chat ---


@pytest.fixture
def desk(client: Browser) -> Browser:
    client.force_login(staff())
    return client


def side(desk: Browser, talk: Conversation) -> str:
    return desk.get(url("thread", talk)).content.decode()


def test_the_side_shows_the_assessment_and_one_touch_accepts(desk: Browser) -> None:
    lead = read("Хотим в Турцию, двое взрослых и ребёнок 5 лет")
    talk = Conversation.objects.get()
    html = side(desk, talk)
    assert "Тёплый" in html
    assert "Не хватает: город вылета, даты, сколько ночей" in html
    assert 'value="Уточнить: город вылета, даты, сколько ночей"' in html

    due = f"{timezone.localtime() + timedelta(hours=2):%Y-%m-%dT%H:%M}"
    step = {"text": "Уточнить: даты", "kind": "task", "moment": due}
    desk.post(url("step", talk), step)
    desk.post(url("tags", talk), {"add": "семья"})

    lead.refresh_from_db()
    assert lead.next_step == "Уточнить: даты"
    assert [tag.name for tag in lead.tags.all()] == ["семья"]
    after = side(desk, talk)
    assert "Подходят теги" not in after
    assert "analysis__step" not in after


@pytest.mark.parametrize(
    ("decision", "country", "outcome"), [("accept", "EG", "accepted"), ("keep", "TR", "kept")]
)
def test_a_contradiction_is_decided_beside_the_chat(
    desk: Browser, decision: str, country: str, outcome: str
) -> None:
    lead = read("Здравствуйте")
    talk, manager = Conversation.objects.get(), User.objects.get(username="aigul")
    correct_facts(lead.pk, {"countries": ["TR"]}, actor=Actor(manager, "chat"))
    record_facts(lead.pk, [NewFact("countries", ["EG"], "в Египет")], actor=BOT)
    assert "Клиент пишет: <b>Египет</b>." in side(desk, talk)

    wish = {"fact": "countries", "decision": decision}
    answer = desk.post(url("decide", talk), wish, HTTP_ACCEPT="application/json")

    assert answer.status_code == 200
    assert current_facts(lead.pk)["countries"] == [country]
    assert lead.contradictions.get().outcome == outcome
    assert "Клиент пишет:" not in side(desk, talk)
    again = desk.post(url("decide", talk), wish, HTTP_ACCEPT="application/json")
    assert again.status_code == 409


def test_nonsense_decides_nothing(desk: Browser) -> None:
    lead = read("Здравствуйте")
    talk, manager = Conversation.objects.get(), User.objects.get(username="aigul")
    correct_facts(lead.pk, {"countries": ["TR"]}, actor=Actor(manager, "chat"))
    record_facts(lead.pk, [NewFact("countries", ["EG"])], actor=BOT)

    for wish in ({"fact": "countries", "decision": "x"}, {"decision": "accept"}):
        answer = desk.post(url("decide", talk), wish, HTTP_ACCEPT="application/json")
        assert answer.status_code in (400, 409)

    assert lead.contradictions.get().outcome == "open"


def test_whoever_only_reads_sees_and_decides_nothing(client: Browser) -> None:
    lead = read(WISH)
    talk = Conversation.objects.get()
    manager = staff()
    correct_facts(lead.pk, {"countries": ["VN"]}, actor=Actor(manager, "chat"))
    record_facts(lead.pk, [NewFact("countries", ["EG"])], actor=BOT)
    client.force_login(staff("reader", "view_conversation", "view_lead"))

    html = side(client, talk)

    assert "Клиент пишет: <b>Египет</b>." in html
    assert "analysis__step" not in html
    assert 'name="decision"' not in html
    assert client.post(url("decide", talk), {"fact": "countries"}).status_code == 403


def test_the_list_marks_the_open_leads(desk: Browser) -> None:
    hot, closed = (talk_with(name, "Бронируем! Куда платить?") for name in ("Айжан", "Борис"))
    talk_with("Неразобранный")
    assert hot.lead
    assert closed.lead
    analyse_lead(hot.lead.pk)
    move_lead(closed.lead.pk, "won", actor=BOT)

    html = desk.get(reverse("admin:chat_conversation_changelist")).content.decode()

    assert LeadAnalysis.objects.count() == 2
    assert html.count(' heat"') == html.count('bi-fire heat" role="img" title="Горячий"') == 1
