"""The list of chats: tabs, filters, pages, what changes, and who may see what."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from chat.chat_list import ALL, TALKS, TalkFilter, TalkPlace, talk_page, waiting_conversations
from chat.models import Conversation
from chat.moments import list_moment, span_until
from chat.tests.desk import MANAGER, staff, talk_with
from integrations.accounts import wazzup_account
from integrations.models import IntegrationAccount
from leads.models import ClientIdentity, LeadFact
from leads.services import BOT, assign_lead
from leads.steps import tag_lead

pytestmark = pytest.mark.django_db
LIST = reverse("admin:chat_conversation_changelist")
ROWS = reverse("admin:chat_conversation_rows")
CHANGES = reverse("admin:chat_conversation_changes")
HOUR = timedelta(hours=1)


@pytest.fixture
def manager() -> Any:
    return staff("aigul", *MANAGER)


@pytest.fixture
def desk(client: Browser, manager: Any) -> Browser:
    client.force_login(manager)
    return client


def names(html: str) -> list[str]:
    return re.findall(r'talk-row__top"><strong>(.*?)</strong>', html)


def listed(desk: Browser, **wish: Any) -> list[str]:
    return names(desk.get(LIST, wish).content.decode())


def ago(hours: float) -> datetime:
    return timezone.now() - timedelta(hours=hours)


def test_all_chats_stand_newest_first_with_last_words_and_waiting_time(desk: Browser) -> None:
    talk_with("Старый", last_message_at=ago(5), unanswered_since=None)
    talk_with("Новый", "Хочу в Турцию", unanswered_since=ago(3))

    html = desk.get(LIST).content.decode()

    assert names(html) == ["Новый", "Старый"]
    assert "Хочу в Турцию" in html
    assert html.count(">3 ч<") == 1


def test_each_tab_shows_its_own(desk: Browser, manager: Any) -> None:
    mine = talk_with("Мой", unanswered_since=None, mode="human")
    assign_lead(mine.lead.pk, manager, actor=BOT)
    talk_with("Ждёт час", unanswered_since=ago(1), last_message_at=ago(4), mode="human")
    talk_with("Ждёт два", unanswered_since=ago(2), last_message_at=ago(3), mode="human")
    talk_with("Бот", unanswered_since=None, last_message_at=ago(5))
    later = timezone.now() + HOUR
    talk_with("Отложен", snoozed_until=later, last_message_at=ago(6), mode="human")

    assert listed(desk) == ["Мой", "Ждёт два", "Ждёт час", "Бот", "Отложен"]
    assert listed(desk, tab="mine") == ["Мой"]
    assert listed(desk, tab="unanswered") == ["Ждёт два", "Ждёт час"]
    assert listed(desk, tab="bot") == ["Бот"]
    assert listed(desk, tab="snoozed") == ["Отложен"]


def test_the_counters_address_opens_what_it_counts(desk: Browser, manager: Any) -> None:
    talk_with("Ждёт")
    talk_with("Отвечено", unanswered_since=None)
    talk_with("Отложен", snoozed_until=timezone.now() + HOUR)
    talk_with("Проснулся", snoozed_until=ago(1))

    shown = listed(desk, waiting="yes")

    assert sorted(shown) == ["Ждёт", "Проснулся"]
    assert waiting_conversations(manager).count() == 2
    assert re.search(r"data-waiting-count>2<", desk.get(LIST).content.decode())


def test_put_off_chats_stand_in_the_order_in_which_they_come_back(desk: Browser) -> None:
    now = timezone.now()
    talk_with("Завтра", snoozed_until=now + 24 * HOUR)
    talk_with("Пора", snoozed_until=now - HOUR, unanswered_since=None)
    talk_with("Скоро", snoozed_until=now + HOUR)

    html = desk.get(LIST, {"tab": "snoozed"}).content.decode()

    assert names(html) == ["Пора", "Скоро", "Завтра"]
    assert html.count("пора ответить") == 1


@pytest.mark.parametrize(
    "words",
    ["ветлуг", "ВЕТЛУГИН", "+7 701 222-33-44", "87012223344", "8 (701) 222 33 44", "2223344"],
)
def test_a_client_is_found_by_name_and_by_phone_in_any_spelling(desk: Browser, words: str) -> None:
    found = talk_with("Арман Ветлугин")
    ClientIdentity.objects.create(client=found.client, kind="phone", value="+77012223344")
    talk_with("Другой")

    assert listed(desk, q=words) == ["Арман Ветлугин"]


def test_the_filter_offers_only_accounts_that_have_talks(desk: Browser) -> None:
    parent = wazzup_account()
    IntegrationAccount.objects.create(
        kind="wazzup_channel", name="WhatsApp +7 701", parent=parent, external_id="c1"
    )
    IntegrationAccount.objects.create(kind="openai", name="Модель")

    offered = list(desk.get(LIST).context["channels"])

    assert "WhatsApp +7 701" in [account.name for account in offered]
    assert {account.kind for account in offered} <= {"webchat", "telegram", "wazzup_channel"}


def test_filters_by_channel_country_and_tag(desk: Browser) -> None:
    asia = talk_with("Азия")
    LeadFact.objects.create(lead=asia.lead, name="countries", value=["VN", "TH"])
    past = talk_with("Передумал")
    LeadFact.objects.create(lead=past.lead, name="countries", value=["VN"], is_current=False)
    LeadFact.objects.create(lead=past.lead, name="excluded_countries", value=["TH"])
    tag_lead(past.lead.pk, ["горит"], actor=BOT)
    tag = past.lead.tags.get()

    assert listed(desk, country="TH") == ["Азия"]
    assert listed(desk, country="VN") == ["Азия"]
    assert listed(desk, country="EG") == []
    assert listed(desk, tag=tag.pk) == ["Передумал"]
    assert sorted(listed(desk, channel=asia.account_id)) == ["Азия", "Передумал"]
    assert listed(desk, channel=asia.account_id, tag=tag.pk, country="VN", q="Азия") == []


@pytest.mark.parametrize(
    "wish",
    [{"tab": "no"}, {"channel": "x"}, {"tag": "9" * 30}, {"country": '"'}, {"after": "²_1"}],
)
def test_a_wish_that_can_not_be_read_is_ignored(desk: Browser, wish: dict[str, str]) -> None:
    talk_with("Виден")

    assert listed(desk, **wish) == ["Виден"]


# --- pages ---


def fill(count: int) -> None:
    """Every third pair shares its moment: the id decides then."""
    talk = talk_with("Образец")
    now = timezone.now()
    Conversation.objects.bulk_create(
        Conversation(
            account=talk.account,
            external_id=f"many-{number}",
            client=talk.client,
            lead=talk.lead,
            last_message_at=now - timedelta(minutes=number // 2),
            unanswered_since=now - timedelta(minutes=number // 2),
            snoozed_until=now - timedelta(minutes=number // 2),
        )
        for number in range(count - 1)
    )
    Conversation.objects.filter(pk=talk.pk).update(snoozed_until=now)


@pytest.mark.parametrize("tab", ["all", "unanswered", "snoozed", "bot"])
def test_pages_join_without_a_gap_or_a_double(desk: Browser, manager: Any, tab: str) -> None:
    fill(2 * TALKS + 5)

    html = desk.get(LIST, {"tab": tab}).content.decode()
    seen = re.findall(r'data-talk="(\d+)"', html)
    while after := re.search(r'data-more="([^"]+)"', html):
        html = desk.get(ROWS, {"tab": tab, "after": after[1]}).content.decode()
        assert "<html" not in html
        seen += re.findall(r'data-talk="(\d+)"', html)

    assert len(seen) == 2 * TALKS + 5
    assert len(set(seen)) == len(seen)


def test_without_script_the_link_opens_the_next_page(desk: Browser) -> None:
    fill(TALKS + 2)
    first = desk.get(LIST).content.decode()
    link = re.search(r'href="(\?[^"]*after=[^"]+)"', first)

    assert link
    assert len(names(desk.get(LIST + link[1].replace("&amp;", "&")).content.decode())) == 2


@pytest.mark.parametrize("after", ["", "x", "20261125T000000000000_1", "9" * 40 + "_" + "1" * 18])
def test_a_page_needs_a_place(desk: Browser, after: str) -> None:
    assert desk.get(ROWS, {"after": after}).status_code == 404


def test_a_place_sorts_as_text_like_its_moment() -> None:
    moments = [ago(30 * 24), ago(5), timezone.now()]
    places = [str(TalkPlace(moment, number)) for number, moment in enumerate(moments)]

    assert places == sorted(places)
    assert TalkPlace.parse(places[1]) == TalkPlace(moments[1], 1)


def test_the_number_of_queries_does_not_grow_with_the_chats(desk: Browser) -> None:
    talk_with("Один")
    desk.get(LIST)
    with CaptureQueriesContext(connection) as few:
        desk.get(LIST)
    fill(40)
    with CaptureQueriesContext(connection) as many:
        desk.get(LIST)

    assert len(many) == len(few)


def test_a_page_of_rows_is_one_query(manager: Any, django_assert_num_queries: Any) -> None:
    fill(40)
    viewer = TalkFilter(manager, ALL)
    manager.get_all_permissions()

    with django_assert_num_queries(1):
        for talk in talk_page(viewer).talks:
            assert str(talk.client)
            assert talk.account.name
            assert talk.lead.assignee is None


# --- what changes while one looks ---


def test_changes_bring_the_named_rows_that_belong_to_the_tab(desk: Browser, manager: Any) -> None:
    mine, other = talk_with("Мой"), talk_with("Ничей")
    assign_lead(mine.lead.pk, manager, actor=BOT)

    asked = {"conversation": [mine.pk, other.pk, "x"], "tab": "mine"}
    answer = desk.get(CHANGES, asked).json()
    by_lead = desk.get(CHANGES, {"lead": [other.lead_id], "tab": "all"}).json()

    assert [row["id"] for row in answer["rows"]] == [mine.pk]
    assert "Мой" in answer["rows"][0]["html"]
    assert answer["waiting"] == 2
    assert [row["id"] for row in by_lead["rows"]] == [other.pk]
    assert TalkPlace.parse(by_lead["rows"][0]["place"]).pk == other.pk  # type: ignore[union-attr]


def test_a_row_leads_to_the_chat_and_keeps_the_filters(desk: Browser) -> None:
    talk = talk_with("Мой")

    html = desk.get(LIST, {"tab": "bot", "q": "Мой"}).content.decode()

    thread = reverse("admin:chat_conversation_thread", args=[talk.pk])
    [link] = re.findall(rf'href="({re.escape(thread)}[^"]*)"', html)
    page = desk.get(link.replace("&amp;", "&")).content.decode()
    assert 'aria-current="page" data-talk' in page
    assert names(page)[:1] == ["Мой"]


# --- rights ---


def test_a_colleagues_chats_are_not_listed_found_or_told(desk: Browser) -> None:
    theirs = talk_with("Чужой")
    assign_lead(theirs.lead.pk, staff("colleague"), actor=BOT)

    assert listed(desk) == []
    assert listed(desk, q="Чужой") == []
    assert desk.get(CHANGES, {"conversation": theirs.pk}).json() == {"rows": [], "waiting": 0}
    assert desk.get(CHANGES, {"lead": theirs.lead_id}).json()["rows"] == []


def test_markup_in_names_and_words_stays_harmless(desk: Browser) -> None:
    attack = '"><script>alert(1)</script>'
    talk = talk_with(attack, last_text=attack)

    for answer in (desk.get(LIST), desk.get(CHANGES, {"conversation": talk.pk})):
        assert "<script>alert" not in answer.content.decode()


# --- moments in few words ---


def test_todays_moment_is_a_time_and_an_older_one_a_day() -> None:
    now = timezone.localtime()
    last_year = now.replace(year=now.year - 1, month=11, day=24)
    with translation.override("ru"):
        assert list_moment(now) == f"{now:%H:%M}"
        assert list_moment(last_year) == f"24 ноя {now.year - 1}"
        assert ":" not in list_moment(now - timedelta(days=1))


@pytest.mark.parametrize(
    ("minutes", "text"), [(0.2, "1 мин"), (59.5, "60 мин"), (700, "12 ч"), (60 * 60, "3 дн")]
)
def test_what_is_left_is_rounded_up(minutes: float, text: str) -> None:
    with translation.override("ru"):
        assert span_until(timezone.now() + timedelta(minutes=minutes)) == text
