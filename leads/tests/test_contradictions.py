"""A person's facts against the client's words: what stays, what is shown, who decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse

from common.errors import Conflict
from leads.contradictions import (
    accept_contradiction,
    correct_facts,
    keep_fact,
    open_contradictions,
)
from leads.models import FactContradiction, Lead, LeadFact, LeadHistory
from leads.selectors import current_facts, facts_with_history
from leads.services import BOT, Actor, NewFact, assign_lead, forget_facts, record_facts
from leads.tests.factories import make_lead
from leads.tests.staff import make_manager, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> User:
    return make_manager()


@pytest.fixture
def desk(client: Browser, manager: User) -> Browser:
    client.force_login(manager)
    return client


def by(user: User) -> Actor:
    return Actor(user, "board")


def says(lead: Lead, **facts: Any) -> None:
    """What the client's message tells, each with its words."""
    new = [NewFact(name, value, f"пишу {name}") for name, value in facts.items()]
    record_facts(lead.pk, new, actor=BOT)


def shown(lead: Lead) -> list[tuple[str, str]]:
    rows = open_contradictions(lead.pk, facts_with_history(lead.pk))
    return [(row.theirs, row.ours) for row in rows]


def outcomes(lead: Lead) -> list[tuple[str, str]]:
    return list(lead.contradictions.order_by("pk").values_list("name", "outcome"))


# --- what automation may and may not ---


def test_the_clients_other_words_are_kept_beside_the_persons(manager: User) -> None:
    lead = make_lead()
    correct_facts(lead.pk, {"countries": ["TR"]}, actor=by(manager))
    says(lead, countries=["EG"], adults=2)

    assert current_facts(lead.pk) == {"countries": ["TR"], "adults": 2}
    assert shown(lead) == [("Египет", "Турция")]
    row = FactContradiction.objects.get()
    assert (row.value, row.quote, row.outcome) == (["EG"], "пишу countries", "open")
    history = LeadHistory.objects.filter(lead=lead, kind="otherwise").get()
    assert (history.actor, history.origin) == (None, "bot")


def test_what_belongs_to_a_contradicted_fact_waits_with_it(manager: User) -> None:
    """Half of the client's window with half of the person's would be nobody's window."""
    lead = make_lead()
    correct_facts(lead.pk, {"date_from": "2027-01-10"}, actor=by(manager))
    says(lead, date_from="2027-03-01", date_to="2027-03-20")

    assert current_facts(lead.pk) == {"date_from": "2027-01-10"}
    assert shown(lead) == [("1 мар. 2027 – 20 мар. 2027", "10 янв. 2027")]
    assert outcomes(lead) == [("date_from", "open"), ("date_to", "open")]


def test_the_same_words_are_no_contradiction(manager: User) -> None:
    lead = make_lead()
    correct_facts(lead.pk, {"countries": ["TR"]}, actor=by(manager))
    says(lead, countries=["TR"])

    assert outcomes(lead) == []
    assert LeadFact.objects.get(is_current=True).set_by == manager


def test_repeated_words_are_one_contradiction_and_the_newest_count(manager: User) -> None:
    lead = make_lead()
    correct_facts(lead.pk, {"adults": 3}, actor=by(manager))
    says(lead, adults=2)
    says(lead, adults=2)
    assert outcomes(lead) == [("adults", "open")]

    says(lead, adults=4)

    assert shown(lead) == [("4", "3")]
    assert outcomes(lead) == [("adults", "kept"), ("adults", "open")]


def test_a_client_who_agrees_in_the_end_settles_it(manager: User) -> None:
    lead = make_lead()
    correct_facts(lead.pk, {"adults": 3}, actor=by(manager))
    says(lead, adults=2)
    says(lead, adults=3)

    assert shown(lead) == []
    assert current_facts(lead.pk) == {"adults": 3}


def test_automation_forgets_nothing_a_person_has_a_hand_in(manager: User) -> None:
    lead = make_lead()
    says(lead, date_to="2027-01-20", nights_max=9)
    correct_facts(lead.pk, {"date_from": "2027-01-10"}, actor=by(manager))

    forget_facts(lead.pk, {"date_from", "date_to", "nights_max"}, actor=BOT)

    assert set(current_facts(lead.pk)) == {"date_from", "date_to"}


# --- a person decides ---


def test_accepting_makes_the_clients_words_the_persons_own(manager: User) -> None:
    lead = make_lead()
    correct_facts(lead.pk, {"countries": ["TR"], "resorts": ["Кемер"]}, actor=by(manager))
    says(lead, countries=["EG"])

    accept_contradiction(lead.pk, "countries", actor=by(manager))

    assert current_facts(lead.pk) == {"countries": ["EG"]}
    fact = LeadFact.objects.get(is_current=True)
    assert (fact.set_by, fact.quote) == (manager, "пишу countries")
    assert outcomes(lead) == [("countries", "accepted")]
    row = FactContradiction.objects.get()
    assert row.decided_by == manager
    assert row.decided_at is not None
    told = LeadHistory.objects.filter(lead=lead, kind="fact", actor=manager).latest("pk")
    assert (told.before, told.after) == ("countries: ['TR']", "countries: ['EG']")


def test_keeping_leaves_all_as_it_was_and_says_so(manager: User) -> None:
    lead = make_lead()
    correct_facts(lead.pk, {"countries": ["TR"]}, actor=by(manager))
    says(lead, countries=["EG"])
    before = list(LeadFact.objects.values())

    keep_fact(lead.pk, "countries", actor=by(manager))

    assert list(LeadFact.objects.values()) == before
    assert shown(lead) == []
    assert outcomes(lead) == [("countries", "kept")]
    assert LeadHistory.objects.filter(kind="otherwise", actor=manager).count() == 1


@pytest.mark.parametrize("decide", [accept_contradiction, keep_fact])
def test_what_has_been_decided_is_not_decided_again(manager: User, decide: Any) -> None:
    lead = make_lead()
    correct_facts(lead.pk, {"countries": ["TR"]}, actor=by(manager))
    says(lead, countries=["EG"])
    keep_fact(lead.pk, "countries", actor=by(manager))
    rows = LeadHistory.objects.count()

    with pytest.raises(Conflict):
        decide(lead.pk, "countries", actor=by(manager))

    assert current_facts(lead.pk) == {"countries": ["TR"]}
    assert LeadHistory.objects.count() == rows


def test_after_a_decision_the_clients_next_other_words_ask_again(manager: User) -> None:
    lead = make_lead()
    correct_facts(lead.pk, {"adults": 3}, actor=by(manager))
    says(lead, adults=2)
    keep_fact(lead.pk, "adults", actor=by(manager))

    says(lead, adults=2)

    assert shown(lead) == [("2", "3")]


def test_a_persons_new_words_settle_it(manager: User) -> None:
    lead = make_lead()
    correct_facts(lead.pk, {"adults": 3}, actor=by(manager))
    says(lead, adults=2)

    correct_facts(lead.pk, {"adults": 4}, actor=by(manager))

    assert shown(lead) == []
    assert current_facts(lead.pk) == {"adults": 4}


def test_correcting_writes_only_what_is_different(manager: User) -> None:
    lead = make_lead()
    says(lead, adults=2, nights_min=7)
    values: Mapping[str, Any] = {"adults": 2, "nights_min": None, "nights_max": 9, "currency": ""}

    changed = correct_facts(lead.pk, values, actor=by(manager))

    assert [fact.name for fact in changed] == ["nights_max"]
    assert current_facts(lead.pk) == {"adults": 2, "nights_max": 9}
    assert LeadFact.objects.get(name="adults").set_by is None


# --- on the sheet ---


def post(desk: Browser, lead: Lead, name: str, **fields: Any) -> Any:
    url = reverse(f"admin:leads_lead_{name}", args=[lead.pk])
    return desk.post(url, fields, HTTP_ACCEPT="application/json")


def sheet(desk: Browser, lead: Lead) -> str:
    return desk.get(reverse("admin:leads_lead_sheet", args=[lead.pk])).content.decode()


def test_the_sheet_shows_it_and_one_touch_decides(desk: Browser, manager: User) -> None:
    lead = make_lead()
    correct_facts(lead.pk, {"countries": ["TR"]}, actor=by(manager))
    says(lead, countries=["EG"])
    html = sheet(desk, lead)
    assert "Клиент пишет: <b>Египет</b>." in html
    assert "Указано менеджером: <b>Турция</b>." in html

    answer = post(desk, lead, "decide", fact="countries", decision="accept")

    assert answer.json()["said"] == "Принято, как пишет клиент."
    assert "Клиент пишет:" not in answer.json()["html"]
    assert "Турция → Египет" in answer.json()["html"]
    again = post(desk, lead, "decide", fact="countries", decision="keep")
    assert again.status_code == 400
    assert again.json()["detail"] == "Это уже решено."


def test_a_reader_sees_it_and_decides_nothing(client: Browser, manager: User) -> None:
    lead = make_lead()
    correct_facts(lead.pk, {"countries": ["TR"]}, actor=by(manager))
    says(lead, countries=["EG"])
    client.force_login(make_staff("view_lead", name="reader"))

    html = sheet(client, lead)

    assert "Клиент пишет: <b>Египет</b>." in html
    assert 'name="decision"' not in html
    assert "Поправить" not in html
    assert post(client, lead, "decide", fact="countries", decision="accept").status_code == 403
    assert post(client, lead, "facts", adults=5).status_code == 403
    assert current_facts(lead.pk) == {"countries": ["TR"]}


def test_a_colleagues_lead_is_decided_by_the_colleague(desk: Browser, manager: User) -> None:
    lead, colleague = make_lead(), make_manager("berik")
    correct_facts(lead.pk, {"countries": ["TR"]}, actor=by(colleague))
    says(lead, countries=["EG"])
    assign_lead(lead.pk, colleague, actor=BOT)

    assert post(desk, lead, "decide", fact="countries", decision="accept").status_code == 403
    assert outcomes(lead) == [("countries", "open")]


@pytest.mark.parametrize(
    "fields", [{"fact": "countries"}, {"decision": "keep"}, {"fact": "a", "decision": "b"}]
)
def test_a_decision_without_sense_changes_nothing(
    desk: Browser, manager: User, fields: dict[str, str]
) -> None:
    lead = make_lead()
    correct_facts(lead.pk, {"countries": ["TR"]}, actor=by(manager))
    says(lead, countries=["EG"])

    assert post(desk, lead, "decide", **fields).status_code == 400
    assert outcomes(lead) == [("countries", "open")]


# --- correcting by hand ---

EMPTY = {
    "countries": "", "departure_city": "", "date_from": "", "date_to": "", "nights_min": "",
    "nights_max": "", "adults": "", "children_ages": "", "budget_max": "", "currency": "",
}  # fmt: skip


def corrected(desk: Browser, lead: Lead, shown: dict[str, Any], **changed: Any) -> Any:
    """The form as it was opened, with some fields written over."""
    opened = {**EMPTY, **shown}
    initial = {f"initial-{name}": value for name, value in opened.items()}
    return post(desk, lead, "facts", **initial, **opened | changed)


def test_a_person_corrects_facts_in_their_shapes(desk: Browser, manager: User) -> None:
    lead = make_lead()

    answer = corrected(
        desk, lead, {}, countries="VN", departure_city="Алматы", date_from="2027-01-10",
        date_to="2027-01-20", nights_min="7", nights_max="10", adults="2", children_ages="5, 7",
        budget_max="900000", currency="KZT",
    )  # fmt: skip

    assert answer.status_code == 200
    assert current_facts(lead.pk) == {
        "countries": ["VN"],
        "departure_city": "Алматы",
        "date_from": "2027-01-10",
        "date_to": "2027-01-20",
        "nights_min": 7,
        "nights_max": 10,
        "adults": 2,
        "children": 2,
        "children_ages": [5, 7],
        "budget_max": 900_000,
        "currency": "KZT",
    }
    assert set(LeadFact.objects.values_list("set_by", flat=True)) == {manager.pk}


def test_what_was_learnt_while_the_form_stood_open_survives(desk: Browser) -> None:
    lead = make_lead()
    says(lead, nights_min=7, adults=2)

    corrected(desk, lead, {}, budget_max="900000")

    assert current_facts(lead.pk) == {"nights_min": 7, "adults": 2, "budget_max": 900_000}
    assert LeadFact.objects.get(name="adults").set_by is None


def test_another_country_takes_the_resort_along(desk: Browser) -> None:
    lead = make_lead()
    says(lead, countries=["TR"], resorts=["Кемер"])

    corrected(desk, lead, {"countries": "TR"}, countries="EG")

    assert current_facts(lead.pk) == {"countries": ["EG"]}


def test_what_was_emptied_is_not_known_any_more(desk: Browser) -> None:
    lead = make_lead()
    says(lead, children=1, children_ages=[5])

    corrected(desk, lead, {"children_ages": "5"}, children_ages="")

    assert current_facts(lead.pk) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"countries": "XX"},
        {"date_from": "2027-02-10", "date_to": "2027-02-01"},
        {"nights_min": "9", "nights_max": "3"},
        {"nights_min": "0"},
        {"adults": "-1"},
        {"children_ages": "5 лет"},
        {"children_ages": "44"},
        {"budget_max": "много"},
        {"currency": "BTC"},
    ],
)
def test_nonsense_is_refused_whole(desk: Browser, wrong: dict[str, str]) -> None:
    lead = make_lead()

    answer = corrected(desk, lead, {}, departure_city="Алматы", **wrong)

    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert current_facts(lead.pk) == {}


def test_the_form_opens_with_what_is_known(desk: Browser) -> None:
    lead = make_lead()
    says(lead, countries=["TR", "EG"], children=2, children_ages=[5, 7], adults=2)

    html = sheet(desk, lead)

    assert '<option value="TR" selected>Турция</option>' in html
    assert 'name="children_ages" value="5, 7"' in html
    assert 'name="initial-adults" value="2"' in html


def test_words_with_markup_stay_harmless(desk: Browser, manager: User) -> None:
    lead, evil = make_lead(), '"><script>alert(1)</script>'
    correct_facts(lead.pk, {"departure_city": evil}, actor=by(manager))
    record_facts(lead.pk, [NewFact("departure_city", evil + "2", evil)], actor=BOT)

    assert "<script>alert" not in sheet(desk, lead)
