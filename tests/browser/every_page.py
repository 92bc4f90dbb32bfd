"""Finds every page of the back office by its links, and looks at one as a strict reader does."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.site import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
APPS = ("auth", "leads", "chat", "integrations", "bookings")
ALONE = {
    "start": "/admin/",
    "board": "/admin/leads/board/",
    "bookings-board": "/admin/bookings/board/",
    "bookings-flights": "/admin/bookings/flights/",
    "bookings-text": "/admin/bookings/texts/contract/",
    "search": "/admin/search/?q=анна",
    "search-empty": "/admin/search/",
    "notifications": "/admin/notifications/",
    "telegram-bot": "/admin/telegram/",
    "telegram-me": "/admin/telegram/me/",
    "password": "/admin/password_change/",
    "list-nothing-found": "/admin/leads/lead/?q=нет-такого",
    "not-found": "/admin/leads/lead/999999999/change/",
    "tours": "/admin/tours/",
    "operator": "/admin/tours/operator/",
    "customer-chat": "/chat/",
}
_HREFS = "links => links.map(link => new URL(link.href).pathname)"
_VIOLATIONS = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"], preload: false });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).slice(0, 4).join(" | ")}`);
}"""


def walk(page: Page, site: str) -> Iterator[str]:
    """Open lists, forms, histories, questions before deleting; give the name of each."""
    for name, url in ALONE.items():
        page.goto(site + url)
        yield name
    for app in APPS:
        page.goto(f"{site}/admin/{app}/")
        hrefs = _links(page)
        yield f"app-{app}"
        lists = {url for url in hrefs if url.startswith(f"/admin/{app}/") and url.count("/") == 4}
        for url in sorted(lists):
            yield from _pages_of(page, site, url)


def _links(page: Page) -> list[str]:
    return list(page.locator("#content-start a[href]").evaluate_all(_HREFS))


def _pages_of(page: Page, site: str, url: str) -> Iterator[str]:
    name = url.strip("/").removeprefix("admin/").replace("/", "-")
    page.goto(site + url)
    hrefs = _links(page)
    yield f"{name}-list"
    if f"{url}add/" in hrefs:
        page.goto(f"{site}{url}add/")
        yield f"{name}-add"
    row = next((href for href in hrefs if href.startswith(url) and _is_row(href, url)), "")
    if row:
        page.goto(site + row)
        yield f"{name}-change"
        yield from _about_row(page, name, site + row.removesuffix("change/"))


def _is_row(href: str, url: str) -> bool:
    return href.removeprefix(url).split("/")[0].isalnum() and not href.endswith("/add/")


def _about_row(page: Page, name: str, row: str) -> Iterator[str]:
    for kind in ("history", "delete", "password"):
        # What a model does not have, the admin sends elsewhere.
        if page.request.get(f"{row}{kind}/", max_redirects=0).status == 200:
            page.goto(f"{row}{kind}/")
            yield f"{name}-{kind}"


def complaints(page: Page, name: str) -> Iterator[str]:
    """What axe finds serious, and a page wider than its window."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    yield from (f"{name}: {violation}" for violation in page.evaluate(_VIOLATIONS))
    width = page.evaluate("document.scrollingElement.scrollWidth")
    if page.viewport_size and width > page.viewport_size["width"]:
        yield f"{name}: {width} px wide"
