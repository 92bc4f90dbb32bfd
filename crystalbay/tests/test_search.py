"""Search over everything: what is found, in which spelling, and what stays hidden."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat.models import Conversation
from chat.tests.factories import write
from common.search import excerpt
from crystalbay.roles import ACCOUNTANT, MANAGER
from crystalbay.search import search_groups
from crystalbay.tests.test_rights import person
from leads.models import Client
from leads.search import phone_pieces
from leads.services import BOT, Summary, add_identity, assign_lead, describe_lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(admin_user: User) -> User:
    return admin_user


def known_client(name: str, phone: str, text: str, chat: str = "chat-1") -> Conversation:
    talk = write(text, chat_id=chat)
    Client.objects.filter(pk=talk.client_id).update(name=name)
    add_identity(talk.client, "phone", phone)
    assert talk.lead_id
    describe_lead(talk.lead_id, before=Summary(), after=Summary("Вьетнам · 12-20 янв · 2+1"))
    talk.refresh_from_db()
    return talk


def found(viewer: User, words: str) -> dict[str, list[str]]:
    """Icon of the group -> titles in it."""
    return {
        group.source.icon: [row.title for row in group.rows]
        for group in search_groups(viewer, words)
    }


@pytest.mark.parametrize(
    "words",
    ["8 701 222-33-44", "+7 (701) 222-33-44", "87012223344", "+7701222", "701 222", "8 701 222",
     "222-33-44", "3344"],
)  # fmt: skip
def test_a_phone_is_found_in_any_spelling(boss: User, words: str) -> None:
    known_client("Анна Ким", "+77012223344", "Здравствуйте")
    known_client("Пётр", "+77059998877", "Здравствуйте", chat="chat-2")

    assert found(boss, words) == {
        "person": ["Анна Ким"],
        "lightning-charge": ["Анна Ким"],
        "chat-dots": ["Анна Ким"],
    }


@pytest.mark.parametrize("words", ["123", "Анна 7012", "12 янв 2027", "а1234"])
def test_words_with_some_digits_are_no_phone(words: str) -> None:
    assert phone_pieces(words) == []


@pytest.mark.parametrize(
    ("words", "groups"),
    [
        ("анна", {"person", "lightning-charge", "chat-dots"}),
        ("КИМ", {"person", "lightning-charge", "chat-dots"}),
        ("вьетнам", {"lightning-charge"}),
        ("на море", {"chat-left-text"}),
        ("ан", set()),
        ("", set()),
        ("нет такого", set()),
        ("chat-1", set()),
        ("%", set()),
        ("__", set()),
    ],
)
def test_words_are_found_where_they_stand(boss: User, words: str, groups: set[str]) -> None:
    known_client("Анна Ким", "+77012223344", "Хотим НА МОРЕ всей семьёй")

    assert set(found(boss, words)) == groups


def test_a_message_leads_to_its_place_with_the_words_around_it(boss: User) -> None:
    talk = known_client("Анна", "+77012223344", "а" * 300 + " шнорхель " + "б" * 300)

    row = search_groups(boss, "шнорхель")[0].rows[0]

    message = talk.messages.get(author="customer")
    thread = reverse("admin:chat_conversation_thread", args=[talk.pk])
    assert row.url == f"{thread}?message={message.pk}"
    assert row.detail.startswith("…а")
    assert " шнорхель " in row.detail
    assert len(row.detail) <= 112


def test_an_excerpt_of_a_short_text_is_the_text() -> None:
    assert excerpt("Хотим\n на  море", "море") == "Хотим на море"


def test_a_colleagues_client_is_not_found(boss: User) -> None:
    talk = known_client("Тайный Клиент", "+77012223344", "это тайна")
    manager, colleague = person(MANAGER), person(MANAGER, name="colleague")
    assert talk.lead
    assign_lead(talk.lead.pk, colleague, actor=BOT)

    for words in ("Тайный", "701 222", "Вьетнам", "тайна"):
        assert found(manager, words) == {}
        assert found(colleague, words) == found(boss, words) != {}


def test_an_accountant_finds_leads_but_no_words_of_chats() -> None:
    known_client("Анна", "+77012223344", "это тайна")
    accountant = person(ACCOUNTANT)

    assert set(found(accountant, "Анна")) == {"person", "lightning-charge"}
    assert found(accountant, "тайна") == {}


def test_without_rights_the_search_is_closed(client: Browser) -> None:
    client.force_login(person())

    assert client.get(reverse("admin:search"), {"q": "Анна"}).status_code == 403
    assert "data-search-open" not in client.get(reverse("admin:index")).content.decode()


def test_a_script_gets_the_results_and_a_reader_a_page(admin_client: Browser) -> None:
    known_client("Анна <b>Ким</b>", "+77012223344", "Здравствуйте")
    url = reverse("admin:search")

    fragment = admin_client.get(url, {"q": "анна"}, HTTP_X_FRAGMENT="1").content.decode()
    page = admin_client.get(url, {"q": "анна"}).content.decode()

    assert "<html" not in fragment
    assert "<mark>Анна</mark> &lt;b&gt;Ким" in fragment
    assert fragment.strip() in page
    assert "<html" in page


def test_more_than_fits_is_offered_as_a_list(admin_client: Browser, boss: User) -> None:
    Client.objects.bulk_create(Client(name=f"Анна {n}") for n in range(6))

    groups = search_groups(boss, "анна")

    assert [row.title for row in groups[0].rows] == [f"Анна {n}" for n in (5, 4, 3, 2, 1)]
    url = groups[0].more_url
    assert url.startswith(reverse("admin:leads_client_changelist"))
    assert admin_client.get(url).status_code == 200


def test_strange_words_do_no_harm(admin_client: Browser) -> None:
    for words in ("\0", "\0Анна", "'; --", "\\", "x" * 5000, "\u202eабв", "<script>", "%%%"):
        assert admin_client.get(reverse("admin:search"), {"q": words}).status_code == 200


def queries_of(viewer: User, words: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        search_groups(viewer, words)
    return len(queries)


def test_queries_do_not_grow_with_what_is_found(boss: User) -> None:
    known_client("Анна", "+77012223344", "Анна пишет")
    few = queries_of(boss, "анна")
    for number in range(8):
        known_client("Анна", f"+7701222334{number}", "Анна пишет", chat=f"c-{number}")

    assert queries_of(boss, "анна") == few <= 22
