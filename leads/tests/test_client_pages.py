"""Merging on the pages: hints, preview, merge, the way back; and who may."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leads.merging import merge_clients
from leads.models import Client, ClientMerge
from leads.services import Actor, add_identity, assign_lead
from leads.tests.factories import make_client, make_lead

pytestmark = pytest.mark.django_db
ADMIN = Actor(None, "admin")


def page_of(client: Client) -> str:
    return reverse("admin:leads_client_change", args=[client.pk])


def merge_url(client: Client) -> str:
    return reverse("admin:leads_client_merge", args=[client.pk])


def manager(browser: Browser, *, may_merge: bool = True) -> User:
    user = User.objects.create_user("aigul", password="x", is_staff=True)
    names = ["view_client", "change_client", "view_lead", "change_lead"]
    names += ["change_clientmerge"] * may_merge
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    browser.force_login(user)
    return user


@pytest.fixture
def pair() -> tuple[Client, Client]:
    kept = make_client(name="Асель", note="любит море")
    other = make_client(name="Асель Каримова", note="двое детей", language="kk")
    add_identity(kept, "phone", "+77012223344")
    add_identity(other, "whatsapp", "77012223344")
    make_lead(other)
    return kept, other


def test_the_page_of_a_client_shows_who_may_be_the_same(
    admin_client: Browser, pair: tuple[Client, Client]
) -> None:
    kept, other = pair

    page = admin_client.get(page_of(kept)).content.decode()

    assert "Возможно, тот же человек" in page
    assert "по телефону" in page
    assert f"{merge_url(kept)}?other={other.pk}" in page


def test_the_preview_says_what_comes_from_where(
    admin_client: Browser, pair: tuple[Client, Client]
) -> None:
    kept, other = pair

    answer = admin_client.get(merge_url(kept), {"other": other.pk})

    choices = {one.name: (one.kept, one.other, one.default) for one in answer.context["choices"]}
    assert choices == {
        "name": ("Асель", "Асель Каримова", "kept"),
        "language": ("Русский", "Казахский", "kept"),
        "is_partner": ("Нет", "Нет", "kept"),
        "note": ("любит море", "двое детей", "both"),
    }
    page = answer.content.decode()
    assert "WhatsApp: 77012223344" in page
    assert str(other.leads.get()) in page
    assert Client.objects.filter(merged_into=None).count() == 2


def test_merged_with_choices_redirected_and_taken_back(
    admin_client: Browser, pair: tuple[Client, Client]
) -> None:
    kept, other = pair

    wish = {"other": other.pk, "name": "other", "language": "kept", "note": "both"}
    answer = admin_client.post(merge_url(kept), wish, follow=True)

    kept.refresh_from_db()
    assert (kept.name, kept.language) == ("Асель Каримова", "ru")
    assert kept.note == "любит море\n\nдвое детей"
    page = answer.content.decode()
    assert "Объединены с этим клиентом" in page
    assert admin_client.get(page_of(other))["Location"] == page_of(kept)
    listed = admin_client.get(reverse("admin:leads_client_changelist")).content.decode()
    assert page_of(other) not in listed

    undo = reverse("admin:leads_clientmerge_undo", args=[ClientMerge.objects.get().pk])
    assert admin_client.get(undo).status_code == 405
    admin_client.post(undo)
    kept.refresh_from_db()
    assert (kept.name, kept.note) == ("Асель", "любит море")
    assert admin_client.get(page_of(other)).status_code == 200


def test_nobody_chosen_asks_again(admin_client: Browser, pair: tuple[Client, Client]) -> None:
    kept, _other = pair

    for wish in ({}, {"other": kept.pk}, {"other": "x"}, {"other": 999999}):
        assert admin_client.post(merge_url(kept), wish).status_code == 200
        assert admin_client.get(merge_url(kept), wish).status_code == 200
    assert not ClientMerge.objects.exists()


def test_without_the_right_there_is_no_merging(
    client: Browser, pair: tuple[Client, Client]
) -> None:
    kept, other = pair
    manager(client, may_merge=False)

    assert merge_url(kept) not in client.get(page_of(kept)).content.decode()
    assert client.get(merge_url(kept)).status_code == 403
    assert client.post(merge_url(kept), {"other": other.pk}).status_code == 403
    assert not ClientMerge.objects.exists()


def test_a_colleagues_client_is_neither_shown_nor_merged(
    client: Browser, pair: tuple[Client, Client]
) -> None:
    kept, other = pair
    manager(client)
    assign_lead(other.leads.get().pk, User.objects.create(username="timur"), actor=ADMIN)

    assert "Каримова" not in client.get(page_of(kept)).content.decode()
    assert client.get(merge_url(other)).status_code == 403
    answer = client.post(merge_url(kept), {"other": other.pk})
    assert answer.status_code == 200
    assert "Каримова" not in answer.content.decode()
    assert not ClientMerge.objects.exists()


def test_a_colleagues_merge_is_not_taken_back(client: Browser, pair: tuple[Client, Client]) -> None:
    kept, other = pair
    merge = merge_clients(kept.pk, other.pk, actor=ADMIN)
    manager(client)
    assign_lead(kept.leads.get().pk, User.objects.create(username="timur"), actor=ADMIN)

    undo = reverse("admin:leads_clientmerge_undo", args=[merge.pk])
    assert client.post(undo).status_code == 403
    assert client.get(page_of(other)).status_code == 403

    merge.refresh_from_db()
    assert merge.undone_at is None


def test_queries_of_the_page_do_not_grow_with_the_hints(
    admin_client: Browser, pair: tuple[Client, Client]
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            admin_client.get(page_of(pair[0]))
        return len(captured)

    queries()  # the first one fills caches
    few = queries()
    for spelling in ("87012223344", "7012223344", "77012223344"):
        client = make_client()
        make_lead(client)
        add_identity(client, "phone", spelling)
    assert queries() == few


def test_names_with_markup_stay_text(admin_client: Browser, pair: tuple[Client, Client]) -> None:
    kept, other = pair
    Client.objects.filter(pk=other.pk).update(name="<script>x</script>", note="<b>" * 10)

    page = admin_client.get(merge_url(kept), {"other": other.pk}).content.decode()

    assert "<script>x" not in page
    assert "<b><b>" not in page
