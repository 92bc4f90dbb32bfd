"""Where staff see the analysis: the sheet, the lead's page, the card, the filter of the board."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from leads.analysis_words import reason_words, shown_analysis
from leads.board_filter import BoardFilter
from leads.board_selectors import board_columns
from leads.models import Lead, LeadAnalysis, LostReason
from leads.services import BOT, Actor, move_lead
from leads.steps import plan_step, tag_lead
from leads.tests.factories import make_lead
from leads.tests.staff import make_manager, make_staff

pytestmark = pytest.mark.django_db
BOARD = "/admin/leads/board/"


@pytest.fixture
def manager() -> User:
    return make_manager()


@pytest.fixture
def desk(client: Browser, manager: User) -> Browser:
    client.force_login(manager)
    return client


def analysed(**changes: Any) -> Lead:
    lead = make_lead()
    values = {
        "temperature": "hot",
        "points": 70,
        "reasons": [["budget", None]],
        "completeness": 66,
        "missing": ["dates", "nights"],
        "urgency": "calm",
        "segment": "tourist",
        "summary": "Турция · 2",
        "step": "ask_details",
        "tags": ["семья", "VIP"],
        "stage": "new",
    }
    LeadAnalysis.objects.update_or_create(lead=lead, defaults=values | changes)
    return Lead.objects.select_related("analysis").get(pk=lead.pk)


def html_of(desk: Browser, lead: Lead, which: str = "sheet") -> str:
    return desk.get(reverse(f"admin:leads_lead_{which}", args=[lead.pk])).content.decode()


# --- words ---


def test_days_are_counted_when_they_are_shown() -> None:
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    silent = (timezone.now() - timedelta(days=6, hours=1)).isoformat()

    with translation.override("ru"):
        assert reason_words("departs", day) == "вылет через 9 дней"
        assert reason_words("silent", silent) == "молчит 6 дней"
        assert reason_words("budget", None) == "назвал бюджет"
        assert reason_words("hotel", None) == "выбрал отель"
        assert reason_words("stage", "booking") == "на этапе «Бронирование»"


@pytest.mark.parametrize(
    ("code", "value"), [("later-version", 1), ("departs", "soon"), ("silent", None), ("fresh", [])]
)
def test_what_this_version_can_not_read_shows_as_nothing(code: str, value: Any) -> None:
    assert reason_words(code, value) == ""


# --- sheet and page ---


@pytest.mark.parametrize("which", ["sheet", "change"])
def test_the_assessment_is_shown(desk: Browser, which: str) -> None:
    html = html_of(desk, analysed(segment="agency", earlier_leads=3, urgency="urgent"), which)

    for words in (
        "Горячий", "Срочно", "Агентство · B2B", "обращался 3 раза", "Турция · 2", "назвал бюджет",
        "известно 66 %", "Не хватает: даты, сколько ночей", "Уточнить: даты, сколько ночей",
        'value="семья"', 'value="VIP"',
    ):  # fmt: skip
        assert words in html.replace("\xa0", " "), words


def test_one_touch_plans_the_suggested_step(desk: Browser) -> None:
    lead = analysed()
    shown = shown_analysis(lead)
    assert shown
    assert shown.step
    wish = {"text": shown.step.text, "kind": shown.step.kind, "due": shown.step.due}

    desk.post(reverse("admin:leads_lead_plan", args=[lead.pk]), wish)

    lead.refresh_from_db()
    assert lead.next_step == shown.step.text
    assert lead.next_step_at is not None
    assert timezone.now() < lead.next_step_at < timezone.now() + timedelta(hours=3)
    assert "analysis__step" not in html_of(desk, lead)


def test_one_touch_puts_on_a_suggested_tag_and_the_rest_stays_suggested(desk: Browser) -> None:
    lead = analysed()
    tag_lead(lead.pk, ["Своё", "vip"], actor=BOT)

    desk.post(reverse("admin:leads_lead_tags", args=[lead.pk]), {"add": "семья"})

    assert set(lead.tags.values_list("name", flat=True)) == {"Своё", "vip", "семья"}
    assert "Подходят теги" not in html_of(desk, lead)


def test_no_step_is_suggested_beside_a_planned_one_or_for_another_stage(desk: Browser) -> None:
    planned, moved, closed = analysed(), analysed(stage="booking"), analysed()
    plan_step(planned.pk, "Позвонить", timezone.now() + timedelta(days=1), actor=BOT)
    Lead.objects.filter(pk=closed.pk).update(stage="won")

    for lead in (planned, moved, closed):
        assert "analysis__step" not in html_of(desk, lead)


def test_an_overdue_step_makes_room_for_the_suggestion(desk: Browser) -> None:
    lead = analysed()
    Lead.objects.filter(pk=lead.pk).update(
        next_step="Позвонить", next_step_at=timezone.now() - timedelta(hours=1)
    )

    assert "analysis__step" in html_of(desk, lead)


def test_a_lead_that_was_never_analysed_says_so(desk: Browser) -> None:
    assert "Ещё не разобран" in html_of(desk, make_lead())
    assert "Оценка" not in html_of(desk, make_lead(), "change")


def test_a_reader_sees_it_without_buttons(client: Browser) -> None:
    client.force_login(make_staff("view_lead", name="reader"))
    html = html_of(client, analysed())

    assert "Горячий" in html
    assert "analysis__step" not in html
    assert "Подходят теги" not in html


def test_words_with_markup_stay_harmless(desk: Browser) -> None:
    evil = '"><script>alert(1)</script>'
    lead = analysed(summary=evil, tags=[evil], missing=[evil], reasons=[[evil, evil]], step="book")

    assert "<script>alert" not in html_of(desk, lead) + html_of(desk, lead, "change")


# --- board ---


def test_a_card_has_a_mark_and_a_closed_or_unknown_one_has_none(desk: Browser) -> None:
    analysed()
    analysed(temperature="cold")
    make_lead()
    closed = analysed()
    Lead.objects.filter(pk=closed.pk).update(stage="won")

    html = desk.get(BOARD).content.decode()

    assert html.count('bi-fire" role="img" title="Горячий"') == 1
    assert html.count('bi-snow" role="img" title="Холодный"') == 1
    assert 'title="Тёплый"' not in html


@pytest.mark.parametrize("is_filtered", [False, True])
def test_marks_cost_no_query(desk: Browser, manager: User, is_filtered: bool) -> None:
    wanted = BoardFilter(manager, temperature="hot" if is_filtered else "")
    manager.get_all_permissions()
    analysed()

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            cards = [lead for column in board_columns(wanted) for lead in column.leads]
            assert all(lead.analysis.temperature for lead in cards)
        return len(seen)

    few = queries()
    for _ in range(8):
        analysed()

    assert queries() == few == 4


def test_the_filter_by_temperature_leaves_closed_leads_out(desk: Browser, manager: User) -> None:
    hot, cold, closed = analysed(), analysed(temperature="cold"), analysed()
    move_lead(closed.pk, "lost", actor=BOT, lost_reason=LostReason.objects.first())
    LeadAnalysis.objects.filter(lead=closed).update(temperature="hot")

    columns = board_columns(BoardFilter(manager, temperature="hot"))
    page = desk.get(BOARD, {"temperature": "hot", "panel": "1"}).content.decode()

    assert [lead.pk for column in columns for lead in column.leads] == [hot.pk]
    assert f'id="lead-{hot.pk}"' in page
    assert f'id="lead-{cold.pk}"' not in page
    assert '<option value="hot" selected>Горячий</option>' in page


def test_a_temperature_nobody_knows_filters_nothing(desk: Browser) -> None:
    lead = analysed()

    page = desk.get(BOARD, {"temperature": "boiling"}).content.decode()

    assert f'id="lead-{lead.pk}"' in page


def test_a_move_by_hand_keeps_the_analysis_in_step(manager: User) -> None:
    lead = analysed()

    move_lead(lead.pk, "booking", actor=Actor(manager, "board"))

    assert LeadAnalysis.objects.get(lead=lead).step == "passports"
