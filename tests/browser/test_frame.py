"""What surrounds every page, in real browsers: search, bell, counters, shortcuts, language."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Open
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.processes]
LEADS = "/admin/leads/lead/"
# What the issue promises to people who wait.
SOON_MS = 2000


def _talk(site: Site, text: str) -> str:
    """A customer writes; return the number of the message once it is stored."""
    token = site.open_session()
    assert site.write(token, uuid.uuid4().hex, text) == 202
    site.wait_until(lambda: site.read(token), 30, "the message is not stored")
    return token


def _ring(site: Site, key: str, text: str, url: str) -> None:
    """Tell her one thing; what other tests have told is forgotten."""
    program = f"""
from django.contrib.auth.models import User
from live.models import Notification
from live.services import notify
Notification.objects.all().delete()
notify(User.objects.get(username='aigul').pk, 'lead', '{key}', '{text}', '{url}')
"""
    site.manage("shell", "-v0", "-c", program)


def _search(page: Page) -> Page:
    page.keyboard.press("Control+k")
    expect(page.locator("[data-search]")).to_be_visible()
    return page


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_search_is_opened_walked_and_followed_by_keyboard(
    running_site: Site, open_page: Open, size: tuple[int, int]
) -> None:
    word = f"ы{uuid.uuid4().hex[:10]}"
    _talk(running_site, f"Расскажите про {word} пожалуйста")
    page = _search(open_page(LEADS, size, is_staff=True))

    page.keyboard.type(word)
    row = page.locator(".search-row")
    expect(row).to_have_count(1)
    expect(row.locator("mark")).to_have_text(word)
    page.keyboard.press("ArrowDown")
    expect(row).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Что искать")).to_be_focused()
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(r"/thread/"))
    expect(page.locator(".bubble--customer").first).to_contain_text(word)


def test_search_closes_with_escape_and_says_when_nothing_is_found(open_page: Open) -> None:
    page = _search(open_page(LEADS, is_staff=True))

    page.keyboard.type("ыыыыы")
    expect(page.locator(".search-status")).to_contain_text("Ничего не нашлось")
    page.keyboard.press("Escape")

    expect(page.locator("[data-search]")).to_be_hidden()


def test_the_bell_rings_without_a_reload_and_is_read(running_site: Site, open_page: Open) -> None:
    page = open_page(LEADS, is_staff=True)
    other = open_page("/admin/", is_staff=True)
    page.wait_for_timeout(500)
    text = f"Вам передали лид: {uuid.uuid4().hex[:8]}"

    _ring(running_site, uuid.uuid4().hex, text, "/admin/leads/client/")
    expect(page.locator("[data-unread]")).to_be_visible(timeout=SOON_MS)
    expect(page.locator(".toast-note")).to_contain_text(text)
    expect(other.locator("[data-unread]")).to_be_visible(timeout=SOON_MS)

    page.locator("[data-bell] > a").click()
    page.locator(".bell__row", has_text=text).click()
    page.wait_for_url("**/admin/leads/client/")
    expect(page.locator("[data-unread]")).to_be_hidden()
    expect(other.locator("[data-unread]")).to_be_hidden(timeout=SOON_MS)


def test_whoever_comes_to_the_page_by_themselves_has_read_it(
    running_site: Site, open_page: Open
) -> None:
    url = "/admin/leads/leadsource/"
    page = open_page(LEADS, is_staff=True)
    _ring(running_site, uuid.uuid4().hex, "Сюда", url)
    expect(page.locator("[data-unread]")).to_be_visible(timeout=SOON_MS)

    page.goto(running_site.url + url)

    expect(page.locator("[data-unread]")).to_be_hidden(timeout=SOON_MS)


def test_counters_of_the_menu_follow_without_a_reload(running_site: Site, open_page: Open) -> None:
    page = open_page("/admin/auth/group/", is_staff=True)
    counter = page.locator(".sidebar [data-counter=unanswered]")
    page.evaluate("window.wasReloaded = false")
    token = _talk(running_site, "Позовите человека, хочу жалобу")

    # The bot hands over to a person, so the talk counts as unanswered.
    assert running_site.write(token, uuid.uuid4().hex, "Позовите менеджера") == 202
    expect(counter).not_to_have_text("0", timeout=8000)
    expect(counter).to_be_visible()
    assert page.evaluate("window.wasReloaded") is False


def test_keys_lead_to_places_and_never_disturb_typing(open_page: Open) -> None:
    page = open_page(LEADS, is_staff=True)

    page.keyboard.press("?")
    expect(page.locator("[data-keys]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-keys]")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#searchbar")).to_be_focused()
    page.keyboard.type("gk?/")
    expect(page.locator("#searchbar")).to_have_value("gk?/")
    expect(page.locator("[data-keys]")).to_be_hidden()
    assert page.url.endswith(LEADS)
    page.locator("#searchbar").blur()

    page.keyboard.press("g")
    page.keyboard.press("k")
    page.wait_for_url("**/admin/leads/client/")
    page.keyboard.press("g")
    page.keyboard.press("b")
    page.wait_for_url("**/admin/leads/board/")
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url("**/admin/")
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_visible()


def test_the_language_is_switched_and_kept(open_page: Open) -> None:
    page = open_page(LEADS, is_staff=True)

    page.locator(".person").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Leads")
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "en")

    page.locator(".person").click()
    page.get_by_role("button", name="Русский").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
