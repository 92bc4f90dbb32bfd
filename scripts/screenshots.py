"""Take the pictures of docs/images from a site that is running in the demo world.

SITE=http://localhost:8000 ADMIN_PASSWORD=… python scripts/screenshots.py
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress

from playwright.sync_api import Browser, Page, TimeoutError, sync_playwright

from terminal import BASE, address, fail, say, var_dir

IMAGES = BASE / "docs" / "images"
SITE = os.environ.get("SITE") or f"http://localhost:{address()[1]}"
WISH = (
    "Здравствуйте! Хотим во Вьетнам с 12 января на 10 ночей из Алматы, "
    "двое взрослых и ребёнок 6 лет, бюджет до 900 тысяч тенге"
)
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")


def admin_password() -> str:
    kept = var_dir() / "admin-password.txt"
    password = os.environ.get("ADMIN_PASSWORD") or (kept.exists() and kept.read_text().strip())
    return password or fail("Укажите пароль администратора: ADMIN_PASSWORD=… make screenshots.")


def open_page(browser: Browser, width: int, height: int) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="ru-RU", timezone_id="Asia/Almaty"
    )
    return context.new_page()


def settle(page: Page) -> None:
    """Wait for fonts and late data; a live stream keeps the network busy for ever."""
    page.wait_for_load_state("load")
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(800)


def take(page: Page, name: str) -> None:
    settle(page)
    page.screenshot(path=IMAGES / f"{name}.png")
    say(f"· docs/images/{name}.png")


def picture_of_the_chat(browser: Browser) -> None:
    page = open_page(browser, 390, 780)
    page.goto(f"{SITE}/chat/")
    settle(page)
    page.locator("textarea").first.fill(WISH)
    page.keyboard.press("Enter")
    with suppress(TimeoutError):
        page.get_by_text("₸").last.wait_for(timeout=20_000)
    take(page, "chat")


def pictures_of_the_back_office(browser: Browser) -> None:
    page = open_page(browser, 1440, 900)
    page.goto(f"{SITE}/admin/login/")
    page.fill("#id_username", "admin")
    page.fill("#id_password", admin_password())
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)
    page.goto(f"{SITE}/admin/leads/board/")
    take(page, "board")
    page.goto(f"{SITE}/admin/chat/conversation/")
    first = page.locator("[data-talk]").first.get_attribute("href") or ""
    page.goto(f"{SITE}{first}")
    take(page, "conversation")


def main() -> None:
    chromium = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    if chromium is None:
        fail("Нужен Chromium: sudo apt-get install chromium.")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        picture_of_the_chat(browser)
        pictures_of_the_back_office(browser)
        browser.close()


if __name__ == "__main__":
    main()
