"""The sheet of a lead: what it shows, what its forms change, and to whom it stays closed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leads.models import ClientIdentity, Lead, LeadHistory, Tag
from leads.services import BOT, Actor, NewFact, add_note, assign_lead, record_facts
from leads.steps import plan_step, tag_lead
from leads.tests.factories import make_client, make_lead
from leads.tests.staff import make_manager, make_staff

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}
ACTIONS = ("assign", "tags", "plan", "done", "later", "note")


@pytest.fixture
def manager() -> User:
    return make_manager()


@pytest.fixture
def desk(client: Browser, manager: User) -> Browser:
    client.force_login(manager)
    return client


def address(lead: Lead, name: str = "sheet") -> str:
    return reverse(f"admin:leads_lead_{name}", args=[lead.pk])


def sheet(desk: Browser, lead: Lead, **query: Any) -> str:
    answer = desk.get(address(lead), {"fragment": 1, **query})
    assert answer.status_code == 200
    return answer.content.decode()


def act(desk: Browser, lead: Lead, name: str, **fields: Any) -> Any:
    return desk.post(address(lead, name), fields, **JSON)


def in_days(days: int) -> str:
    return f"{timezone.localtime() + timedelta(days=days):%Y-%m-%dT%H:%M}"


# --- what it shows ---


def test_the_fragment_is_not_a_page_and_the_page_holds_the_same(desk: Browser) -> None:
    lead = make_lead(make_client(name="Аида Сапарова"))

    fragment, page = sheet(desk, lead), desk.get(address(lead)).content.decode()

    assert "<html" not in fragment
    assert "<html" in page
    for text in (fragment, page):
        assert "Аида Сапарова" in text
        assert 'data-part="head"' in text
    assert "csrfmiddlewaretoken" not in fragment
    assert "csrfmiddlewaretoken" in page


def test_it_shows_facts_with_the_clients_words_step_tags_and_phone(desk: Browser) -> None:
    lead = make_lead()
    ClientIdentity.objects.create(client=lead.client, kind="phone", value="+77012223344")
    record_facts(lead.pk, [NewFact("countries", ["VN"], quote="хотим во Вьетнам")], actor=BOT)
    tag_lead(lead.pk, ["VIP"], actor=BOT)
    plan_step(lead.pk, "Позвонить", timezone.now() + timedelta(days=2), actor=BOT)

    html = sheet(desk, lead)

    for text in ("Вьетнам", "<q>хотим во Вьетнам</q>", "VIP", "Позвонить", "tel:+77012223344"):
        assert text in html


@pytest.mark.parametrize(
    ("hours", "look"), [(-1, "is-overdue"), (24 * 5, "is-later"), (None, "lead-sheet__none")]
)
def test_the_next_step_shows_how_near_it_is(desk: Browser, hours: int | None, look: str) -> None:
    lead = make_lead()
    if hours is not None:
        plan_step(lead.pk, "Позвонить", timezone.now() + timedelta(hours=hours), actor=BOT)

    assert look in sheet(desk, lead)


def test_history_tells_who_when_and_from_where(desk: Browser, manager: User) -> None:
    lead = make_lead()
    manager.first_name, manager.last_name = "Айгуль", "Ермекова"
    manager.save()
    add_note(lead.pk, "Любит море", actor=Actor(manager, "board"))
    record_facts(lead.pk, [NewFact("adults", 2)], actor=BOT)

    html = sheet(desk, lead)

    assert "Любит море" in html
    assert "Айгуль Ермекова, в воронке" in html
    assert "Взрослых: 2" in html


def test_history_comes_in_pages_without_gap_or_repeat(desk: Browser) -> None:
    lead, moment = make_lead(), timezone.now() + timedelta(minutes=1)
    LeadHistory.objects.bulk_create(
        LeadHistory(lead=lead, kind="note", note=f"Заметка №{n};", created_at=moment)
        for n in range(45)
    )

    first = sheet(desk, lead)
    second = desk.get(address(lead, "timeline"), {"before": _last_row(first)}).content.decode()
    third = desk.get(address(lead, "timeline"), {"before": _last_row(second)}).content.decode()

    numbers = re.findall(r"Заметка №(\d+);", first + second + third)
    assert [int(number) for number in numbers] == list(range(44, -1, -1))
    assert "data-earlier" in first
    assert "data-earlier" in second
    assert "data-earlier" not in third
    assert "<html" not in second


def _last_row(html: str) -> int:
    return int(html.split('data-row="')[-1].split('"')[0])


def test_another_apps_panel_stands_on_the_sheet(
    desk: Browser, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead, asked = make_lead(), []

    def panel(lead: Lead, viewer: Any) -> str:
        asked.append((lead.pk, viewer.pk))
        return "слова <из> чата"

    monkeypatch.setattr("leads.panels.lead_panels", [panel, lambda *_: ""])

    html = sheet(desk, lead)

    # Plain text from a panel is text, never markup.
    assert "слова &lt;из&gt; чата" in html
    assert asked == [(lead.pk, manager.pk)]


def test_words_with_markup_stay_harmless(desk: Browser) -> None:
    evil = '"><script>alert(1)</script>'
    lead = make_lead(make_client(name=evil))
    tag_lead(lead.pk, [evil], actor=BOT)
    add_note(lead.pk, evil, actor=BOT)
    record_facts(lead.pk, [NewFact("resorts", [evil], quote=evil)], actor=BOT)

    assert "<script>alert" not in sheet(desk, lead)


def test_the_number_of_queries_does_not_grow(desk: Browser) -> None:
    lead = make_lead()

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            sheet(desk, lead)
        return len(seen)

    add_note(lead.pk, "Первая", actor=BOT)
    few = queries()
    tag_lead(lead.pk, ["a", "b", "c"], actor=BOT)
    record_facts(lead.pk, [NewFact("adults", 2), NewFact("meal", "AI")], actor=BOT)
    for number in range(15):
        add_note(lead.pk, f"Ещё {number}", actor=BOT)

    assert queries() == few
    assert few <= 16


# --- what its forms change ---


def test_take_and_give_back(desk: Browser, manager: User) -> None:
    lead = make_lead()

    taken = act(desk, lead, "assign", assignee=manager.pk)
    assert Lead.objects.get(pk=lead.pk).assignee == manager
    act(desk, lead, "assign", assignee="")

    assert taken.status_code == 200
    assert "aigul" in taken.json()["html"]
    assert Lead.objects.get(pk=lead.pk).assignee is None
    rows = LeadHistory.objects.filter(lead=lead, kind="assignee", origin="board", actor=manager)
    assert rows.count() == 2


def test_a_lead_given_to_a_colleague_leaves_the_givers_sight(desk: Browser) -> None:
    lead, colleague = make_lead(), make_manager("berik")

    answer = act(desk, lead, "assign", assignee=colleague.pk)

    assert Lead.objects.get(pk=lead.pk).assignee == colleague
    assert answer.json()["html"] == ""
    assert desk.get(address(lead)).status_code == 403


@pytest.mark.parametrize("rights", [(), ("view_lead",)])
def test_a_lead_is_not_given_to_who_may_not_work_with_it(
    desk: Browser, rights: tuple[str, ...]
) -> None:
    lead, stranger = make_lead(), make_staff(*rights, name="stranger")

    assert act(desk, lead, "assign", assignee=stranger.pk).status_code == 400
    assert Lead.objects.get(pk=lead.pk).assignee is None


def test_tags_are_put_on_and_taken_off(desk: Browser) -> None:
    lead = make_lead()

    act(desk, lead, "tags", add="VIP")
    act(desk, lead, "tags", add="Дети")
    act(desk, lead, "tags", remove="VIP", add="")

    assert list(lead.tags.values_list("name", flat=True)) == ["Дети"]
    assert Tag.objects.count() == 2
    assert LeadHistory.objects.filter(lead=lead, kind="tags").count() == 3


def test_a_step_is_planned_put_off_and_done(desk: Browser) -> None:
    lead, due = make_lead(), in_days(1)

    act(desk, lead, "plan", text="Позвонить", due=due, kind="call")
    lead.refresh_from_db()
    assert (lead.next_step, lead.next_step_kind) == ("Позвонить", "call")
    assert f"{timezone.localtime(lead.next_step_at):%Y-%m-%dT%H:%M}" == due
    before = lead.next_step_at

    act(desk, lead, "later", days=3)
    lead.refresh_from_db()
    assert lead.next_step_at - before == timedelta(days=3)

    act(desk, lead, "done")
    act(desk, lead, "done")
    lead.refresh_from_db()
    assert (lead.next_step, lead.next_step_at) == ("", None)
    assert LeadHistory.objects.filter(lead=lead, kind="step").count() == 3


def test_a_note_is_kept(desk: Browser, manager: User) -> None:
    lead = make_lead()

    answer = act(desk, lead, "note", text="  Любит море  ")

    row = LeadHistory.objects.get(lead=lead, kind="note")
    assert (row.note, row.actor, row.origin) == ("Любит море", manager, "board")
    assert "Любит море" in answer.json()["html"]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("plan", {"text": "", "due": "2030-01-01T10:00"}),
        ("plan", {"text": "Позвонить", "due": "завтра"}),
        ("plan", {"text": "Позвонить", "due": "1999-01-01T10:00"}),
        ("plan", {"text": "Позвонить", "due": "2026-12-01T10:00", "kind": "party"}),
        ("later", {"days": 0}),
        ("later", {"days": 1}),
        ("note", {"text": "   "}),
        ("tags", {"add": "x" * 41}),
        ("assign", {"assignee": 999_999}),
    ],
)
def test_a_wrong_form_says_why_and_changes_nothing(
    desk: Browser, name: str, fields: dict[str, Any]
) -> None:
    lead = make_lead()
    before, rows = Lead.objects.values().get(), LeadHistory.objects.count()

    answer = act(desk, lead, name, **fields)

    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert Lead.objects.values().get() == before
    assert LeadHistory.objects.count() == rows


def test_without_script_the_forms_come_back_to_the_sheet(desk: Browser) -> None:
    lead = make_lead()

    good = desk.post(address(lead, "note"), {"text": "Любит море"}, follow=True)
    bad = desk.post(address(lead, "note"), {"text": ""}, follow=True)

    assert good.redirect_chain == bad.redirect_chain == [(address(lead), 302)]
    assert "Заметка добавлена" in good.content.decode()
    assert LeadHistory.objects.filter(kind="note").count() == 1


# --- rights ---


@pytest.mark.parametrize("name", ACTIONS)
def test_seeing_is_not_changing(client: Browser, name: str) -> None:
    client.force_login(make_staff("view_lead"))
    lead = make_lead()
    before = Lead.objects.values().get()

    assert client.post(address(lead, name), {"text": "x", "add": "x"}, **JSON).status_code == 403
    assert Lead.objects.values().get() == before
    html = sheet(client, lead)
    assert "<form" not in html


@pytest.mark.parametrize("name", ACTIONS)
def test_changes_are_made_by_post_only(desk: Browser, name: str) -> None:
    assert desk.get(address(make_lead(), name)).status_code == 405


def test_a_colleagues_lead_is_closed(desk: Browser) -> None:
    lead = make_lead(make_client(name="Тайный Клиент"))
    assign_lead(lead.pk, make_manager("berik"), actor=BOT)
    rows = LeadHistory.objects.count()

    answers = [desk.get(address(lead)), desk.get(address(lead, "timeline"))]
    answers += [act(desk, lead, name, text="x", add="x", days=1) for name in ACTIONS]

    assert {answer.status_code for answer in answers} == {403}
    assert all("Тайный" not in answer.content.decode() for answer in answers)
    assert LeadHistory.objects.count() == rows


def test_an_unknown_lead_is_not_found(desk: Browser) -> None:
    assert desk.get(reverse("admin:leads_lead_sheet", args=[999_999])).status_code == 404
