"""«Турция → Вьетнам, 14:20»: how facts changed, in one line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client as Browser
from django.urls import reverse

from leads.fact_lines import fact_lines
from leads.models import Lead, LeadFact
from leads.selectors import facts_with_history
from leads.services import BOT, NewFact, forget_facts, record_facts
from leads.tests.factories import make_lead

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)  # 12:00 in Almaty


def learn(lead: Lead, minutes: int, *forgotten: str, **facts: Any) -> None:
    with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
        forget_facts(lead.pk, forgotten, actor=BOT)
        new = [NewFact(name, value) for name, value in facts.items()]
        record_facts(lead.pk, new, actor=BOT)


def changes(lead: Lead) -> dict[str, tuple[str, ...]]:
    with time_machine.travel(NOON + timedelta(hours=5), tick=False):
        return {line.label: line.changes for line in fact_lines(facts_with_history(lead.pk))}


def test_a_change_shows_both_values_and_the_time() -> None:
    lead = make_lead()
    learn(lead, 0, countries=["TR"])
    learn(lead, 140, countries=["VN"])

    assert changes(lead) == {"Куда": ("Турция → Вьетнам, 14:20",)}


def test_what_never_changed_has_no_history() -> None:
    lead = make_lead()
    learn(lead, 0, countries=["TR"], adults=2)
    learn(lead, 9, countries=["TR"])

    assert changes(lead) == {"Куда": (), "Взрослых": ()}


def test_facts_that_belong_together_change_as_one() -> None:
    lead = make_lead()
    learn(lead, 0, nights_min=5, nights_max=7)
    learn(lead, 60, nights_min=10, nights_max=12)

    assert changes(lead) == {"Ночей": ("5–7 → 10–12, 13:00",)}


def test_a_part_that_was_forgotten_leaves_with_the_change() -> None:
    lead = make_lead()
    learn(lead, 0, nights_min=5, nights_max=7)
    learn(lead, 60, "nights_max", nights_min=10)

    assert changes(lead) == {"Ночей": ("5–7 → 10, 13:00",)}


def test_only_the_last_changes_are_told() -> None:
    lead = make_lead()
    for number in range(6):
        learn(lead, number * 60, adults=number + 1)

    assert changes(lead) == {"Взрослых": ("3 → 4, 15:00", "4 → 5, 16:00", "5 → 6, 17:00")}


def test_an_older_day_is_told_with_its_date() -> None:
    lead = make_lead()
    learn(lead, -3000, adults=1)
    learn(lead, -1600, adults=2)

    assert changes(lead) == {"Взрослых": ("1 → 2, 24 ноя, 09:20",)}


def test_facts_closed_before_the_moment_was_kept_end_with_their_heir() -> None:
    lead = make_lead()
    learn(lead, 0, adults=1)
    learn(lead, 60, adults=2)
    LeadFact.objects.update(closed_at=None)

    assert changes(lead) == {"Взрослых": ("1 → 2, 13:00",)}


def test_the_leads_page_and_its_history_tell_it_too(client: Browser, admin_user: User) -> None:
    client.force_login(admin_user)
    lead = make_lead()
    record_facts(lead.pk, [NewFact("countries", ["TR"])], actor=BOT)
    record_facts(lead.pk, [NewFact("countries", ["VN"])], actor=BOT)

    page = client.get(reverse("admin:leads_lead_change", args=[lead.pk])).content.decode()
    sheet = client.get(reverse("admin:leads_lead_sheet", args=[lead.pk])).content.decode()

    assert "Куда: Турция → Вьетнам" in page
    assert "Куда: Турция → Вьетнам" in sheet
