"""The lines of docs/roles.md about the day, merging, tags and shifts."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from django.urls import reverse

from crystalbay.roles import ACCOUNTANT, ADMINISTRATOR, HEAD, MANAGER, READER
from crystalbay.tests.test_rights import person
from leads.assignment import lead_workers
from leads.models import AnalysisBatch, StaffProfile, Tag
from leads.tests.factories import make_client, make_lead

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ROLES = (MANAGER, HEAD, ADMINISTRATOR, ACCOUNTANT, READER)


def by_role(*expected: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("role", "expected"), list(zip(ROLES, expected, strict=True)))


@by_role(200, 200, 200, 403, 403)
def test_merging(client: Browser, role: str, expected: int) -> None:
    client.force_login(person(role))
    url = reverse("admin:leads_client_merge", args=[make_client().pk])

    assert client.get(url).status_code == expected


@by_role(200, 200, 200, 403, 200)
def test_looking_at_tags(client: Browser, role: str, expected: int) -> None:
    client.force_login(person(role))

    assert client.get(reverse("admin:leads_tag_changelist")).status_code == expected


@by_role(403, 200, 200, 403, 403)
def test_removing_tags(client: Browser, role: str, expected: int) -> None:
    client.force_login(person(role))
    url = reverse("admin:leads_tag_delete", args=[Tag.objects.create(name="VIP").pk])

    assert client.get(url).status_code == expected


@by_role(403, 302, 302, 403, 403)
def test_switching_shifts(client: Browser, role: str, expected: int) -> None:
    user = person(role)
    client.force_login(user)
    url = reverse("admin:leads_staffprofile_switch", args=[user.pk])

    assert client.post(url, {"on": "1"}).status_code == expected
    assert StaffProfile.objects.filter(is_on_shift=True).exists() == (expected == 302)


@by_role(200, 200, 200, 403, 403)
def test_acting_on_rows_of_the_day(client: Browser, role: str, expected: int) -> None:
    client.force_login(person(role))
    answer = client.post(reverse("admin:today_act"), {"do": "lead-999999:done"})

    assert answer.status_code == (404 if expected == 200 else expected)
    assert client.get(reverse("admin:today_list")).status_code == 200


@by_role(0, 1, 1, 1, 1)
def test_the_day_of_a_colleague(client: Browser, role: str, expected: int) -> None:
    client.force_login(person(role))

    assert client.get(reverse("admin:index")).context["may_choose"] == bool(expected)


def test_who_takes_leads() -> None:
    for number, role in enumerate(ROLES):
        person(role, name=f"one-{number}")

    assert [user.username for user in lead_workers()] == ["one-0", "one-1", "one-2"]


@by_role(403, 302, 302, 403, 403)
def test_starting_the_analysis_of_all_leads(client: Browser, role: str, expected: int) -> None:
    client.force_login(person(role))
    page = reverse("admin:leads_analysisbatch_changelist")

    assert client.get(page).status_code == (200 if expected == 302 else 403)
    assert client.get(f"{page}progress/").status_code == (200 if expected == 302 else 403)
    assert client.post(f"{page}act/", {"do": "start"}).status_code == expected
    assert AnalysisBatch.objects.exists() == (expected == 302)


@by_role(200, 200, 200, 403, 403)
def test_correcting_facts(client: Browser, role: str, expected: int) -> None:
    client.force_login(person(role))
    lead = make_lead()
    facts = reverse("admin:leads_lead_facts", args=[lead.pk])

    answer = client.post(facts, {"adults": 3}, HTTP_ACCEPT="application/json")

    assert answer.status_code == expected
    assert lead.facts.exists() == (expected == 200)
