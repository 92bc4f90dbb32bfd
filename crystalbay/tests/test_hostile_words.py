"""Whatever people write stays words: on no page it becomes a script, an element or an attribute."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from chat.models import Conversation
from crystalbay.tests.test_admin_pages import MODELS, NAMES, Strict, list_url, object_url
from tests.hostile import ALL, BREAKOUT, ENDLESS, MARKUP, spread

pytestmark = [pytest.mark.django_db, pytest.mark.once]
# Elements that only an attack would bring to our pages.
FOREIGN = {"iframe", "object", "embed", "base"}


class Careful(Strict):
    """Also hears of pictures that nobody drew and of addresses that run a script."""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        super().handle_starttag(tag, attrs)
        names = dict(attrs)
        if tag in FOREIGN or (tag == "img" and names.get("src") == "x"):
            self.found.append(f"foreign {tag}")
        for name in ("href", "src", "action", "formaction"):
            if (names.get(name) or "").strip().lower().startswith(("javascript:", "data:")):
                self.found.append(f"{tag} {name}={names[name]}")


def assert_harmless(text: str) -> None:
    parser = Careful()
    parser.feed(text)
    assert parser.found == []


def pieces_of_html(data: Any) -> Iterator[str]:
    """All texts of a JSON answer that a page puts in as HTML."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "html" or key in ("head", "draft", "side"):
                yield value if isinstance(value, str) else ""
            else:
                yield from pieces_of_html(value)
    elif isinstance(data, list):
        for one in data:
            yield from pieces_of_html(one)


def addresses(talk: Conversation) -> Iterator[str]:
    yield from (f"{list_url(name)}{query}" for name in NAMES for query in ("", "?q=alert"))
    for model in MODELS:
        if model._default_manager.exists():
            yield object_url(model)
            yield object_url(model, "history")
    yield from (reverse(f"admin:{name}") for name in ("index", "leads_lead_board", "notifications"))
    yield reverse("admin:chat_conversation_thread", args=[talk.pk])
    yield reverse("admin:chat_conversation_changes") + f"?conversation={talk.pk}"
    yield reverse("admin:chat_conversation_updates", args=[talk.pk]) + "?after=0"
    yield reverse("admin:leads_lead_changes") + f"?lead={talk.lead_id}"
    yield reverse("admin:leads_lead_move") + f"?lead={talk.lead_id}"
    yield reverse("admin:frame_state")


@pytest.mark.parametrize("words", ALL.values(), ids=list(ALL))
def test_words_stay_words_on_every_page(admin_client: Browser, words: str) -> None:
    talk = spread(words)

    for url in addresses(talk):
        answer = admin_client.get(url, follow=True)
        assert answer.status_code in (200, 403), url
        text = answer.content.decode()
        if answer["Content-Type"].startswith("application/json"):
            for html in pieces_of_html(json.loads(text)):
                assert_harmless(html)
        else:
            assert_harmless(text)
        assert "{{7*7}}" not in words or ">49<" not in text


@pytest.mark.parametrize("asked", [MARKUP, BREAKOUT, ENDLESS])
def test_what_is_asked_of_the_search_stays_words(admin_client: Browser, asked: str) -> None:
    spread(MARKUP)

    for name in ("search", "leads_lead_board", "leads_lead_changelist", "leads_client_changelist"):
        answer = admin_client.get(reverse(f"admin:{name}"), {"q": asked[:3000]})
        assert_harmless(answer.content.decode())


def test_what_was_found_is_marked_inside_of_markup_and_stays_words(admin_client: Browser) -> None:
    spread(MARKUP)

    page = admin_client.get(reverse("admin:search"), {"q": "script"}, HTTP_X_FRAGMENT="1")

    text = page.content.decode()
    assert "&lt;<mark>script</mark>&gt;alert(7)" in text
    assert_harmless(text)


def test_a_conversation_of_no_number_is_not_found(admin_client: Browser) -> None:
    for number in ("theme.css", "1x", "٣", "-1"):
        url = reverse("admin:chat_conversation_change", args=[number])
        assert admin_client.get(url).status_code == 404


def test_the_reader_of_these_tests_is_awake() -> None:
    for attack in (MARKUP, BREAKOUT, '<a href="javascript:alert(7)">x</a>', "<iframe>"):
        parser: HTMLParser = Careful()
        parser.feed(f"<p>{attack}</p>")
        assert parser.found  # type: ignore[attr-defined]
