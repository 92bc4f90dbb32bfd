"""The public page and the widget script, as any browser gets them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

PAGE, WIDGET = "chat:page", "chat:widget"


def _page(client: Client, language: str = "", **query: str) -> str:
    headers = {"Accept-Language": language} if language else {}
    return client.get(reverse(PAGE), query, headers=headers).content.decode()


@pytest.mark.parametrize(
    ("language", "greeting"),
    [
        ("", "Здравствуйте!"),
        ("ru-RU,ru;q=0.9", "Здравствуйте!"),
        ("kk-KZ,kk;q=0.9,ru;q=0.8", "Сәлеметсіз бе!"),
        ("en-US,en;q=0.9", "Hello!"),
        ("de-DE,de;q=0.9", "Здравствуйте!"),
    ],
)
def test_the_page_speaks_the_browsers_language(
    client: Client, language: str, greeting: str
) -> None:
    assert greeting in _page(client, language)


def test_the_address_may_choose_the_language(client: Client) -> None:
    assert '<html lang="kk"' in _page(client, "en-US", lang="kk")
    assert '<html lang="ru"' in _page(client, "ru-RU", lang='"><script>')


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_every_text_of_the_script_is_translated(client: Client, language: str) -> None:
    html = _page(client, lang=language)
    found = re.search(r'<script id="chat-texts"[^>]*>(.*?)</script>', html)
    assert found
    texts: dict[str, Any] = json.loads(found[1])

    assert all(texts.values())
    if language != "en":
        english = json.loads(
            re.search(  # type: ignore[union-attr]
                r'<script id="chat-texts"[^>]*>(.*?)</script>', _page(client, lang="en")
            )[1]
        )
        assert not {name for name in texts if texts[name] == english[name]}


def test_there_is_no_inline_script_or_style(client: Client) -> None:
    html = _page(client)

    scripts = re.findall(r"<script([^>]*)>", html)
    assert all("src=" in one or 'type="application/json"' in one for one in scripts)
    assert not re.search(r"\sstyle=|<style|\son\w+=", html)


def test_any_site_may_frame_the_chat_but_nothing_else_is_loosened(client: Client) -> None:
    answer = client.get(reverse(PAGE))

    assert "X-Frame-Options" not in answer
    policy = answer["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_the_close_button_is_there_only_inside_a_frame(client: Client) -> None:
    assert "data-close" not in _page(client)
    assert "data-close" in _page(client, embed="1")


def test_the_demo_world_says_so(client: Client, settings: Any) -> None:
    settings.DEMO_MODE = True
    assert "chat__demo" in _page(client)

    settings.DEMO_MODE = False
    assert "chat__demo" not in _page(client)


def test_the_widget_opens_our_page(client: Client, settings: Any) -> None:
    settings.PUBLIC_BASE_URL = "https://chat.crystalbay.kz"

    answer = client.get(reverse(WIDGET))

    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert "max-age=3600" in answer["Cache-Control"]
    script = answer.content.decode()
    assert r'const base = "https://chat.crystalbay.kz"' in script.replace(r"\u002D", "-")


def test_the_widgets_address_can_not_break_out_of_its_string(client: Client, settings: Any) -> None:
    settings.PUBLIC_BASE_URL = 'https://x"; alert(1); //</script>'

    script = client.get(reverse(WIDGET)).content.decode()

    assert '"; alert(1)' not in script
    assert "</script>'" not in script
