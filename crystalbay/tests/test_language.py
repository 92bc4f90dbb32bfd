"""The language of the back office is what the person chose, and Russian until then."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from django.urls import reverse

pytestmark = pytest.mark.django_db
INDEX = "/admin/"


def choose(client: Browser, language: str, **more: str) -> str:
    answer = client.post(reverse("admin:language"), {"language": language, **more})
    assert answer.status_code == 302
    return answer["Location"]


def test_the_browsers_language_changes_nothing(admin_client: Browser) -> None:
    page = admin_client.get(INDEX, HTTP_ACCEPT_LANGUAGE="en").content.decode()

    assert '<html lang="ru"' in page
    assert "Воронка" in page


def test_english_is_chosen_and_given_back(admin_client: Browser) -> None:
    back = reverse("admin:leads_lead_changelist") + "?whose=mine"

    assert choose(admin_client, "en", next=back) == back
    page = admin_client.get(INDEX).content.decode()
    assert '<html lang="en"' in page
    assert "Pipeline" in page
    assert "Воронка" not in page
    assert 'value="en"\n              lang="en"\n              aria-pressed="true"' in page

    assert choose(admin_client, "ru") == INDEX
    assert '<html lang="ru"' in admin_client.get(INDEX).content.decode()


@pytest.mark.parametrize("language", ["kk", "xx", "", "en\r\nX: y", "../ru"])
def test_other_languages_are_not_offered(admin_client: Browser, language: str) -> None:
    choose(admin_client, language)

    assert "language" not in admin_client.cookies
    assert '<html lang="ru"' in admin_client.get(INDEX).content.decode()


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_nobody_is_led_away(admin_client: Browser, back: str) -> None:
    assert choose(admin_client, "en", next=back) == INDEX


def test_a_forged_cookie_means_russian(admin_client: Browser) -> None:
    admin_client.cookies["language"] = "<script>"

    assert '<html lang="ru"' in admin_client.get(INDEX).content.decode()


def test_it_changes_by_post_only(admin_client: Browser) -> None:
    assert admin_client.get(reverse("admin:language"), {"language": "en"}).status_code == 405


def test_the_next_request_does_not_inherit_the_language(admin_client: Browser) -> None:
    choose(admin_client, "en")
    admin_client.get(INDEX)

    stranger = Browser().get(reverse("admin:login")).content.decode()

    assert '<html lang="ru"' in stranger


def test_customers_are_not_asked_for_the_staffs_cookie(client: Browser) -> None:
    client.cookies["language"] = "en"

    assert 'lang="ru"' in client.get("/chat/").content.decode()


@pytest.mark.parametrize(
    "name",
    ["index", "leads_lead_board", "leads_lead_changelist", "leads_client_changelist",
     "chat_conversation_changelist", "auth_user_changelist", "password_change", "notifications",
     "search"],
)  # fmt: skip
def test_english_pages_have_no_russian_words_of_ours(admin_client: Browser, name: str) -> None:
    choose(admin_client, "en")

    page = admin_client.get(reverse(f"admin:{name}")).content.decode()

    # Names of stages and the like are data of the agency.
    allowed = ("Русский",)
    if name in ("index", "password_change", "notifications", "search", "auth_user_changelist"):
        for word in allowed:
            page = page.replace(word, "")
        assert not [char for char in page if "а" <= char.lower() <= "я"]
