"""Filters of the board: what each lets through, how they stand in the address, saved ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import QueryDict
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leads.board_filter import BoardFilter, leads_on_board
from leads.board_forms import Asked
from leads.board_selectors import Place, board_columns, column_page
from leads.models import Lead, LostReason, SavedView
from leads.saved_views import MOST_VIEWS
from leads.services import BOT, NewFact, assign_lead, move_lead, record_facts
from leads.steps import tag_lead
from leads.tests.factories import make_lead
from leads.tests.staff import make_manager, make_staff

pytestmark = pytest.mark.django_db
BOARD = "/admin/leads/board/"
ALL_AT_ONCE = (
    "whose=mine&q=a&source=webchat&country=VN&tag=VIP&sum_from=1&sum_to=9&waiting=1"
    "&created_from=2026-01-01&created_to=2026-02-01&overdue=1"
)


@pytest.fixture
def manager() -> User:
    return make_manager()


@pytest.fixture
def desk(client: Browser, manager: User) -> Browser:
    client.force_login(manager)
    return client


def found(query: str, viewer: User | None = None) -> set[int]:
    viewer = viewer or User.objects.get_or_create(username="head", is_superuser=True)[0]
    return set(
        leads_on_board(Asked(QueryDict(query)).filter_for(viewer)).values_list("pk", flat=True)
    )


def set_lead(**values: Any) -> Lead:
    lead = make_lead()
    Lead.objects.filter(pk=lead.pk).update(**values)
    return lead


# --- what each lets through ---


def test_mine_nobodys_and_all(manager: User) -> None:
    free, mine = make_lead(), make_lead()
    assign_lead(mine.pk, manager, actor=BOT)

    assert found("whose=mine", manager) == {mine.pk}
    assert found("whose=nobody", manager) == {free.pk}
    assert found("", manager) == {free.pk, mine.pk}


def test_source() -> None:
    lead = make_lead(source="telegram")
    make_lead(source="webchat")

    assert found("source=telegram") == {lead.pk}


def test_country_asks_what_is_true_now() -> None:
    both, before = make_lead(), make_lead()
    record_facts(both.pk, [NewFact("countries", ["TR", "VN"])], actor=BOT)
    record_facts(before.pk, [NewFact("countries", ["VN"])], actor=BOT)
    record_facts(before.pk, [NewFact("countries", ["EG"])], actor=BOT)

    assert found("country=VN") == {both.pk}
    assert found("country=TR") == {both.pk}
    assert found("country=EG") == {before.pk}


def test_a_country_not_wanted_is_not_wanted() -> None:
    lead = make_lead()
    record_facts(lead.pk, [NewFact("excluded_countries", ["VN"])], actor=BOT)

    assert found("country=VN") == set()


def test_tag_and_its_commas() -> None:
    tagged = make_lead()
    tag_lead(tagged.pk, ["VIP, дети"], actor=BOT)
    tag_lead(make_lead().pk, ["VIP"], actor=BOT)

    assert found("tag=VIP, дети") == {tagged.pk}


def test_a_lead_with_two_tags_counts_once(manager: User) -> None:
    lead = make_lead()
    tag_lead(lead.pk, ["VIP", "Дети"], actor=BOT)

    wanted = BoardFilter(manager, tag="VIP")
    assert [one.pk for one in leads_on_board(wanted)] == [lead.pk]


@pytest.mark.parametrize(
    ("query", "is_found"),
    [("sum_from=500000", True), ("sum_from=500001", False), ("sum_to=500000", True),
     ("sum_to=499999", False), ("sum_from=1&sum_to=900000", True)],
)  # fmt: skip
def test_sum_is_in_tenge_and_inclusive(query: str, is_found: bool) -> None:
    lead = set_lead(amount=Decimal(500_000), currency="KZT")
    set_lead(amount=Decimal(500_000), currency="USD")
    make_lead()

    assert found(query) == ({lead.pk} if is_found else set())


def test_days_of_creation_are_local_and_inclusive() -> None:
    late = timezone.localtime().replace(year=2026, month=3, day=5, hour=23, minute=30)
    lead = set_lead(created_at=late)

    assert found("created_from=2026-03-05&created_to=2026-03-05") == {lead.pk}
    assert found("created_from=2026-03-06") == set()
    assert found("created_to=2026-03-04") == set()


def test_overdue_leaves_out_closed_leads() -> None:
    hour_ago = timezone.now() - timedelta(hours=1)
    late = set_lead(next_step="Позвонить", next_step_at=hour_ago)
    set_lead(next_step="Позвонить", next_step_at=timezone.now() + timedelta(hours=1))
    lost = set_lead(next_step="Позвонить", next_step_at=hour_ago)
    move_lead(lost.pk, "lost", actor=BOT, lost_reason=LostReason.objects.first())

    assert found("overdue=1") == {late.pk}


def test_waiting_is_what_other_apps_say(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, _third = make_lead(), make_lead(), make_lead()

    def only(lead: Lead) -> Callable[[], Any]:
        return lambda: Lead.objects.filter(pk=lead.pk).values("pk")

    monkeypatch.setattr("leads.panels.waiting_leads", [only(first), only(second)])
    assert found("waiting=1") == {first.pk, second.pk}

    monkeypatch.setattr("leads.panels.waiting_leads", [])
    assert found("waiting=1") == set()


def test_a_filter_never_shows_a_colleagues_lead(manager: User) -> None:
    lead = make_lead()
    tag_lead(lead.pk, ["VIP"], actor=BOT)
    assign_lead(lead.pk, make_manager("berik"), actor=BOT)

    assert found("tag=VIP", manager) == set()


# --- the address ---


@pytest.mark.parametrize(
    "query",
    [
        "whose=theirs", "source=no such", "country=Vietnam", "country=%00", "sum_from=x",
        "sum_from=-1", "sum_to=1e99", "created_from=2026-99-99", "created_to=9999-12-31",
        "created_from=0001-01-01", "tag=" + "x" * 41, "q=" + "x" * 101, "lead=5", "stage=new",
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_left_out(desk: Browser, query: str) -> None:
    lead = make_lead()

    page = desk.get(f"{BOARD}?{query}")

    assert page.status_code == 200
    assert Asked(QueryDict(query)).query() == ""
    assert [card.lead.pk for card in page.context["columns"][0].cards] == [lead.pk]


def test_each_chip_takes_its_own_condition_off() -> None:
    asked = Asked(QueryDict("country=VN&waiting=on&whose=mine&sum_from=500000"))

    chips = {chip.text.replace("\xa0", " "): chip.query for chip in asked.chips()}

    assert chips == {
        "Вьетнам": "whose=mine&sum_from=500000&waiting=1",
        "от 500 000 ₸": "whose=mine&country=VN&waiting=1",
        "ждут ответа": "whose=mine&country=VN&sum_from=500000",
    }


def test_the_filter_holds_for_more_cards_and_for_changes(desk: Browser, manager: User) -> None:
    leads = [make_lead() for _ in range(27)]
    for lead in leads:
        tag_lead(lead.pk, ["VIP"], actor=BOT)
    other = make_lead()

    page = desk.get(BOARD, {"tag": "VIP"})
    after = page.context["columns"][0].after
    more = desk.get(
        reverse("admin:leads_lead_cards"), {"tag": "VIP", "stage": "new", "after": after}
    )
    changes = desk.get(
        reverse("admin:leads_lead_changes"), {"tag": "VIP", "lead": [other.pk, leads[0].pk]}
    ).json()

    assert page.context["columns"][0].head.count == 27
    assert more.content.count(b"<article") == 5
    assert [card["lead"] for card in changes["cards"]] == [leads[0].pk]
    assert changes["heads"]["new"]["count"] == 27


def test_the_panel_is_a_fragment_and_opens_without_script_too(desk: Browser) -> None:
    tag_lead(make_lead().pk, ["VIP"], actor=BOT)

    fragment = desk.get(reverse("admin:leads_lead_filter"), {"country": "VN", "tag": "VIP"})
    page = desk.get(BOARD, {"country": "VN", "panel": "1"})

    assert b"<html" not in fragment.content
    for content in (fragment.content.decode(), page.content.decode()):
        assert '<option value="VN" selected>Вьетнам</option>' in content
    assert "<option selected>VIP</option>" in fragment.content.decode()


def test_words_with_markup_stay_harmless(desk: Browser) -> None:
    evil = '"><script>alert(1)</script>'
    query = {"q": evil, "tag": evil, "panel": "1"}
    SavedView.objects.create(
        user=User.objects.get(username="aigul"), page="board", name=evil, query="whose=mine"
    )

    assert "<script>alert" not in desk.get(BOARD, query).content.decode()


# --- at what cost ---


def test_the_number_of_queries_does_not_grow(desk: Browser) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(f"{BOARD}?{ALL_AT_ONCE}").status_code == 200
        return len(seen)

    few = queries()
    for number in range(12):
        lead = make_lead()
        tag_lead(lead.pk, ["VIP", f"Тег {number}"], actor=BOT)

    assert queries() == few
    assert few <= 15


# --- saved ones ---


def keep(desk: Browser, name: str, query: str) -> Any:
    return desk.post(reverse("admin:leads_lead_keep_view"), {"name": name, "query": query})


def test_a_filter_is_saved_listed_and_deleted(desk: Browser, manager: User) -> None:
    answer = keep(desk, " Вьетнам ", "country=VN&whose=mine&evil=1&lead=7")
    view = SavedView.objects.get()
    panel = desk.get(reverse("admin:leads_lead_filter")).content.decode()
    gone = desk.post(
        reverse("admin:leads_lead_forget_view", args=[view.pk]), {"query": "country=VN"}
    )

    assert (view.user, view.page, view.name) == (manager, "board", "Вьетнам")
    assert view.query == "whose=mine&country=VN"
    assert answer["Location"] == f"{BOARD}?whose=mine&country=VN"
    assert f"{BOARD}?whose=mine&amp;country=VN" in panel
    assert gone["Location"] == f"{BOARD}?country=VN"
    assert not SavedView.objects.exists()


def test_the_same_name_replaces(desk: Browser) -> None:
    keep(desk, "Мои", "whose=mine")
    keep(desk, "Мои", "whose=nobody")

    assert SavedView.objects.get().query == "whose=nobody"


@pytest.mark.parametrize("name", ["", "   ", "x" * 61])
def test_a_wrong_name_saves_nothing(desk: Browser, name: str) -> None:
    assert keep(desk, name, "whose=mine").status_code == 302
    assert not SavedView.objects.exists()


def test_there_are_not_too_many(desk: Browser, manager: User) -> None:
    SavedView.objects.bulk_create(
        SavedView(user=manager, page="board", name=f"№{number}") for number in range(MOST_VIEWS)
    )

    keep(desk, "Ещё один", "whose=mine")

    assert SavedView.objects.count() == MOST_VIEWS


def test_a_colleagues_filter_is_neither_shown_nor_deleted(desk: Browser) -> None:
    other = SavedView.objects.create(
        user=make_staff(name="berik"), page="board", name="Чужой", query="whose=mine"
    )

    assert "Чужой" not in desk.get(reverse("admin:leads_lead_filter")).content.decode()
    gone = desk.post(reverse("admin:leads_lead_forget_view", args=[other.pk]))
    assert gone.status_code == 404
    assert SavedView.objects.get() == other


@pytest.mark.parametrize("name", ["filter", "keep_view", "forget_view"])
def test_without_rights_every_address_says_403(client: Browser, name: str) -> None:
    client.force_login(make_staff())
    address = reverse(f"admin:leads_lead_{name}", args=[1] if name == "forget_view" else [])

    answer = client.get(address) if name == "filter" else client.post(address, {"name": "x"})

    assert answer.status_code == 403
    assert not SavedView.objects.exists()


def test_saving_is_by_post_only(desk: Browser) -> None:
    assert desk.get(reverse("admin:leads_lead_keep_view")).status_code == 405
    assert desk.get(reverse("admin:leads_lead_forget_view", args=[1])).status_code == 405


def test_a_narrowed_column_shows_its_newest_cards_in_order(manager: User) -> None:
    """Two ways lead to the first cards; a narrow filter takes the other one."""
    now = timezone.now()
    leads = [set_lead(stage_changed_at=now - timedelta(hours=n), currency="KZT") for n in range(30)]
    Lead.objects.update(amount=Decimal(500_000))
    set_lead(stage_changed_at=now)
    closed = [set_lead(stage="won", amount=Decimal(500_000), currency="KZT") for _ in range(12)]

    columns = board_columns(BoardFilter(manager, sum_from=Decimal(1)))

    assert [lead.pk for lead in columns[0].leads] == [lead.pk for lead in leads[:22]]
    assert columns[0].head.count == 30
    assert (columns[7].head.count, len(columns[7].leads)) == (len(closed), 10)
    place = Place.parse(columns[0].after)
    assert place
    rest, _end = column_page("new", BoardFilter(manager, sum_from=Decimal(1)), place)
    assert [lead.pk for lead in rest] == [lead.pk for lead in leads[22:]]


def test_both_ways_give_the_same_board(manager: User) -> None:
    for number in range(40):
        set_lead(
            stage=("new", "selection", "won")[number % 3],
            stage_changed_at=timezone.now() - timedelta(minutes=number // 2),
        )

    everything = BoardFilter(manager)
    all_of_this_century = replace(everything, created_from=date(2001, 1, 1))

    def shown(wanted: BoardFilter) -> list[list[int]]:
        return [[lead.pk for lead in one.leads] for one in board_columns(wanted)]

    assert (everything.is_narrow, all_of_this_century.is_narrow) == (False, True)
    assert shown(everything) == shown(all_of_this_century)
