"""Every page of the back office, at a desk and on a phone: readable for all, and photographed.

`make pictures` runs this file; the pictures are in var/screenshots/.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.conftest import DESK, PASSWORD, PHONE, photograph
from tests.browser.every_page import AXE, complaints, walk
from tests.site import Site

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    # One site for all of them.
    pytest.mark.xdist_group("every_page"),
    pytest.mark.skipif(not AXE.exists(), reason="npm ci has not been run"),
]
SIZES = [pytest.param(PHONE, id="390"), pytest.param(DESK, id="1440")]
BOSS = "boss"
# Set by `make pictures`; looking at the pages needs none.
PICTURES = bool(os.environ.get("PICTURES"))


@pytest.fixture(scope="module")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own with the whole demo world."""
    with Site(tmp_path_factory.mktemp("demo")) as site:
        site.manage("demo")
        site.manage(
            *("createsuperuser", "--noinput", "--username", BOSS, "--email", "boss@example.com"),
            DJANGO_SUPERUSER_PASSWORD=PASSWORD,
        )
        yield site


@pytest.fixture(scope="module")
def key(demo_site: Site, browser: Browser) -> Any:
    """What a window needs to be logged in."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{demo_site.url}/admin/login/")
    page.fill("#id_username", BOSS)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/")
    state = context.storage_state()
    context.close()
    return state


class Window:
    """A page that remembers what it complained of."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.page, self.site, self.found = context.new_page(), site, list[str]()
        self.page.set_default_timeout(15_000)
        self.page.on("console", self._on_message)
        self.page.on("pageerror", lambda error: self._note(str(error)))

    def _on_message(self, message: ConsoleMessage) -> None:
        # The page «not found» is one of those looked at.
        if message.type in ("error", "warning") and "status of 404" not in message.text:
            self._note(message.text)

    def _note(self, text: str) -> None:
        self.found.append(f"{self.page.url}: {text}")

    def look(self, name: str) -> None:
        width = (self.page.viewport_size or {})["width"]
        self.page.wait_for_timeout(50)
        self.found += complaints(self.page, f"{name} at {width}")
        if PICTURES:
            photograph(self.page, f"{name}-{width}")

    def be_content(self) -> None:
        if self.found:
            pytest.fail("\n".join(self.found), pytrace=False)

    def goto(self, path: str) -> None:
        self.page.goto(self.site.url + path)


@pytest.fixture
def open_window(demo_site: Site, browser: Browser, key: Any) -> Iterator[Callable[..., Window]]:
    contexts = []

    def open_window(size: tuple[int, int], *, is_known: bool = True) -> Window:
        context = browser.new_context(
            locale="ru-RU",
            timezone_id="Asia/Almaty",
            viewport={"width": size[0], "height": size[1]},
            reduced_motion="reduce",
            # axe tries things out with inline styles; our own are forbidden by other tests.
            bypass_csp=True,
            storage_state=key if is_known else None,
        )
        contexts.append(context)
        return Window(context, demo_site)

    yield open_window
    for context in contexts:
        context.close()


def test_every_page_is_readable_for_all_and_fits(open_window: Callable[..., Window]) -> None:
    window = open_window(DESK)
    seen = 0

    for name in walk(window.page, window.site.url):
        seen += 1
        for width, height in (PHONE, DESK):
            window.page.set_viewport_size({"width": width, "height": height})
            window.look(f"page-{name}")

    assert seen > 100
    window.be_content()


@pytest.mark.parametrize("size", SIZES)
def test_the_way_in_and_out_is_readable_for_all(
    open_window: Callable[..., Window], size: tuple[int, int]
) -> None:
    window = open_window(size, is_known=False)
    window.goto("/admin/login/")
    window.look("page-login")
    window.page.fill("#id_username", BOSS)
    window.page.fill("#id_password", "wrong")
    window.page.keyboard.press("Enter")
    expect(window.page.locator(".errornote")).to_be_visible()
    window.look("page-login-refused")
    window.page.fill("#id_password", PASSWORD)
    window.page.keyboard.press("Enter")
    window.page.wait_for_url("**/admin/")
    window.page.locator(".person").click()
    window.page.get_by_role("button", name="Выйти").click()
    window.look("page-logged-out")

    window.be_content()


@pytest.mark.parametrize("size", SIZES)
def test_what_opens_over_a_page_is_readable_for_all(
    open_window: Callable[..., Window], size: tuple[int, int]
) -> None:
    window = open_window(size)
    page: Page = window.page
    window.goto("/admin/leads/lead/")

    page.locator(".person").click()
    window.look("open-person")
    page.keyboard.press("Escape")
    page.locator("[data-bell] > a").click()
    expect(page.locator(".bell__list")).to_be_visible()
    window.look("open-bell")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("анна")
    expect(page.locator(".search-row").first).to_be_visible()
    window.look("open-search")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("[data-keys]")).to_be_visible()
    window.look("open-shortcuts")
    page.keyboard.press("Escape")
    if size == PHONE:
        page.locator(".bottombar button").click()
        page.wait_for_timeout(400)
        window.look("open-menu")

    window.be_content()
