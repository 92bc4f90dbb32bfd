"""The board: what it shows, at what cost, and who may move what."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leads.board_filter import BoardFilter
from leads.board_selectors import Place, board_columns, column_page
from leads.models import ClientIdentity, Lead, LeadHistory, LeadStage, LostReason
from leads.panels import Badge, badges_of, card_badges
from leads.tests.factories import make_client, make_lead
from live.models import LiveEvent

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}


def _staff(*rights: str, name: str = "aigul") -> User:
    user = User.objects.create_user(name, password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user


def head() -> User:
    return User.objects.create(username="head", is_superuser=True)


@pytest.fixture
def manager() -> User:
    return _staff("view_lead", "change_lead")


@pytest.fixture
def desk(client: Browser, manager: User) -> Browser:
    client.force_login(manager)
    return client


def _move(desk: Browser, lead: Lead, stage: str, **fields: Any) -> Any:
    data = {"lead": lead.pk, "stage": stage, "version": lead.version} | fields
    return desk.post(reverse("admin:leads_lead_move"), data, **JSON)


def _fill(count: int, stage: str = "new") -> list[Lead]:
    """Leads in one stage, the first one newest in it."""
    leads = [make_lead() for _ in range(count)]
    now = timezone.now()
    for number, lead in enumerate(leads):
        lead.stage_id, lead.stage_changed_at = stage, now - timedelta(minutes=number)
    Lead.objects.bulk_update(leads, ["stage", "stage_changed_at"])
    return leads


# --- what it shows ---


def test_nine_columns_in_the_order_of_the_stages(desk: Browser) -> None:
    page = desk.get(reverse("admin:leads_lead_board"))

    codes = [column.head.stage.code for column in page.context["columns"]]
    assert codes == list(LeadStage.Code.values)


def test_a_column_counts_and_sums_all_its_leads_but_shows_the_first_25() -> None:
    leads = _fill(30)
    Lead.objects.filter(pk=leads[0].pk).update(amount=Decimal(900_000), currency="KZT")
    Lead.objects.filter(pk=leads[1].pk).update(amount=Decimal(1_000), currency="USD")

    column = board_columns(BoardFilter(head()))[0]

    assert column.head.count == 30
    assert column.head.total == Decimal(900_000)
    assert [lead.pk for lead in column.leads] == [lead.pk for lead in leads[:22]]


def test_more_cards_continue_without_gap_or_repeat() -> None:
    leads = _fill(60)
    # Two cards of the same moment on the border of the page.
    Lead.objects.filter(pk=leads[22].pk).update(stage_changed_at=leads[21].stage_changed_at)
    viewer = head()
    column = board_columns(BoardFilter(viewer))[0]

    shown = [lead.pk for lead in column.leads]
    after = column.after
    while after:
        place = Place.parse(after)
        assert place is not None
        page, after = column_page("new", BoardFilter(viewer), place)
        shown += [lead.pk for lead in page]

    assert len(shown) == 60
    assert set(shown) == {lead.pk for lead in leads}


def test_more_cards_is_a_fragment_with_the_next_button(desk: Browser) -> None:
    _fill(60)
    after = board_columns(BoardFilter(head()))[0].after

    page = desk.get(reverse("admin:leads_lead_cards"), {"stage": "new", "after": after})

    assert page.content.count(b"<article") == 22
    assert b"<html" not in page.content
    assert b"hx-get" in page.content


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"stage": "new", "after": "nonsense"},
        {"stage": "new", "after": "2026-99-99T00:00:00_1"},
        {"stage": "new", "after": "2026-01-01T00:00:00_1"},
        {"stage": "nowhere", "after": "2026-01-01T00:00:00+00:00_1"},
    ],
)
def test_more_cards_refuses_a_place_that_is_not_ours(desk: Browser, query: dict[str, str]) -> None:
    assert desk.get(reverse("admin:leads_lead_cards"), query).status_code == 404


@pytest.mark.parametrize(
    ("words", "is_found"),
    [("аи", True), ("ВЬЕТНАМ", True), ("8 701 222 33 44", True), ("2233", True), ("Мальта", False)],
)
def test_search_finds_name_wish_and_phone(words: str, is_found: bool) -> None:
    client = make_client(name="Аида")
    ClientIdentity.objects.create(client=client, kind="phone", value="+77012223344")
    lead = make_lead(client)
    Lead.objects.filter(pk=lead.pk).update(wish="Вьетнам · 12 янв")

    column = board_columns(BoardFilter(head(), words=words))[0]

    assert column.head.count == int(is_found)
    assert len(column.leads) == int(is_found)


def test_mine_shows_only_my_leads(desk: Browser, manager: User) -> None:
    mine, _other = _fill(2)
    Lead.objects.filter(pk=mine.pk).update(assignee=manager)

    page = desk.get(reverse("admin:leads_lead_board"), {"whose": "mine"})

    assert [card.lead.pk for card in page.context["columns"][0].cards] == [mine.pk]


def test_a_card_leads_to_where_its_badge_says_and_tells_who_waits(
    desk: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = make_lead()
    waiting = timezone.now() - timedelta(minutes=8)
    badge = Badge("/talk/", "conversation:7", waiting, "А визу делаете?")
    monkeypatch.setattr("leads.panels.card_badges", [lambda ids: {lead.pk: badge}])

    html = desk.get(reverse("admin:leads_lead_board")).content.decode()

    assert 'href="/talk/"' in html
    assert 'data-watch="conversation:7"' in html
    assert "8 мин" in html
    assert "А визу делаете?" in html


def test_a_card_opens_its_sheet(desk: Browser) -> None:
    lead = make_lead()

    html = desk.get(reverse("admin:leads_lead_board")).content.decode()

    assert reverse("admin:leads_lead_sheet", args=[lead.pk]) in html


def test_the_first_badge_source_that_knows_a_lead_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = Badge(url="/first/"), Badge(url="/second/")
    sources = [lambda ids: {1: first}, lambda ids: {1: second, 2: second}]
    monkeypatch.setattr("leads.panels.card_badges", sources)

    assert badges_of([1, 2]) == {1: first, 2: second}
    assert card_badges


def test_names_with_markup_stay_harmless(desk: Browser) -> None:
    lead = make_lead(make_client(name='"><script>alert(1)</script>'))
    Lead.objects.filter(pk=lead.pk).update(wish="<img src=x onerror=alert(1)>")

    html = desk.get(reverse("admin:leads_lead_board")).content.decode()

    assert "<script>alert" not in html
    assert "<img src=x" not in html


# --- at what cost ---


def _queries_of(desk: Browser, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert desk.get(address).status_code == 200
    return len(queries)


def test_the_number_of_queries_does_not_grow_with_the_cards(desk: Browser) -> None:
    board = reverse("admin:leads_lead_board")
    for stage in LeadStage.Code.values[:7]:
        _fill(1, stage)
    few = _queries_of(desk, board)

    for stage in LeadStage.Code.values[:7]:
        _fill(15, stage)
    many = _queries_of(desk, board)

    assert many == few
    assert many <= 15


# --- moving ---


def test_moving_goes_through_the_service(desk: Browser, manager: User) -> None:
    lead = make_lead()

    answer = _move(desk, lead, "selection")

    assert answer.status_code == 200
    assert answer.json()["stage"] == "selection"
    assert answer.json()["version"] == 2
    assert answer.json()["undo"] == {"stage": "new", "lost_reason": None, "version": 2}
    row = LeadHistory.objects.get(lead=lead, kind="stage")
    assert (row.before, row.after, row.actor, row.origin) == ("new", "selection", manager, "board")
    assert LiveEvent.objects.filter(kind="lead.moved", payload__lead=lead.pk).count() == 1


def test_undo_moves_back_even_out_of_lost_and_into_it(desk: Browser) -> None:
    lead, reason = make_lead(), LostReason.objects.get(code="expensive")
    _move(desk, lead, "lost", lost_reason=reason.pk)
    lead.refresh_from_db()

    undo = _move(desk, lead, "new").json()["undo"]
    lead.refresh_from_db()
    assert lead.lost_reason is None
    _move(desk, lead, undo["stage"], lost_reason=undo["lost_reason"])

    lead.refresh_from_db()
    assert lead.stage_id == "lost"
    assert lead.lost_reason == reason


def test_a_slower_colleague_gets_409_with_the_fresh_card(desk: Browser) -> None:
    lead = make_lead()
    _move(desk, lead, "selection")

    answer = _move(desk, lead, "consultation")

    assert answer.status_code == 409
    assert answer.json()["code"] == "stale"
    assert answer.json()["detail"]
    assert answer.json()["card"]["stage"] == "selection"
    assert Lead.objects.get(pk=lead.pk).stage_id == "selection"
    assert LeadHistory.objects.filter(lead=lead, kind="stage").count() == 1


def test_lost_needs_a_reason(desk: Browser) -> None:
    lead = make_lead()

    answer = _move(desk, lead, "lost")

    assert answer.status_code == 400
    assert answer.json()["code"] == "reason_required"
    assert Lead.objects.get(pk=lead.pk).stage_id == "new"
    assert not LeadHistory.objects.filter(lead=lead, kind="stage").exists()


@pytest.mark.parametrize("stage", ["", "nowhere", "NEW", "новый"])
def test_an_unknown_stage_is_refused(desk: Browser, stage: str) -> None:
    lead = make_lead()

    assert _move(desk, lead, stage).status_code == 400
    assert Lead.objects.get(pk=lead.pk).version == 1


@pytest.mark.parametrize(
    ("lead", "status"), [("999999", 404), ("", 400), ("x", 400), ("-1", 400), ("9" * 40, 400)]
)
def test_an_unknown_lead_is_refused(desk: Browser, lead: str, status: int) -> None:
    data = {"lead": lead, "stage": "selection"}

    assert desk.post(reverse("admin:leads_lead_move"), data, **JSON).status_code == status


def test_without_script_the_form_moves_and_comes_back(desk: Browser) -> None:
    lead = make_lead()
    address = reverse("admin:leads_lead_move")
    form = desk.get(address, {"lead": lead.pk})

    answer = desk.post(address, {"lead": lead.pk, "stage": "selection", "version": 1}, follow=True)

    assert form.content.count(b"<option") > len(LeadStage.Code.values)
    assert answer.redirect_chain == [(reverse("admin:leads_lead_board"), 302)]
    assert Lead.objects.get(pk=lead.pk).stage_id == "selection"


@pytest.mark.parametrize("number", ["", "abc", "²", "999999", "9" * 40])
def test_the_form_of_an_unknown_lead_is_not_found(desk: Browser, number: str) -> None:
    page = desk.get(reverse("admin:leads_lead_move"), {"lead": number})

    assert page.status_code == 404


def test_moving_needs_the_csrf_token(manager: User) -> None:
    lead, strict = make_lead(), Browser(enforce_csrf_checks=True)
    strict.force_login(manager)

    assert _move(strict, lead, "selection").status_code == 403
    assert Lead.objects.get(pk=lead.pk).stage_id == "new"


# --- rights ---


def test_seeing_is_not_moving(client: Browser) -> None:
    client.force_login(_staff("view_lead"))
    lead = make_lead()

    board = client.get(reverse("admin:leads_lead_board"))

    assert board.status_code == 200
    assert b"lead-card__move" not in board.content
    assert _move(client, lead, "selection").status_code == 403
    assert Lead.objects.get(pk=lead.pk).stage_id == "new"
    assert not LeadHistory.objects.filter(kind="stage").exists()


@pytest.mark.parametrize("name", ["board", "cards", "changes", "move"])
def test_without_rights_every_address_says_403(client: Browser, name: str) -> None:
    client.force_login(_staff())

    assert client.get(reverse(f"admin:leads_lead_{name}")).status_code == 403


@pytest.mark.parametrize("name", ["board", "cards", "changes", "move"])
def test_without_login_every_address_leads_to_the_log_in_page(client: Browser, name: str) -> None:
    answer = client.get(reverse(f"admin:leads_lead_{name}"))

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("admin:login"))


# --- keeping fresh ---


def test_changes_return_the_asked_cards_and_all_numbers(desk: Browser) -> None:
    lead, _other = _fill(2)
    asked = {"lead": [lead.pk, 999_999, "x", "²"]}

    answer = desk.get(reverse("admin:leads_lead_changes"), asked).json()

    assert [card["lead"] for card in answer["cards"]] == [lead.pk]
    assert answer["heads"]["new"] == {"count": 2, "total": ""}
    assert len(answer["heads"]) == 9


def test_changes_leave_out_what_the_filter_hides(desk: Browser) -> None:
    lead = make_lead()

    asked = {"lead": lead.pk, "whose": "mine"}
    answer = desk.get(reverse("admin:leads_lead_changes"), asked).json()

    assert answer["cards"] == []
    assert answer["heads"]["new"]["count"] == 0
