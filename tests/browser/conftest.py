"""Browsers of people: a manager at a desk, a customer with a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.site import ROOT, Site

CHROMIUM = Path("/usr/bin/chromium")
SCREENSHOTS = ROOT / "var" / "screenshots"
PASSWORD = "browser-tests-only-password"
PHONE, LAPTOP, DESK = (390, 844), (1024, 768), (1440, 900)
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: apt-get install chromium")
    # Chromium asks a person before a page may load from this machine; the widget's test does.
    args = ["--no-sandbox", "--disable-features=LocalNetworkAccessChecks"]
    return {"executable_path": str(CHROMIUM), "args": args}


@pytest.fixture(scope="session")
def login(running_site: Site, browser: Browser) -> Any:
    """Make a manager and log in once; return what a new window needs to be logged in."""
    running_site.manage(
        *("createsuperuser", "--noinput", "--username", "aigul", "--email", "aigul@example.com"),
        DJANGO_SUPERUSER_PASSWORD=PASSWORD,
    )
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{running_site.url}/admin/login/")
    page.fill("#id_username", "aigul")
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def open_page(
    running_site: Site, browser: Browser, request: pytest.FixtureRequest
) -> Iterator[Open]:
    """Open a window of a new person; at the end no window may have complained.

    `tolerates`: the complaint that a test provokes, such as the 409 it wants to see explained.
    """
    complaints: list[str] = []
    contexts = []

    def open_page(
        path: str, size: tuple[int, int] = DESK, *, is_staff: bool = False, tolerates: str = ""
    ) -> Page:
        context = browser.new_context(
            locale="ru-RU",
            timezone_id="Asia/Almaty",
            viewport={"width": size[0], "height": size[1]},
            has_touch=size == PHONE,
            storage_state=request.getfixturevalue("login") if is_staff else None,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        _listen(page, complaints, tolerates)
        page.goto(running_site.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _listen(page: Page, complaints: list[str], tolerates: str) -> None:
    def on_message(message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if not (tolerates and tolerates in message.text):
            complaints.append(message.text)

    page.on("console", on_message)
    page.on("pageerror", lambda error: complaints.append(str(error)))


def photograph(page: Page, name: str) -> None:
    """Keep a picture in var/screenshots, to be looked at by a person."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
