"""Words that are meant to break a page neither run nor push it out of its window."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, Open, photograph
from tests.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def _spread(site: Site) -> tuple[int, int, int]:
    """Write all hostile words; return conversation, lead and client of the endless ones."""
    code = (
        "from tests.hostile import ALL, spread\n"
        "talks = [spread(words, n) for n, words in enumerate(ALL.values())]\n"
        "print(talks[-1].pk, talks[-1].lead_id, talks[-1].client_id)"
    )
    numbers = site.manage("shell", "-v0", "-c", code).split()[-3:]
    return int(numbers[0]), int(numbers[1]), int(numbers[2])


def _look(page: Page, site: Site, name: str, path: str) -> list[str]:
    page.goto(site.url + path)
    page.wait_for_timeout(150)
    width = page.evaluate("document.scrollingElement.scrollWidth")
    allowed = (page.viewport_size or {})["width"]
    photograph(page, f"hostile-{name}-{allowed}")
    return [f"{path}: {width} of {allowed} px"] if width > allowed else []


def test_hostile_words_neither_run_nor_break_the_layout(
    running_site: Site, open_page: Open
) -> None:
    talk, lead, client = _spread(running_site)
    pages = {
        "board": "/admin/leads/board/",
        "start": "/admin/",
        "chats": "/admin/chat/conversation/",
        "thread": f"/admin/chat/conversation/{talk}/thread/",
        "leads": "/admin/leads/lead/",
        "lead": f"/admin/leads/lead/{lead}/change/",
        "lead-history": f"/admin/leads/lead/{lead}/history/",
        "clients": "/admin/leads/client/",
        "client": f"/admin/leads/client/{client}/change/",
        "search": "/admin/search/?q=ЫЫЫЫ",
        "search-endless": "/admin/search/?q=" + "Ы" * 500,
        "notifications": "/admin/notifications/",
        "users": "/admin/auth/user/",
        "sources": "/admin/leads/leadsource/",
    }
    alarms: list[str] = []
    found: list[str] = []

    for size in (PHONE, DESK):
        page = open_page("/admin/", size, is_staff=True)
        page.on("dialog", lambda dialog: (alarms.append(dialog.message), dialog.dismiss()))
        for name, path in pages.items():
            found += _look(page, running_site, name, path)

    assert alarms == []
    assert "\n".join(found) == ""
