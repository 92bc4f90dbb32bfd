"""New leads are shared out among those on shift."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leads.assignment import lead_workers
from leads.models import Lead, LeadHistory, StaffProfile
from leads.services import Actor, ensure_open_lead
from leads.tests.factories import make_client, make_lead

pytestmark = pytest.mark.django_db
CHAT = Actor(None, "chat")


def worker(name: str, *, is_on_shift: bool | None = True, **fields: bool) -> User:
    user = User.objects.create(username=name, **({"is_staff": True} | fields))
    user.user_permissions.add(Permission.objects.get(codename="change_lead"))
    if is_on_shift is not None:
        StaffProfile.objects.create(user=user, is_on_shift=is_on_shift)
    return user


def arrive() -> User | None:
    return ensure_open_lead(make_client(), source="webchat", actor=CHAT).assignee


def test_each_on_shift_takes_one_in_turn() -> None:
    first, second, third = worker("a"), worker("b"), worker("c")

    taken = [arrive() for _number in range(7)]

    assert taken == [first, second, third, first, second, third, first]


def test_history_says_that_it_was_the_turn() -> None:
    worker("a")

    arrive()

    row = LeadHistory.objects.get(kind="assignee")
    assert (row.actor, row.origin, row.before, row.after, row.note) == (
        None,
        "chat",
        "",
        "a",
        "по очереди",
    )


def test_nobody_on_shift_leaves_the_lead_free() -> None:
    worker("off", is_on_shift=False)
    worker("without-profile", is_on_shift=None)

    assert arrive() is None
    assert not LeadHistory.objects.filter(kind="assignee").exists()


@pytest.mark.parametrize("gone", [{"is_active": False}, {"is_staff": False}])
def test_one_who_has_left_takes_none(gone: dict[str, bool]) -> None:
    worker("gone", **gone)
    stays = worker("stays")

    assert [arrive(), arrive()] == [stays, stays]
    assert list(lead_workers()) == [stays]


def test_one_who_has_lost_the_right_takes_none() -> None:
    worker("reader").user_permissions.clear()

    assert arrive() is None


def test_a_newcomer_is_next_and_a_shift_may_end() -> None:
    first = worker("a")
    arrive()
    second = worker("b")

    assert arrive() == second
    StaffProfile.objects.filter(user=first).update(is_on_shift=False)
    assert [arrive(), arrive()] == [second, second]


def test_a_lead_made_by_hand_and_a_known_one_are_left_alone() -> None:
    client = make_client()
    lead = make_lead(client)
    worker("a")

    assert ensure_open_lead(client, source="webchat", actor=CHAT).pk == lead.pk
    assert Lead.objects.get().assignee is None


def test_a_shift_is_switched_with_one_tap(admin_client: Browser) -> None:
    user = worker("a", is_on_shift=None)
    url = reverse("admin:leads_staffprofile_switch", args=[user.pk])

    admin_client.post(url, {"on": "1"})
    page = admin_client.get(reverse("admin:leads_staffprofile_changelist")).content.decode()
    assert 'aria-checked="true" aria-label="a принимает новые лиды"' in page
    assert arrive() == user

    admin_client.post(url, {"on": "0"})
    assert arrive() is None
    assert admin_client.get(url).status_code == 405


def test_one_who_has_left_is_not_put_on_shift(admin_client: Browser) -> None:
    gone = worker("gone", is_on_shift=None, is_active=False)

    admin_client.post(reverse("admin:leads_staffprofile_switch", args=[gone.pk]), {"on": "1"})

    assert not StaffProfile.objects.exists()
    page = admin_client.get(reverse("admin:leads_staffprofile_changelist")).content.decode()
    assert "Этот сотрудник не может брать лиды." in page


def test_the_page_of_shifts_takes_as_many_queries_for_many(admin_client: Browser) -> None:
    def open_page() -> int:
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(reverse("admin:leads_staffprofile_changelist"))
        return len(captured)

    worker("a")
    few = open_page()
    for name in "bcdef":
        worker(name, is_on_shift=name > "d" or None)
    assert open_page() == few
