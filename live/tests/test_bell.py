"""The bell: rings once per cause, is read one by one or at once, and belongs to one person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from live.models import LiveEvent, Notification
from live.notifications import SHOWN, mark_read, unread_count
from live.services import notify, prune

pytestmark = pytest.mark.django_db


@pytest.fixture
def aigul() -> User:
    return User.objects.create_user("aigul", password="x", is_staff=True)


@pytest.fixture
def dana() -> User:
    return User.objects.create_user("dana", password="x", is_staff=True)


@pytest.fixture
def hers(client: Browser, aigul: User) -> Browser:
    client.force_login(aigul)
    return client


def ring(person: User, key: str = "lead:1", text: str = "Вам передали лид", url: str = "") -> None:
    notify(person.pk, key.split(":")[0], key, text, url or f"/admin/{key.replace(':', '/')}/")


def heard() -> list[tuple[str, str]]:
    return list(LiveEvent.objects.order_by("pk").values_list("stream", "kind"))


def test_the_same_cause_rings_once_until_it_is_read(aigul: User) -> None:
    ring(aigul)
    ring(aigul)
    assert unread_count(aigul.pk) == 1
    assert heard() == [(f"user:{aigul.pk}", "notification.created")]

    assert mark_read(aigul.pk) == 1
    assert mark_read(aigul.pk) == 0
    ring(aigul)

    assert Notification.objects.count() == 2
    assert unread_count(aigul.pk) == 1
    assert [kind for _stream, kind in heard()] == [
        "notification.created", "notification.read", "notification.created",
    ]  # fmt: skip


def test_notices_of_the_bell_carry_no_words(aigul: User) -> None:
    ring(aigul)

    assert LiveEvent.objects.get().payload == {}


def test_opening_one_reads_it_and_leads_there(hers: Browser, aigul: User) -> None:
    ring(aigul)
    ring(aigul, "lead:2")
    one = Notification.objects.get(key="lead:1")
    url = reverse("admin:notification_open", args=[one.pk])

    assert hers.get(url).status_code == 405
    assert unread_count(aigul.pk) == 2
    answer = hers.post(url)

    assert (answer.status_code, answer["Location"]) == (302, "/admin/lead/1/")
    assert list(Notification.objects.filter(read_at=None).values_list("key", flat=True)) == [
        "lead:2"
    ]


def test_a_colleagues_note_can_be_neither_read_nor_opened(
    hers: Browser, aigul: User, dana: User
) -> None:
    ring(dana, text="Тайна")
    theirs = Notification.objects.get()

    assert hers.post(reverse("admin:notification_open", args=[theirs.pk])).status_code == 404
    assert hers.post(reverse("admin:notifications_read")).status_code == 302
    assert "Тайна" not in hers.get(reverse("admin:notifications")).content.decode()
    assert unread_count(dana.pk) == 1


def test_coming_to_a_page_reads_what_leads_there(hers: Browser, aigul: User) -> None:
    ring(aigul)
    ring(aigul, "message:1")

    answer = hers.post(
        reverse("admin:notifications_read"), {"url": "/admin/message/1/"}, HTTP_X_FRAGMENT="1"
    )

    assert answer.status_code == 204
    assert Notification.objects.get(read_at=None).key == "lead:1"


def test_all_are_read_at_once(hers: Browser, aigul: User) -> None:
    for number in range(3):
        ring(aigul, f"lead:{number}")

    answer = hers.post(reverse("admin:notifications_read"))

    assert answer["Location"] == reverse("admin:notifications")
    assert unread_count(aigul.pk) == 0


def test_the_list_shows_the_newest_first_in_few_queries(hers: Browser, aigul: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            hers.get(reverse("admin:notifications"), HTTP_X_FRAGMENT="1")
        return len(captured)

    ring(aigul, "lead:0", text="Первое")
    few = queries()
    for number in range(1, SHOWN + 5):
        ring(aigul, f"lead:{number}", text=f"Лид {number}")

    page = hers.get(reverse("admin:notifications"), HTTP_X_FRAGMENT="1").content.decode()
    assert queries() == few == 3
    assert page.count("bell__row") == SHOWN
    assert page.index(f"Лид {SHOWN + 4}<") < page.index(f"Лид {SHOWN + 3}<")
    assert "Первое" not in page


def test_the_list_is_a_page_without_scripts_and_a_fragment_with_them(
    hers: Browser, aigul: User
) -> None:
    empty = hers.get(reverse("admin:notifications")).content.decode()
    ring(aigul, text="<b>Анна</b>")

    page = hers.get(reverse("admin:notifications")).content.decode()
    fragment = hers.get(reverse("admin:notifications"), HTTP_X_FRAGMENT="1").content.decode()

    assert "Пока пусто" in empty
    assert "<html" in page
    assert "<html" not in fragment
    for text in (page, fragment):
        assert "&lt;b&gt;Анна" in text


def test_the_bell_shows_how_many_are_unread(hers: Browser, aigul: User) -> None:
    index = reverse("admin:index")
    assert "data-unread hidden" in hers.get(index).content.decode()
    ring(aigul)
    ring(aigul, "lead:2")

    assert "data-unread>2<" in hers.get(index).content.decode()
    assert hers.get(reverse("admin:frame_state")).json() == {
        "counters": {},
        "unread": 2,
        "newest": {"text": "Вам передали лид", "url": "/admin/lead/2/"},
    }


def test_strangers_are_sent_to_the_login(client: Browser) -> None:
    for name in ("notifications", "frame_state"):
        answer = client.get(reverse(f"admin:{name}"))
        assert answer["Location"].startswith(reverse("admin:login"))


def test_old_read_notes_are_thrown_away(aigul: User) -> None:
    ring(aigul)
    ring(aigul, "lead:2")
    ring(aigul, "lead:3")
    Notification.objects.filter(key="lead:1").update(read_at=timezone.now() - timedelta(days=31))
    Notification.objects.filter(key="lead:2").update(read_at=timezone.now())

    prune()

    assert set(Notification.objects.values_list("key", flat=True)) == {"lead:2", "lead:3"}
