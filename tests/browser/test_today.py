"""A manager's day and the joining of two clients, at a desk and on a phone."""

from __future__ import annotations

import json
import re
import uuid

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESK, PHONE, Open, photograph
from tests.site import Site

# The manager has to exist before leads are hers.
pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.usefixtures("login")]

SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
# What the issue promises to people who wait for each other.
SOON_MS = 2000


def _run(site: Site, code: str, **values: object) -> str:
    """Run lines on the site's own database; return what they print."""
    known = f"import json; know = json.loads({json.dumps(json.dumps(values))!s})\n"
    return site.manage("shell", "-v0", "-c", known + code).strip()


def _late_lead(site: Site, name: str) -> None:
    """A lead of the manager whose call was promised for yesterday."""
    _run(
        site,
        """
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from leads.models import Client
from leads.services import BOT, add_identity, assign_lead, create_lead
from leads.steps import plan_step
client = Client.objects.create(name=know["name"])
add_identity(client, "phone", know["phone"])
lead = create_lead(client, source="manual", actor=BOT)
assign_lead(lead.pk, User.objects.get(username="aigul"), actor=BOT)
yesterday = timezone.now() - timedelta(hours=23)
plan_step(lead.pk, "Позвонить и рассказать о визе", yesterday, kind="call", actor=BOT)
""",
        name=name,
        phone=f"+7701{uuid.uuid4().int % 10**7:07}",
    )


def _colleague(site: Site) -> None:
    _run(
        site,
        """
from django.contrib.auth.models import Group, User
from crystalbay.roles import MANAGER, ensure_roles
ensure_roles()
user, _is_new = User.objects.get_or_create(
    username="timur", defaults={"first_name": "Тимур", "last_name": "Б.", "is_staff": True}
)
user.groups.add(Group.objects.get(name=MANAGER))
""",
    )


def _row(page: Page, name: str, kind: str = "") -> Locator:
    of_kind = f"[data-key^='{kind}']" if kind else ""
    return page.locator(f".today-row{of_kind}", has_text=name)


def _name() -> str:
    return f"Асель {uuid.uuid4().hex[:8]}"


def _no_sideways_scroll(page: Page) -> None:
    width = page.evaluate("document.scrollingElement.scrollWidth")
    assert width <= page.viewport_size["width"]  # type: ignore[index]


def test_an_empty_day_says_so_and_fills_by_itself(running_site: Site, open_page: Open) -> None:
    page = open_page("/admin/", PHONE, is_staff=True)
    name = _name()
    photograph(page, "today-before-390")

    _late_lead(running_site, name)

    expect(_row(page, name, "overdue")).to_be_visible(timeout=SOON_MS * 3)
    expect(_row(page, name).get_by_role("link", name=f"Позвонить: {name}")).to_be_visible()


@SIZES
def test_done_and_taken_back(running_site: Site, open_page: Open, size: tuple[int, int]) -> None:
    name = _name()
    _late_lead(running_site, name)
    page = open_page("/admin/", size, is_staff=True)
    photograph(page, f"today-{size[0]}")
    _no_sideways_scroll(page)

    _row(page, name).get_by_role("button", name="Сделано").click()
    expect(_row(page, name, "no_step")).to_be_visible()
    page.get_by_role("button", name="Отменить").click()

    expect(_row(page, name, "overdue")).to_contain_text("рассказать о визе")
    expect(page.locator("[data-toasts]")).to_contain_text("Снова как было")


@SIZES
def test_put_off_and_taken_back(running_site: Site, open_page: Open, size: tuple[int, int]) -> None:
    name = _name()
    _late_lead(running_site, name)
    page = open_page("/admin/", size, is_staff=True)

    _row(page, name).get_by_role("button", name="+1 день").click()
    expect(_row(page, name)).to_have_count(0)
    page.get_by_role("button", name="Отменить").click()

    expect(_row(page, name, "overdue")).to_be_visible()


@SIZES
def test_given_to_a_colleague_and_seen_in_their_day(
    running_site: Site, open_page: Open, size: tuple[int, int]
) -> None:
    name = _name()
    _colleague(running_site)
    _late_lead(running_site, name)
    page = open_page("/admin/", size, is_staff=True)

    _row(page, name).get_by_role("button", name=re.compile("Отдать коллеге")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(name)
    photograph(page, f"today-give-{size[0]}")
    dialog.get_by_role("button", name="Тимур").click()
    expect(_row(page, name)).to_have_count(0)

    page.get_by_label("Чей день").select_option(label="Тимур Б.")
    page.wait_for_url("**who=**")
    expect(_row(page, name, "overdue")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Тимур Б.")


def test_the_keyboard_stays_where_it_was(running_site: Site, open_page: Open) -> None:
    first, second = _name(), _name()
    _late_lead(running_site, first)
    _late_lead(running_site, second)
    page = open_page("/admin/", is_staff=True)
    button = _row(page, first).get_by_role("button", name="Сделано")

    button.focus()
    page.keyboard.press("Enter")

    expect(_row(page, first, "no_step")).to_be_visible()
    assert page.evaluate("document.activeElement.closest('.today') !== null")


def test_a_row_a_colleague_has_taken_is_explained(running_site: Site, open_page: Open) -> None:
    name = _name()
    _late_lead(running_site, name)
    page = open_page("/admin/", is_staff=True, tolerates="status of 404")
    _row(page, name).wait_for()
    page.evaluate(
        "name => { const row = [...document.querySelectorAll('.today-row')]"
        ".find((one) => one.textContent.includes(name));"
        "row.querySelector('[name=do]').value = 'lead-999999:done'; }",
        name,
    )

    _row(page, name).get_by_role("button", name="Сделано").click()

    expect(page.locator("[data-toasts]")).to_contain_text("Ничего не изменилось")
    expect(_row(page, name, "overdue")).to_be_visible()


@SIZES
def test_two_clients_become_one_and_two_again(
    running_site: Site, open_page: Open, size: tuple[int, int]
) -> None:
    name = _name()
    ids = _run(
        running_site,
        """
from leads.models import Client
from leads.services import BOT, add_identity, create_lead
kept = Client.objects.create(name=know["name"], note="любит море")
other = Client.objects.create(name=know["name"] + " Каримова", note="двое детей")
add_identity(kept, "phone", "+7701" + know["digits"])
add_identity(other, "whatsapp", "7701" + know["digits"])
create_lead(other, source="manual", actor=BOT)
print(kept.pk, other.pk)
""",
        name=name,
        digits=f"{uuid.uuid4().int % 10**7:07}",
    )
    kept, other = ids.split()[-2:]
    page = open_page(f"/admin/leads/client/{kept}/change/", size, is_staff=True)

    hint = page.locator(".hints li", has_text="по телефону")
    photograph(page, f"client-hints-{size[0]}")
    hint.get_by_role("link", name="Сравнить и объединить").click()
    expect(page.locator(".merge__parts")).to_contain_text("WhatsApp")
    photograph(page, f"merge-{size[0]}")
    _no_sideways_scroll(page)
    page.get_by_text(f"{name} Каримова", exact=True).last.click()
    page.get_by_role("button", name="Объединить").click()

    expect(page.get_by_label("Имя или название агентства")).to_have_value(f"{name} Каримова")
    expect(page.get_by_label("Заметка")).to_have_value("любит море\n\nдвое детей")
    page.goto(f"{running_site.url}/admin/leads/client/{other}/change/")
    assert page.url.endswith(f"/{kept}/change/")
    _no_sideways_scroll(page)

    page.get_by_role("button", name="Вернуть как было").click()
    expect(page.get_by_label("Имя или название агентства")).to_have_value(name)
    page.goto(f"{running_site.url}/admin/leads/client/{other}/change/")
    assert page.url.endswith(f"/{other}/change/")


def test_the_other_client_is_found_by_typing(running_site: Site, open_page: Open) -> None:
    name = _name()
    kept = _run(
        running_site,
        """
from leads.models import Client
Client.objects.create(name=know["name"])
print(Client.objects.create(name="Другой человек").pk)
""",
        name=name,
    ).split()[-1]
    page = open_page(f"/admin/leads/client/{kept}/merge/", is_staff=True)

    page.locator(".select2-selection").click()
    page.locator(".select2-search__field").fill(name)
    page.get_by_role("option", name=name).click()
    page.get_by_role("button", name="Сравнить").click()

    expect(page.locator(".merge__head")).to_contain_text(name)
