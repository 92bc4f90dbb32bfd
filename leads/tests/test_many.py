"""Many cards at once: each through its service, and what could not be done is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leads.admin_many import MOST
from leads.models import Lead, LeadHistory, LostReason
from leads.services import BOT, assign_lead, move_lead
from leads.steps import tag_lead
from leads.tests.factories import make_lead
from leads.tests.staff import make_manager, make_staff
from live.models import LiveEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return make_manager()


@pytest.fixture
def desk(client: Browser, manager: User) -> Browser:
    client.force_login(manager)
    return client


def act(desk: Browser, leads: list[Lead], action: str, **fields: Any) -> Any:
    data = {"action": action, "lead": [lead.pk for lead in leads], **fields}
    address = reverse("admin:leads_lead_many")
    return desk.post(address, data, HTTP_ACCEPT="application/json")


def test_moving_goes_through_the_service_for_each(desk: Browser, manager: User) -> None:
    leads = [make_lead() for _ in range(3)]

    answer = act(desk, leads, "move", stage="selection").json()

    assert answer["said"] == "Выполнено: 3 из 3."
    assert answer["done"] == [lead.pk for lead in leads]
    assert set(Lead.objects.values_list("stage", flat=True)) == {"selection"}
    rows = LeadHistory.objects.filter(kind="stage", actor=manager, origin="board")
    assert rows.filter(before="new", after="selection").count() == 3
    assert LiveEvent.objects.filter(kind="lead.moved").count() == 3


def test_each_move_can_be_taken_back(desk: Browser) -> None:
    first, second = make_lead(), make_lead()
    move_lead(second.pk, "booking", actor=BOT)

    undo = act(desk, [first, second], "move", stage="payment").json()["undo"]
    for move in undo:
        answer = desk.post(reverse("admin:leads_lead_move"), move, HTTP_ACCEPT="application/json")
        assert answer.status_code == 200

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.stage_id, second.stage_id) == ("new", "booking")


def test_a_card_changed_since_is_not_taken_back(desk: Browser) -> None:
    lead = make_lead()
    (undo,) = act(desk, [lead], "move", stage="payment").json()["undo"]
    move_lead(lead.pk, "won", actor=BOT)

    answer = desk.post(reverse("admin:leads_lead_move"), undo, HTTP_ACCEPT="application/json")

    assert answer.status_code == 409
    assert Lead.objects.get().stage_id == "won"


def test_what_was_there_already_has_nothing_to_undo(desk: Browser) -> None:
    lead = make_lead()

    answer = act(desk, [lead], "move", stage="new").json()

    assert answer["undo"] == []
    assert not LeadHistory.objects.filter(kind="stage").exists()


def test_lost_needs_a_reason_and_nothing_moves_without(desk: Browser) -> None:
    leads, reason = [make_lead(), make_lead()], LostReason.objects.get(code="expensive")

    refused = act(desk, leads, "move", stage="lost").json()
    assert refused["said"].startswith("Выполнено: 0 из 2.")
    assert len(refused["said"]) > len("Выполнено: 0 из 2.")
    assert refused["undo"] == []
    assert set(Lead.objects.values_list("stage", flat=True)) == {"new"}

    act(desk, leads, "move", stage="lost", lost_reason=reason.pk)
    assert set(Lead.objects.values_list("stage", "lost_reason")) == {("lost", reason.pk)}


def test_giving_and_giving_back(desk: Browser, manager: User) -> None:
    leads = [make_lead(), make_lead()]

    given = act(desk, leads, "assign", assignee=manager.pk).json()
    assert set(Lead.objects.values_list("assignee", flat=True)) == {manager.pk}
    assert given["undo"] == []

    act(desk, leads, "assign", assignee="")
    assert set(Lead.objects.values_list("assignee", flat=True)) == {None}
    assert LeadHistory.objects.filter(kind="assignee").count() == 4


def test_a_tag_is_added_to_those_a_lead_has(desk: Browser) -> None:
    first, second = make_lead(), make_lead()
    tag_lead(first.pk, ["VIP"], actor=BOT)

    act(desk, [first, second], "tag", tag="Срочно")

    assert sorted(first.tags.values_list("name", flat=True)) == ["VIP", "Срочно"]
    assert list(second.tags.values_list("name", flat=True)) == ["Срочно"]


def test_a_colleagues_lead_is_left_out_and_counted(desk: Browser) -> None:
    mine, other = make_lead(), make_lead()
    assign_lead(other.pk, make_manager("berik"), actor=BOT)
    before = Lead.objects.filter(pk=other.pk).values().get()

    answer = act(desk, [mine, other], "move", stage="selection").json()

    assert answer["said"] == "Выполнено: 1 из 2."
    assert answer["done"] == [mine.pk]
    assert Lead.objects.filter(pk=other.pk).values().get() == before


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "delete"},
        {"action": "move"},
        {"action": "move", "stage": "nowhere"},
        {"action": "tag"},
        {"action": "tag", "tag": "  "},
        {"action": "tag", "tag": "x" * 41},
        {"action": "assign", "assignee": 999_999},
        {"action": "move", "stage": "selection", "lead": []},
        {"action": "move", "stage": "selection", "lead": ["x", "-1", "²"]},
        {"action": "move", "stage": "selection", "lead": list(range(1, MOST + 2))},
    ],
)
def test_a_wrong_wish_says_why_and_changes_nothing(desk: Browser, fields: dict[str, Any]) -> None:
    lead = make_lead()
    before, rows = Lead.objects.values().get(), LeadHistory.objects.count()

    answer = desk.post(reverse("admin:leads_lead_many"), {"lead": [lead.pk], **fields})

    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert Lead.objects.values().get() == before
    assert LeadHistory.objects.count() == rows


def test_a_lead_named_twice_is_acted_on_once(desk: Browser) -> None:
    lead = make_lead()

    answer = act(desk, [lead, lead], "move", stage="selection").json()

    assert answer["said"] == "Выполнено: 1 из 1."


def test_the_bar_is_a_fragment_of_constant_cost(desk: Browser) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert b"<html" not in desk.get(reverse("admin:leads_lead_many")).content
        return len(seen)

    few = queries()
    for number in range(5):
        make_manager(f"colleague-{number}")

    assert queries() == few


@pytest.mark.parametrize("rights", [(), ("view_lead",)])
def test_seeing_is_not_changing(client: Browser, rights: tuple[str, ...]) -> None:
    client.force_login(make_staff(*rights))
    lead = make_lead()

    assert client.get(reverse("admin:leads_lead_many")).status_code == 403
    assert act(client, [lead], "move", stage="selection").status_code == 403
    assert Lead.objects.get().version == 1
