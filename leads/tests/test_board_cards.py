"""A card's colours and tags, and the prompt after a move."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leads.board import cards_of
from leads.board_filter import BoardFilter
from leads.board_selectors import CLOSED_CARDS, board_columns
from leads.models import Lead, LostReason
from leads.services import BOT, move_lead
from leads.step_choices import due_of, quick_steps
from leads.steps import plan_step, tag_lead
from leads.tests.factories import make_lead
from leads.tests.staff import make_manager

pytestmark = pytest.mark.django_db
BOARD = "/admin/leads/board/"


@pytest.fixture
def desk(client: Browser) -> Browser:
    client.force_login(make_manager())
    return client


def step(lead: Lead, **ahead: int) -> Lead:
    Lead.objects.filter(pk=lead.pk).update(
        next_step="Позвонить", next_step_at=timezone.now() + timedelta(**ahead)
    )
    lead.refresh_from_db()
    return lead


@pytest.mark.parametrize(
    ("days", "aging"), [(0, ""), (2, ""), (3, "is-old"), (6, "is-old"), (7, "is-stuck")]
)
def test_a_card_ages_in_its_stage(days: int, aging: str) -> None:
    lead = make_lead()
    lead.stage_changed_at = timezone.now() - timedelta(days=days, minutes=1)

    assert cards_of([lead])[0].aging == aging


def test_a_closed_lead_does_not_age_and_owes_no_step() -> None:
    lead = move_lead(make_lead().pk, "won", actor=BOT)
    lead.stage_changed_at = timezone.now() - timedelta(days=30)

    assert cards_of([lead])[0].aging == ""
    assert due_of(lead) == "closed"


def test_the_step_is_overdue_today_later_or_missing() -> None:
    assert due_of(make_lead()) == "none"
    assert due_of(step(make_lead(), minutes=-1)) == "overdue"
    assert due_of(step(make_lead(), days=2)) == "later"
    tonight = timezone.localtime().replace(hour=23, minute=59, second=59)
    lead = make_lead()
    lead.next_step, lead.next_step_at = "Позвонить", tonight
    assert due_of(lead) == "today"


def test_an_open_card_without_a_step_says_so(desk: Browser) -> None:
    with_step, closed = make_lead(), make_lead()
    plan_step(with_step.pk, "Позвонить", timezone.now() + timedelta(days=1), actor=BOT)
    move_lead(closed.pk, "lost", actor=BOT, lost_reason=LostReason.objects.first())
    assert "нет следующего шага" not in desk.get(BOARD).content.decode()

    make_lead()

    assert desk.get(BOARD).content.decode().count("нет следующего шага") == 1


def test_a_card_shows_three_tags_and_counts_the_rest(desk: Browser) -> None:
    tag_lead(make_lead().pk, ["А1", "Б2", "В3", "Г4", "Д5"], actor=BOT)

    html = desk.get(BOARD).content.decode()

    assert [word for word in ("А1", "Б2", "В3", "Г4", "Д5") if word in html] == ["А1", "Б2", "В3"]
    assert '<span class="chip">+2</span>' in html


def test_tags_and_steps_cost_no_query_per_card(desk: Browser) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(BOARD).status_code == 200
        return len(seen)

    tag_lead(make_lead().pk, ["VIP"], actor=BOT)
    few = queries()
    for number in range(20):
        tag_lead(make_lead().pk, ["VIP", f"Тег {number}"], actor=BOT)

    assert queries() == few
    assert few <= 15


def test_a_full_board_stays_light(desk: Browser) -> None:
    for stage in ("won", "lost"):
        for _ in range(CLOSED_CARDS + 5):
            lead = make_lead()
            move_lead(lead.pk, stage, actor=BOT, lost_reason=LostReason.objects.first())

    columns = board_columns(BoardFilter(make_manager("berik")))
    won = next(column for column in columns if column.head.stage.code == "won")

    assert (won.head.count, len(won.leads)) == (CLOSED_CARDS + 5, CLOSED_CARDS)
    page = desk.get(reverse("admin:leads_lead_cards"), {"stage": "won", "after": won.after})
    assert page.content.count(b"<article") == 5


# --- what is next ---


def moved(desk: Browser, lead: Lead, stage: str, **fields: Any) -> Any:
    data = {"lead": lead.pk, "stage": stage, **fields}
    address = reverse("admin:leads_lead_move")
    return desk.post(address, data, HTTP_ACCEPT="application/json").json()["prompt"]


def test_after_a_move_the_usual_step_is_offered(desk: Browser) -> None:
    lead = make_lead()

    prompt = moved(desk, lead, "selection")
    desk.post(prompt["url"], {"text": prompt["text"], **prompt["choices"][1]})

    lead.refresh_from_db()
    assert prompt["text"] == "Отправить подборку"
    assert [choice["label"] for choice in prompt["choices"]] == [
        "Через 2 часа", "Завтра", "Через 3 дня",
    ]  # fmt: skip
    assert lead.next_step == "Отправить подборку"
    due = timezone.localtime(lead.next_step_at)
    assert due.date() == timezone.localdate() + timedelta(days=1)
    assert (due.hour, due.minute) == (10, 0)


def test_nothing_is_offered_where_a_step_is_planned_or_the_lead_is_closed(desk: Browser) -> None:
    planned, closed = step(make_lead(), days=1), make_lead()

    assert moved(desk, planned, "selection") is None
    assert moved(desk, closed, "won") is None


def test_an_overdue_step_is_worth_a_new_one(desk: Browser) -> None:
    assert moved(desk, step(make_lead(), days=-1), "selection") is not None


def test_every_open_stage_has_its_usual_step() -> None:
    for stage in ("new", "consultation", "selection", "offer_sent", "negotiation", "booking"):
        assert len(quick_steps(stage)) == 3
    assert quick_steps("won") == quick_steps("lost") == []
